"""The command calibrate stores energies and the tube, or says why not."""

import numpy as np

from maxrf_core.cli.main import main
from maxrf_core.datastack.datastack import DataStack
from tests.maxrf_core.cli.small_scan import TRUE


def test_calibrate_takes_gain_and_offset(folder, capsys):
    assert main(["calibrate", "bare.datastack", "--gain", "0.02", "--offset", "-0.3"]) == 0
    assert "gain 0.02 keV" in capsys.readouterr().out
    np.testing.assert_allclose(DataStack("bare.datastack").axis.values, TRUE.energies(700))


def test_calibrate_finds_the_centres_of_the_named_peaks(folder):
    asked = ["--peak", "336:FeKa", "--peak", "541:PbLa"]  # two channels beside the true places
    assert main(["calibrate", "bare.datastack", *asked]) == 0
    np.testing.assert_allclose(DataStack("bare.datastack").axis.values, TRUE.energies(700), atol=0.003)
    assert "Fe Ka" in DataStack("bare.datastack").attributes("maxrf_energies")["source"]


def test_calibrate_stores_the_tube(folder, capsys):
    assert main(["calibrate", "bare.datastack", "--tube-kv", "40", "--anode", "mo"]) == 0
    assert capsys.readouterr().out == "tube_kV 40.0, tube_anode Mo\n"
    about = DataStack("bare.datastack").about
    assert (about["tube_kV"], about["tube_anode"]) == (40.0, "Mo")
    assert main(["calibrate", "bare.datastack", "--tube-kv", "38"]) == 0
    about = DataStack("bare.datastack").about
    assert (about["tube_kV"], about["tube_anode"]) == (38.0, "Mo")
    assert main(["calibrate", "bare.datastack", "--tube-kv", "17.4", "--anode", "Mono"]) == 0
    about = DataStack("bare.datastack").about
    assert (about["tube_kV"], about["tube_anode"]) == (17.4, "mono")
    assert main(["calibrate", "bare.datastack", "--tube-kv", "50000"]) == 2
    assert "give kV" in capsys.readouterr().err
    assert main(["calibrate", "bare.datastack", "--gain", "10", "--offset", "0"]) == 2
    assert "meant in eV? Then write 0.01" in capsys.readouterr().err
    assert DataStack("bare.datastack").axis.unit == "channel"


def test_automatic_energies_that_are_not_sure_are_stored_only_when_agreed_to(folder, capsys):
    """Two peaks fit many elements."""
    assert main(["calibrate", "bare.datastack", "--auto"]) == 2
    told = capsys.readouterr()
    assert "proposal: gain" in told.out
    assert "--yes" in told.err
    assert DataStack("bare.datastack").axis.unit == "channel"
    given = ["--peak", "336:FeKa"]
    assert main(["calibrate", "bare.datastack", "--auto", *given, "--yes"]) == 0
    assert "stored as maxrf_energies" in capsys.readouterr().out
    axis = DataStack("bare.datastack").axis
    assert axis.unit == "keV"
    assert abs(axis.values[335] - 6.4) < 0.03


def test_yes_alone_is_refused(folder, capsys):
    assert main(["calibrate", "bare.datastack", "--yes"]) == 2
    assert "--auto" in capsys.readouterr().err

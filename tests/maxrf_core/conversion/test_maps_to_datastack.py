"""Maps without spectra become a datastack."""

import h5py
import numpy as np
import pytest
from PIL import Image

from maxrf_core import DataStack, convert
from maxrf_core.cli.main import main
from maxrf_core.errors import DatastackError, NoSpectraError
from maxrf_core.readers import open_maps
from maxrf_core.spectrum.calibration import Calibration
from maxrf_core.untrusted.check import check_untrusted

FOLDER = "data/readers/maps"


def test_every_map_keeps_its_name_its_values_and_their_type(shared, tmp_path):
    scan, truth = open_maps(shared(f"{FOLDER}/maps.edf")), np.load(shared(f"{FOLDER}/truth.npz"))
    path = convert(scan, tmp_path / "maps.datastack")
    with h5py.File(path) as file:
        assert list(file) == ["maps"]
        assert file["maps"].attrs["names"].tolist() == ["Fe_K", "Ca_K"]
        assert file["maps"].attrs["source"] == "maps.edf"
        np.testing.assert_array_equal(file["maps"][()], [truth["Fe_K"], truth["Ca_K"]])
        assert file["maps"].dtype == np.float32
    check_untrusted(path)


def test_maps_are_turned_as_scans_are(shared, tmp_path):
    scan = open_maps(shared(f"{FOLDER}/maps.edf"))
    ds = DataStack(convert(scan, tmp_path / "maps.datastack", quarter_turns=1, flip_horizontal=True))
    np.testing.assert_array_equal(ds.stored_map("Ca_K"), np.rot90(scan.read_map(1)[:, ::-1], -1))


def test_a_file_of_the_name_is_not_replaced_unless_told(shared, tmp_path):
    scan = open_maps(shared(f"{FOLDER}/maps.edf"))
    convert(scan, tmp_path / "maps.datastack")
    with pytest.raises(DatastackError):
        convert(scan, tmp_path / "maps.datastack")
    convert(scan, tmp_path / "maps.datastack", overwrite=True)


def test_what_needs_spectra_says_that_there_are_none(shared, tmp_path):
    ds = DataStack(convert(open_maps(shared(f"{FOLDER}/maps.edf")), tmp_path / "maps.datastack"))
    assert ds.shape == (6, 8, 0)
    assert not ds.has_spectra
    calibration = Calibration(0.01, 0.0)
    for needs in (
        ds.cube,
        lambda: ds.axis,
        lambda: ds.band_map(6, 7),
        ds.element_maps,
        ds.sum_and_max,
        lambda: ds.calibrate(calibration),
    ):
        with pytest.raises(NoSpectraError, match="holds element maps and no spectra"):
            needs()


def test_the_command_makes_one_datastack_of_several_files_or_a_folder(tmp_path, capsys):
    folder = tmp_path / "ink"
    folder.mkdir()
    for name in ("Fe", "Ca"):
        Image.fromarray(np.full((4, 6), len(name), np.uint8)).save(folder / f"ink_{name}.png")
    files = [str(path) for path in sorted(folder.iterdir())]
    assert main(["convert", *files, "-o", str(tmp_path / "files.datastack")]) == 0
    assert "hold brightness, and no counts" in capsys.readouterr().err
    assert main(["convert", str(folder), "-o", str(tmp_path / "folder.datastack")]) == 0
    assert main(["convert", str(folder), "-o", str(tmp_path)]) == 0
    for name in ("files", "folder", "ink"):
        assert DataStack(tmp_path / f"{name}.datastack").map_names == ["Ca", "Fe"]
    capsys.readouterr()
    assert main(["info", str(tmp_path / "ink.datastack")]) == 0
    assert "element maps of another program: Ca, Fe" in capsys.readouterr().out
    assert main(["elements", str(tmp_path / "ink.datastack")]) == 2
    assert "no spectra" in capsys.readouterr().err

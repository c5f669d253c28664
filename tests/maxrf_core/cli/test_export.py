"""The command export: element maps, also on a photograph, and whole scans for other programs."""

from zipfile import ZipFile

import numpy as np

from maxrf_core.cli.main import main
from maxrf_core.readers import open_scan
from tests.maxrf_core.cli.small_scan import COUNTS
from tests.maxrf_core.export.known_elements import known_scan
from tests.maxrf_core.registration.registered_pictures import PLACES, add_picture


def test_all_maps_of_a_scan_are_exported(tmp_path, capsys):
    path, out = known_scan(tmp_path).path, tmp_path / "maps.zip"
    size = path.stat().st_size
    assert main(["export", str(path), "--maps", "-o", str(out)]) == 0
    assert capsys.readouterr().out.strip() == str(out)
    with ZipFile(out) as archive:
        assert {"scan_Fe-K.tif", "scan_Fe-K.png", "scan.ome.tif", "scan_elements.csv"} <= set(
            archive.namelist()
        )
    assert path.stat().st_size == size  # the scan is only read
    assert main(["export", str(path), "--maps", "-o", str(out)]) == 2
    assert "exists already" in capsys.readouterr().err


def test_maps_are_laid_on_a_registered_photograph(tmp_path, capsys):
    ds, out = known_scan(tmp_path), tmp_path / "onto"
    add_picture(ds, "imvis", on_map=PLACES[:4] * [0.55, 0.75])
    asked = ["export", str(ds.path), "--onto", "imvis.tif", "-o", str(out)]
    assert main([*asked, "--map", "Fe-K", "--band", "3,6", "3,8", "--files", "tiff", "png16"]) == 0
    told = capsys.readouterr()
    assert told.out.strip() == str(out)
    assert "if every click is one map pixel off" in told.err
    names = ["scan_3.6-3.8-keV.tif", "scan_3.6-3.8-keV_16bit.png", "scan_Fe-K.tif", "scan_Fe-K_16bit.png"]
    assert sorted(path.name for path in out.iterdir()) == ["about.json", *names]
    assert main([*asked[:-1], str(tmp_path / "again"), "--onto", "imuv"]) == 2
    assert "no picture 'imuv'" in capsys.readouterr().err


def test_a_scan_is_exported_to_other_programs(made, tmp_path, capsys):
    out = tmp_path / "out.rpl"
    assert main(["export", str(made / "scan.datastack"), "--to", "ripple", "-o", str(out)]) == 0
    assert capsys.readouterr().out.split() == [str(out), str(tmp_path / "out.raw")]
    np.testing.assert_array_equal(open_scan(out).read(slice(None), slice(None)), COUNTS)
    assert main(["export", str(made / "scan.datastack"), "--to", "ripple", "-o", str(out)]) == 2
    assert "exists already" in capsys.readouterr().err

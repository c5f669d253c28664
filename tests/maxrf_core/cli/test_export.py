"""The command export: one ZIP of all element maps."""

from zipfile import ZipFile

import numpy as np

from maxrf_core.cli.main import main
from maxrf_core.readers import open_scan
from tests.maxrf_core.cli.small_scan import COUNTS
from tests.maxrf_core.export.known_elements import known_scan


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


def test_a_scan_is_exported_to_other_programs(made, tmp_path, capsys):
    out = tmp_path / "out.rpl"
    assert main(["export", str(made / "scan.datastack"), "--to", "ripple", "-o", str(out)]) == 0
    assert capsys.readouterr().out.split() == [str(out), str(tmp_path / "out.raw")]
    np.testing.assert_array_equal(open_scan(out).read(slice(None), slice(None)), COUNTS)
    assert main(["export", str(made / "scan.datastack"), "--to", "ripple", "-o", str(out)]) == 2
    assert "exists already" in capsys.readouterr().err

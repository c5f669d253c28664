"""The command export: one ZIP of all element maps."""

from zipfile import ZipFile

from maxrf_core.cli.main import main
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

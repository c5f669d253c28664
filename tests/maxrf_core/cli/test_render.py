"""The command render: a registered photograph in the frame of another one."""

import tifffile

from maxrf_core.cli.main import main
from tests.maxrf_core.registration.registered_pictures import PICTURES, PLACES, add_picture, scan


def test_the_infrared_is_written_in_the_frame_of_the_photograph(tmp_path, capsys):
    ds, out = scan(tmp_path), tmp_path / "out.tif"
    add_picture(ds, "imvis", on_map=PLACES[:4])
    add_picture(ds, "imir", on_map=PLACES[:4])
    asked = ["render", str(ds.path), "imir", "imvis.tif", "-o", str(out)]
    assert main(asked) == 0
    told = capsys.readouterr()
    assert told.out.strip() == str(out)
    assert "pixels of imvis.tif" in told.err
    assert tifffile.imread(out).shape == PICTURES["imvis"][1]
    assert main(asked) == 2
    assert "exists already" in capsys.readouterr().err

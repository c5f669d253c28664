"""The command register appends the photograph and its points."""

import hashlib
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image

from maxrf_core.cli.main import main
from maxrf_core.datastack.datastack import DataStack
from tests.maxrf_core.cli.small_scan import POINTS


def test_register_appends_the_photograph_and_prints_its_names(folder, capsys):
    for underscore in ("", "_"):
        assert main(["register", "scan.datastack", "photo.png", "--points", "points.json"]) == 0
        told = capsys.readouterr().out.split()
        assert {f"imvis_{part}{underscore}" for part in ("reg", "reg_highres", "extent", "points")} <= set(
            told
        )
    ds = DataStack("scan.datastack")
    assert ds.read("imvis_reg").shape == (20, 30, 3)
    np.testing.assert_array_equal(ds.read("imvis_points")[:, 0], POINTS["src_points"])
    np.testing.assert_array_equal(ds.read("imvis_points")[:, 1], POINTS["dst_points"])
    noted = ds.attributes("imvis_points")
    assert noted["photo"] == "photo.png"
    assert noted["photo_sha256"] == hashlib.sha256(Path("photo.png").read_bytes()).hexdigest()
    assert np.shape(noted["homography"]) == (3, 3)
    assert main(["register", "scan.datastack", "photo.png", "--points", "points.json", "--name", "imuv"]) == 0
    assert "imuv_reg" in DataStack("scan.datastack").names


def test_a_page_of_a_file_is_registered_and_noted(folder, capsys):
    pixels = np.asarray(Image.open("photo.png"))
    with tifffile.TiffWriter("pages.tif") as file:
        for page in (255 - pixels, pixels):
            file.write(page, photometric="rgb")
    start = ["register", "scan.datastack", "pages.tif", "--points", "points.json", "--name"]
    assert main([*start, "front", "--page", "2"]) == 0
    assert "2 pictures" not in capsys.readouterr().out
    assert main(["register", "scan.datastack", "photo.png", "--points", "points.json", "--name", "same"]) == 0
    ds = DataStack("scan.datastack")
    np.testing.assert_array_equal(ds.read("front_reg"), ds.read("same_reg"))
    assert ds.attributes("front_points")["photo_page"] == 2
    assert main([*start, "back"]) == 0
    assert "pages.tif holds 2 pictures; the largest is used, on page 1" in capsys.readouterr().out
    assert main([*start, "none", "--page", "7"]) == 2
    assert "has no page 7" in capsys.readouterr().err

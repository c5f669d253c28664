"""Pictures in a NeXus file are offered as the photograph, with the scan's corners where both have places."""

import h5py
import numpy as np
import pytest

from maxrf_core import DataStack, convert
from maxrf_core.readers import format_of, nexus_pictures, open_scan
from maxrf_core.untrusted.check import check_untrusted

COUNTS = np.random.default_rng(3).poisson(3, (8, 12, 64)).astype(np.uint16)
PHOTO = np.random.default_rng(4).integers(0, 256, (90, 120, 3), dtype=np.uint8)


@pytest.fixture
def path(tmp_path):
    """Return a file with a cube of 0.5 mm steps from (10, 20) mm, and a picture of 0.1 mm from (9, 19)."""
    path = tmp_path / "panel.nxs"
    with h5py.File(path, "w") as file:
        entry = file.create_group("entry")
        scan = entry.create_group("scan")
        scan.attrs.update(NX_class="NXdata", signal="counts", axes=["y", "x", "energy"])
        scan["counts"] = COUNTS
        scan["energy"] = np.linspace(0, 20, 64)
        scan["energy"].attrs["units"] = "keV"
        camera = entry.create_group("camera")
        camera.attrs.update(NX_class="NXdata", signal="picture", axes=["y", "x", "."])
        camera["picture"] = PHOTO
        camera["picture"].attrs.update(interpretation="rgb-image", long_name="Camera")
        for group, shape, step, first in ((scan, (8, 12), 0.5, (20, 10)), (camera, (90, 120), 0.1, (19, 9))):
            for name, length, start in zip("yx", shape, first, strict=True):
                group[name] = start + step * np.arange(length)
                group[name].attrs["units"] = "mm"
        entry["fit/Fe"] = np.ones((90, 120), np.float32)
        entry["fit/Fe"].attrs["interpretation"] = "image"  # a map, as PyMca writes it
        entry["mask"] = np.ones((90, 120), np.uint8)
    return path


def test_a_marked_picture_is_found_with_the_corners_of_the_scan(path):
    check_untrusted(path)
    assert format_of(path).name == "NeXus"
    [picture] = open_scan(path).pictures
    assert picture.title == "Camera"
    np.testing.assert_array_equal(picture.pixels, PHOTO)
    np.testing.assert_allclose(picture.corners, [[10, 10], [65, 10], [65, 45], [10, 45]])


def test_it_comes_into_the_datastack(path, tmp_path):
    ds = DataStack(convert(open_scan(path), tmp_path / "panel.datastack"))
    np.testing.assert_array_equal(ds.read("picture_1"), PHOTO)
    assert ds.attributes("picture_1")["title"] == "Camera"


@pytest.mark.parametrize("change", ["no unit", "uneven", "elsewhere"])
def test_without_a_place_there_are_no_corners(path, change):
    with h5py.File(path, "r+") as file:
        axis = file["entry/camera/x"]
        if change == "no unit":
            del axis.attrs["units"]
        elif change == "uneven":
            axis[5] += 0.05
        else:
            axis[:] += 30
    [picture] = open_scan(path).pictures
    assert picture.corners is None


def test_grey_pictures_of_the_image_specification_are_found(path):
    with h5py.File(path, "r+") as file:
        file["entry/mask"].attrs["CLASS"] = "IMAGE"
        file["entry/deep"] = np.ones((40, 50, 4), ">u2")
        file["entry/deep"].attrs["CLASS"] = np.bytes_("IMAGE")
    shapes = {picture.title: picture.pixels.shape for picture in open_scan(path).pictures}
    assert shapes == {"Camera": (90, 120, 3), "entry/mask": (90, 120), "entry/deep": (40, 50, 3)}


def test_pictures_that_would_fill_the_memory_are_left_out(path, monkeypatch):
    with h5py.File(path, "r+") as file:
        file["entry/mask"].attrs["CLASS"] = "IMAGE"
    monkeypatch.setattr(nexus_pictures, "MAX_BYTES", PHOTO.nbytes + 5000)
    assert len(open_scan(path).pictures) == 1

"""Maps as pictures: genuine PNG maps, TIFF of PyMca and ImageJ, and colours that are no maps."""

import numpy as np
import pytest
import tifffile
from PIL import Image

from maxrf_core.errors import ScanError
from maxrf_core.readers import open_maps

FOLDER = "data/readers/maps"


def test_a_genuine_png_map_keeps_its_greys_and_says_that_they_are_no_counts(shared):
    path = shared("data/susanna/small186x197_emap-Fe_gray8.png")
    scan = open_maps(path)
    with Image.open(path) as picture:
        np.testing.assert_array_equal(scan.read_map(0), np.asarray(picture))
    assert "no counts" in scan.notes[0]


def test_a_grey_map_that_was_saved_in_colours_is_read(shared):
    scan = open_maps(shared("data/real/vangogh/s0039V1962_elementmap_924x1479.png"))
    assert (scan.shape, scan.dtype) == ((1479, 924, 0), np.uint8)


def test_each_page_of_a_tiff_file_of_pymca_is_a_map(shared):
    scan, truth = open_maps(shared(f"{FOLDER}/maps.tif")), np.load(shared(f"{FOLDER}/truth.npz"))
    assert scan.map_names == ("Fe_K", "Ca_K")
    for number, name in enumerate(scan.map_names):
        np.testing.assert_array_equal(scan.read_map(number), truth[name])


def test_labels_of_imagej_become_names(tmp_path):
    values = np.arange(24, dtype=np.uint16).reshape(2, 3, 4) * 900
    tifffile.imwrite(tmp_path / "ink.tif", values, imagej=True, metadata={"Labels": ["Fe", "Ca"]})
    scan = open_maps(tmp_path / "ink.tif")
    assert scan.map_names == ("Fe", "Ca")
    np.testing.assert_array_equal(scan.read_map(1), values[1])


def test_pages_that_pillow_must_unpack_are_read(tmp_path):
    pages = [Image.fromarray(np.full((5, 4), number, np.uint8)) for number in (3, 7)]
    pages[0].save(tmp_path / "ink.tif", save_all=True, append_images=pages[1:], compression="tiff_lzw")
    scan = open_maps(tmp_path / "ink.tif")
    assert scan.map_names == ("ink 1", "ink 2")
    assert [int(scan.read_map(number).max()) for number in (0, 1)] == [3, 7]


@pytest.mark.parametrize("ending", ["png", "tif"])
def test_a_picture_in_colours_is_refused_in_a_sentence(tmp_path, ending):
    path = tmp_path / f"Fe.{ending}"
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (6, 5, 3), np.uint8)).save(path)
    with pytest.raises(ScanError, match="in colours"):
        open_maps(path)


@pytest.mark.parametrize("ending", ["png", "tif"])
def test_a_damaged_picture_is_refused_in_a_sentence(tmp_path, ending):
    path = tmp_path / f"Fe.{ending}"
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (60, 50), np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[:90])
    with pytest.raises(ScanError):
        open_maps(path)

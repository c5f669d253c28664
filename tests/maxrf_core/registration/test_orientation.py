"""Points that were set on the stored pixels of a photograph with an orientation tag."""

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from maxrf_core.imaging.read import read_picture
from maxrf_core.imaging.tiff_pages import ORIENTATION
from maxrf_core.registration.orientation import orientation_of, stored_shape, upright_points


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["photo.jpg", "photo.png", "photo.tif"])
def test_points_set_on_the_stored_pixels_are_converted_to_the_upright_picture(tmp_path, orientation, kind):
    stored = np.zeros((48, 80), np.uint8)
    stored[9:12, 60:63] = 255
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(stored).save(tmp_path / kind, exif=exif)
    assert orientation_of(tmp_path / kind) == orientation
    upright = read_picture(tmp_path / kind)
    assert stored_shape(upright.shape, orientation) == stored.shape
    x, y = upright_points([[61, 10]], orientation, upright.shape)[0]
    assert upright[int(y), int(x)] > 200


def test_orientation_is_read_from_a_deep_tiff_and_is_normal_for_other_files(tmp_path):
    deep = np.zeros((5, 9, 3), np.uint16)
    tifffile.imwrite(tmp_path / "deep.tif", deep, photometric="rgb", extratags=[(0x0112, "H", 1, 8, True)])
    (tmp_path / "no.png").write_bytes(b"nothing")
    assert orientation_of(tmp_path / "deep.tif") == 8
    assert orientation_of(tmp_path / "no.png") == 1


def pages(path, *sizes_and_orientations, **options):
    """Write a TIFF file of several pages with a bright spot at (10, 3) of the stored pixels of each."""
    with tifffile.TiffWriter(path) as file:
        for height, width, orientation in sizes_and_orientations:
            stored = np.zeros((height, width), np.uint16)
            stored[3, 10] = 60_000
            file.write(stored, extratags=[(ORIENTATION, "H", 1, orientation, True)], **options)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("options", [{}, {"compression": "zlib"}], ids=str)
def test_of_several_pages_the_orientation_of_the_one_that_is_read_counts(tmp_path, orientation, options):
    """Some programs put an upright thumbnail before the photograph."""
    pages(tmp_path / "photo.tif", (20, 30, 1), (60, 90, orientation), (10, 15, 3), **options)
    found = orientation_of(tmp_path / "photo.tif")
    picture = read_picture(tmp_path / "photo.tif")
    assert found == orientation
    x, y = upright_points([[10, 3]], found, picture.shape)[0]
    assert picture[int(y), int(x)] == 60_000


@pytest.mark.parametrize("orientation", [1, 6])
def test_pages_that_pillow_decodes_have_the_orientation_of_the_one_that_is_read(tmp_path, orientation):
    small, large = (Image.fromarray(np.zeros(size, np.uint8)) for size in ((20, 30), (60, 90)))
    large.putpixel((10, 3), 255)
    small.encoderinfo = {"tiffinfo": {ORIENTATION: 3}}
    large.encoderinfo = {"tiffinfo": {ORIENTATION: orientation}}
    small.save(
        tmp_path / "photo.tif",
        save_all=True,
        append_images=[large],
        compression="tiff_lzw",
        tiffinfo={ORIENTATION: 3},
    )
    found = orientation_of(tmp_path / "photo.tif")
    assert found == orientation
    picture = read_picture(tmp_path / "photo.tif")
    x, y = upright_points([[10, 3]], found, picture.shape)[0]
    assert picture[int(y), int(x)] == 255


@given(
    st.integers(1, 8),
    st.lists(st.tuples(st.floats(-5, 80), st.floats(-5, 50)), min_size=1, max_size=5),
)
def test_points_keep_their_distances_when_the_photograph_is_turned_upright(orientation, points):
    turned = upright_points(points, orientation, (80, 50))
    between = [np.hypot(*(each - each[:1]).T) for each in (np.array(points), turned)]
    np.testing.assert_allclose(between[0], between[1], atol=1e-9)

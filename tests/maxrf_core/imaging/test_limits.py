"""Pictures are refused by their size and by the memory that they take, before they are decoded."""

import io

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.errors import PictureError
from maxrf_core.imaging import limits as picture_limits
from maxrf_core.imaging.limits import MAX_BYTES, MAX_PIXELS, check_memory, check_pixels, shape_within
from maxrf_core.imaging.read import read_picture
from tests.maxrf_core.imaging.saved_pictures import blank_png, flat_jpeg, saved_tiff


@pytest.mark.filterwarnings("error::PIL.Image.DecompressionBombWarning")
def test_a_picture_of_100_megapixels_is_read_and_a_bomb_is_not():
    assert read_picture(blank_png(10_000, 10_000)).shape == (10_000, 10_000)
    with pytest.raises(PictureError, match=r"14500×14500 pixels .*limit 210 million"):
        read_picture(blank_png(14_500, 14_500))


@pytest.mark.filterwarnings("error::PIL.Image.DecompressionBombWarning")
def test_a_flat_photograph_of_250_megapixels_is_refused_by_its_header(tmp_path):
    path = flat_jpeg(tmp_path / "flat.jpg", (160, 160), (15_810, 15_810))
    with pytest.raises(PictureError, match=r"flat\.jpg has 15810×15810 pixels .*limit 210 million"):
        read_picture(path)


def test_what_a_decoder_would_hold_is_limited_whatever_the_pixels(tmp_path):
    whole = {"subsampling": 0}  # 4:4:4: of a progressive file all three coefficients of each pixel are kept
    claimed = flat_jpeg(tmp_path / "steps.jpg", (160, 160), (12_200, 12_200), progressive=True, **whole)
    with pytest.raises(PictureError, match=r"1\.3 GB of memory .*save it as a baseline"):
        read_picture(claimed)
    file = io.BytesIO()
    tifffile.imwrite(file, shape=(12_000, 12_000, 3), dtype=np.float64, photometric="rgb")
    with pytest.raises(PictureError, match="GB of memory"):
        read_picture(file.getvalue()[:4096])


def test_a_tiff_file_that_claims_many_values_a_pixel_is_refused():
    content = saved_tiff(np.zeros((4, 5, 9), np.uint16), photometric="minisblack", planarconfig="contig")
    with pytest.raises(PictureError, match="neither grey nor RGB"):
        read_picture(content)
    volume = io.BytesIO()
    tifffile.imwrite(volume, np.zeros((6, 16, 16), np.uint16), volumetric=True, tile=(1, 16, 16))
    with pytest.raises(PictureError, match="neither grey nor RGB"):
        read_picture(volume.getvalue())


def test_a_limit_holds_for_extreme_shapes_too():
    for shape in ((1, 10**12), (10**12, 1), (10**6, 10**6), (0.2, 10**10)):
        rows, columns = shape_within(*shape)
        assert min(rows, columns) >= 1
        assert rows * columns <= picture_limits.MAX_PIXELS
    assert shape_within(12_000, 12_000) == (12_000, 12_000)


@given(st.floats(0.1, 1e6), st.floats(0.1, 1e6))
def test_a_shape_is_scaled_down_no_further_than_needed_and_keeps_its_proportions(height, width):
    rows, columns = shape_within(height, width)
    if max(1, round(height)) * max(1, round(width)) <= MAX_PIXELS:
        assert (rows, columns) == (max(1, round(height)), max(1, round(width)))
    else:
        assert rows * columns <= MAX_PIXELS < (rows + 1) * (columns + 1)
        if min(rows, columns) > 1000:
            assert rows / columns == pytest.approx(height / width, rel=2e-3)


def test_the_message_names_the_picture_its_size_and_a_remedy():
    check_pixels("verso.tif", 21_000, 10_000)
    with pytest.raises(PictureError, match=r"verso.tif has 21001×10000 pixels .*limit 210 million pixels"):
        check_pixels("verso.tif", 21_001, 10_000)
    check_memory("verso.tif", MAX_BYTES)
    with pytest.raises(
        PictureError, match=r"verso.tif .* takes 2.5 GB of memory \(limit 1.1 GB\); crop it\."
    ):
        check_memory("verso.tif", 2.5e9, "crop it")

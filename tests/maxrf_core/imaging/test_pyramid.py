"""The small copy of a pyramid in a TIFF file comes from one of its levels; the picture itself never does."""

import numpy as np
import pytest
import tifffile

from maxrf_core.imaging.pyramid import level_look
from maxrf_core.imaging.read import read_picture
from maxrf_core.imaging.tiff_pages import picture_pages, size_with_levels

ROWS, COLUMNS = np.mgrid[:240, :320]
FRONT = np.stack([COLUMNS // 2, ROWS, 255 - ROWS], axis=-1).astype(np.uint8)


@pytest.mark.parametrize("as_pages", [True, False])
@pytest.mark.parametrize("orientation", [1, 6])
def test_the_small_copy_is_made_from_a_level_of_the_pyramid(tmp_path, as_pages, orientation):
    path = tmp_path / "pyramid.tif"
    tag = [(274, 3, 1, orientation, True)]
    with tifffile.TiffWriter(path) as file:
        file.write(FRONT, photometric="rgb", subifds=0 if as_pages else 2, extratags=tag, tile=(64, 64))
        for step in (2, 4):
            file.write(FRONT[::step, ::step], photometric="rgb", subfiletype=1, extratags=tag)
    assert size_with_levels(path, 4000) == ((320, 240) if orientation == 1 else (240, 320))
    assert picture_pages(path) == []
    look = level_look(path, None, 4000, 0)
    pixels, size = look.pixels, look.size
    assert size == read_picture(path).shape[1::-1]
    assert np.prod(pixels.shape[:2]) <= 4000
    upright = FRONT if orientation == 1 else np.rot90(FRONT, -1)
    middle = upright[upright.shape[0] // 2, upright.shape[1] // 2].astype(int)
    assert np.abs(pixels[pixels.shape[0] // 2, pixels.shape[1] // 2] - middle).max() < 8
    assert level_look(path, None, 4000) is None
    assert level_look(path, None, 40_000, 0) is None  # no smaller version has as many
    np.testing.assert_array_equal(read_picture(path), upright)

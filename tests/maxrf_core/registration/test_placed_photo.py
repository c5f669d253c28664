"""A registered photograph lies on a grid of the map where it lies on the map."""

import numpy as np
import pytest

from maxrf_core import DataStack, convert
from maxrf_core.readers import ArrayScan
from maxrf_core.registration.placed_photo import PlacedPhoto, placed_photo

MAP = (12, 16)


@pytest.fixture
def photo(tmp_path) -> PlacedPhoto:
    """Return a photograph with 5 pixels to a map pixel, on a part of it: red tells x, green y, times 10."""
    ds = DataStack(convert(ArrayScan(np.ones((*MAP, 8), np.uint8)), tmp_path / "scan.datastack"))
    y, x = np.mgrid[:40, :50]
    pixels = np.stack([10 * (x // 5 + 2), 10 * (y // 5 + 1), 0 * x + 7], axis=2).astype(np.uint8)
    ds.append({"imvis_reg_highres": pixels, "imvis_extent": np.array([1.5, 11.5, 8.5, 0.5])})
    return placed_photo(ds, "imvis_reg_highres")


@pytest.mark.parametrize("scale", [1.0, 2.0, 5.0])
@pytest.mark.parametrize(("left", "top"), [(0, 0), (4, 3)])
def test_each_map_pixel_shows_its_own_part(photo, scale, left, top):
    times = int(scale)
    shape = ((MAP[0] - top) * times, (MAP[1] - left) * times)
    laid = photo.on_map(left - 0.5, top - 0.5, scale, shape)
    y, x = np.mgrid[top : MAP[0], left : MAP[1]]
    inside = (x >= 2) & (x < 12) & (y >= 1) & (y < 9)
    centres = laid[times // 2 :: times, times // 2 :: times]
    assert (centres[..., 3] == np.where(inside, 255, 0)).all()
    tolerance = 5 if times == 2 else 0  # whose centres lie beside those of the pixels
    np.testing.assert_allclose(centres[inside][:, 0].astype(int), 10 * x[inside], atol=tolerance)
    np.testing.assert_allclose(centres[inside][:, 1].astype(int), 10 * y[inside], atol=tolerance)


def test_where_it_does_not_reach_it_is_clear(photo):
    assert not photo.on_map(12.5, 0.5, 3.0, (6, 6)).any()

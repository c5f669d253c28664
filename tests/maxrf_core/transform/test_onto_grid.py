"""A picture on another grid: each value lies where it belongs, and nothing is made up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core.errors import RegistrationError
from maxrf_core.transform import onto_grid
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.models import find_model
from maxrf_core.transform.onto_grid import METHODS, OntoGrid

MAP = (30, 40)
TILTED = Homography([[0.31, 0.05, -4.2], [-0.04, 0.33, -3.1], [2e-4, 1e-4, 1]])


def plane(shape=MAP):
    """Return a map that tells its own coordinates, as two channels."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float64)
    return x, y


def bend():
    dst = np.array([[3.0, 4], [36, 3], [37, 26], [4, 27], [20, 15]])
    return find_model("thin-plate-spline").fit(
        3 * dst + [[20, 9], [19, 11], [20, 12], [18, 8], [23, 13]], dst
    )


@pytest.mark.parametrize("back", [TILTED, bend()], ids=["perspective", "bend"])
def test_linear_values_of_a_plane_are_the_positions_themselves(back):
    x, y = plane()
    grid = (110, 140)
    places = np.stack(np.meshgrid(np.arange(140), np.arange(110)), axis=2).reshape(-1, 2)
    there = back.apply(places).reshape(*grid, 2)
    renderer = OntoGrid(back, MAP, grid, "linear")
    for axis, values in enumerate((x, y)):
        shown, covered = renderer.part(values)
        deep = covered & (np.abs(there - [19.5, 14.5]) < [19.5, 14.5]).all(axis=2)
        assert deep.sum() > 3000
        np.testing.assert_allclose(shown[deep], there[deep][:, axis], atol=3e-3)
        assert np.isnan(shown[~covered]).all()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, bool])
def test_tiles_put_together_are_the_whole(method, dtype):
    picture = np.random.default_rng(1).uniform(0, 250, (*MAP, 3)).astype(dtype)
    for back in (TILTED, Homography(np.diag([3.1, 2.9, 1.0]))):
        renderer = OntoGrid(back, MAP, (65, 70), method)
        whole, covered = renderer.part(picture)
        assert whole.dtype == dtype
        assert whole.shape == (65, 70, 3)
        for rows, columns in renderer.tiles(32):
            values, reached = renderer.part(picture, rows, columns)
            rounding = {"rtol": 1e-4} if dtype == np.float32 else {"atol": 1 if method == "linear" else 0}
            np.testing.assert_allclose(values.astype(float), whole[rows, columns].astype(float), **rounding)
            np.testing.assert_array_equal(reached, covered[rows, columns])


@settings(max_examples=25, deadline=None)
@given(st.floats(2, 5), st.floats(2, 5), st.floats(-3, 3), st.floats(-3, 3))
def test_means_over_areas_keep_the_sum_of_all_counts(across, down, left, top):
    """As many counts lie on the coarse photograph as in the map, of which it shows all."""
    counts = np.random.default_rng(3).poisson(9.0, MAP).astype(np.float32)
    counts[:6], counts[-6:], counts[:, :6], counts[:, -6:] = 0, 0, 0, 0  # no pixel at the edge is halved
    back = Homography(np.array([[across, 0, left - 3], [0, down, top - 3], [0, 0, 1.0]]))
    shown, _covered = OntoGrid(back, MAP, (25, 30), "area").part(counts)
    assert np.nansum(shown) * across * down == pytest.approx(counts.sum(), rel=0.02)


def test_a_pixel_over_whole_pixels_of_the_map_is_their_mean():
    counts = np.random.default_rng(4).poisson(9.0, MAP).astype(np.float64)
    back = Homography(np.array([[2, 0, 0.5], [0, 2, 0.5], [0, 0, 1.0]]))
    shown, covered = OntoGrid(back, MAP, (15, 20), "area").part(counts)
    np.testing.assert_allclose(shown, counts.reshape(15, 2, 20, 2).mean(axis=(1, 3)))
    assert covered.all()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("scale", [0.3, 2.5])
def test_a_missing_pixel_stays_missing_and_does_not_spread(method, scale):
    values = np.ones(MAP)
    values[10:20, 10:20] = np.nan
    back = Homography(np.array([[scale, 0, 0], [0, scale, 0], [0, 0, 1.0]]))
    grid = (int(30 / scale), int(40 / scale))
    shown, _covered = OntoGrid(back, MAP, grid, method).part(values)
    y, x = (scale * axis for axis in np.mgrid[: grid[0], : grid[1]])
    reach = max(1, scale)
    within = (abs(y - 14.5) < 5 - reach / 2) & (abs(x - 14.5) < 5 - reach / 2)
    beyond = (abs(y - 14.5) > 5 + reach / 2) | (abs(x - 14.5) > 5 + reach / 2)
    assert np.isnan(shown[within]).all()
    np.testing.assert_allclose(shown[beyond & (y > 2) & (x > 2) & (y < 28) & (x < 38)], 1)


def test_a_tile_that_shows_a_large_picture_is_read_in_parts(monkeypatch):
    picture = np.random.default_rng(5).integers(0, 255, (200, 300), np.uint8)
    renderer = OntoGrid(Homography(np.diag([10.0, 10, 1])), picture.shape, (10, 16), "area")
    whole, _covered = renderer.part(picture)
    monkeypatch.setattr(onto_grid, "MAX_SOURCE_PIXELS", 6000)
    np.testing.assert_array_equal(renderer.part(picture)[0], whole)


def test_pictures_that_do_not_touch_are_refused():
    with pytest.raises(RegistrationError, match="does not touch"):
        OntoGrid(Homography([[1, 0, 500], [0, 1, 0], [0, 0, 1]]), MAP, MAP)
    with pytest.raises(RegistrationError, match="there are: nearest, linear, area"):
        OntoGrid(TILTED, MAP, MAP, "cubic")

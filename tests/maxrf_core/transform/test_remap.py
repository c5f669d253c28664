"""An elastic transform places a photograph as precisely as a flat one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core.errors import RegistrationError
from maxrf_core.transform import remap as remapping
from maxrf_core.transform.models import find_model
from maxrf_core.transform.warp import warp, warp_onto

MAP = (90, 120)
GRID = np.array([[x, y] for y in (4.0, 30, 58, 85) for x in (5.0, 40, 78, 114)])
ELASTIC = ["thin-plate-spline", "piecewise-affine"]


def bent_points(scale=2.6, by=4.0, seed=0):
    """Return where a bent photograph shows sixteen places of the map."""
    shaken = np.random.default_rng(seed).uniform(-by, by, GRID.shape)
    return GRID @ np.array([[scale, 0.1], [-0.15, scale]]) + shaken + [60, 40]


def photograph_of(spots, transform, shape, sigma=5.0):
    """Photograph Gaussian spots: each pixel shows its own place on the map."""
    x, y = np.meshgrid(np.arange(float(shape[1])), np.arange(float(shape[0])))
    centres = transform.inverse().apply(spots)
    photo = np.zeros(shape)
    for centre in centres:  # a spot is small: around it the transform is nearly a shift
        photo += np.exp(-((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / (2 * sigma**2))
    return photo


def centroids(image, spots, radius):
    height, width = image.shape
    x, y = np.meshgrid(
        *((np.arange(n) + 0.5) * size / n - 0.5 for n, size in ((width, MAP[1]), (height, MAP[0])))
    )
    found = []
    for spot in spots:
        weight = np.where(np.hypot(x - spot[0], y - spot[1]) < radius, image, 0)
        found.append([(weight * x).sum() / weight.sum(), (weight * y).sum() / weight.sum()])
    return np.array(found)


@settings(max_examples=12)
@given(
    st.sampled_from(ELASTIC),
    st.booleans(),
    st.integers(0, 99),
    st.sampled_from([(np.uint8, 255), (np.uint16, 65535), (np.float32, 1), (np.float64, 7)]),
)
def test_places_between_the_points_come_to_lie_where_the_transform_says(name, keep_scale, seed, kind):
    dtype, full = kind
    src = bent_points(seed=seed)
    transform = find_model(name).fit(src, GRID)
    # In the middle of a triangle the piecewise transform has no edge under the spot
    spots = np.array([[22.0, 17], [60, 45], [95, 70], [30, 70]])
    photo = (photograph_of(spots, transform, (330, 440), sigma=3) * full).astype(dtype)
    warped, extent = warp(photo, np.zeros(MAP), src, GRID, keep_scale, rgba=False, model=name)
    assert warped.dtype == dtype
    assert extent == (-0.5, 119.5, 89.5, -0.5)
    error = np.abs(centroids(warped.astype(float), spots, 6) - spots).max()
    assert error < (0.05 if name == "thin-plate-spline" else 0.25)


@pytest.mark.parametrize("name", ELASTIC)
@pytest.mark.parametrize("keep_scale", [True, False])
@pytest.mark.parametrize(
    ("dtype", "channels"), [(np.uint8, (3,)), (np.uint16, ()), (np.float64, (5,)), (bool, ())]
)
def test_a_photograph_that_is_not_bent_looks_as_through_the_affine_transform(
    name, keep_scale, dtype, channels
):
    photo = (np.random.default_rng(1).random((330, 440, *channels)) * 200).astype(dtype)
    photo = np.kron(photo[:66, :88], np.ones((5, 5, *(1 for _ in channels)))).astype(dtype)
    src = bent_points(by=0)
    bent, flat = (
        warp(photo, np.zeros(MAP), src, GRID, keep_scale, rgba=False, model=model)[0]
        for model in (name, "affine")
    )
    assert bent.dtype == dtype
    different = np.abs(bent.astype(float) - flat.astype(float)).reshape(*bent.shape[:2], -1).max(axis=2)
    assert np.quantile(different, 0.995) <= 1
    assert ((bent != 0) == (flat != 0)).mean() > 0.99


@pytest.mark.parametrize("name", ELASTIC)
def test_bands_of_any_height_give_the_same_picture(name, monkeypatch):
    photo = np.random.default_rng(2).random((330, 440)).astype(np.float32)
    photo = np.cumsum(
        np.cumsum(photo - 0.5, axis=0), axis=1
    )  # smooth, so that 0.01 pixel makes no difference
    transform = find_model(name).fit(bent_points(), GRID)
    pictures = []
    for pixels in (10**9, 240 * 7, 1):
        monkeypatch.setattr(remapping, "MAX_PIXELS_AT_ONCE", pixels)
        pictures.append(warp_onto(photo, transform, MAP, (180, 240)))
    for picture, covered in pictures[1:]:
        np.testing.assert_allclose(picture, pictures[0][0], atol=0.02 * np.abs(np.gradient(photo)).max())
        assert (covered == pictures[0][1]).mean() > 0.999


@pytest.mark.parametrize("name", ELASTIC)
@pytest.mark.parametrize("shrinking", [2.84, 7.3])
def test_a_bent_fine_checkerboard_does_not_alias(name, shrinking):
    photo = ((np.indices((700, 900)).sum(axis=0) % 2) * 200).astype(np.uint8)
    src = bent_points(scale=shrinking, by=2)
    warped, _ = warp(photo, np.zeros(MAP), src, GRID, keep_scale=False, rgba=False, model=name)
    assert warped[20:60, 20:90].std() < 10
    assert warped[20:60, 20:90].mean() == pytest.approx(100, abs=2)


@pytest.mark.parametrize("name", ELASTIC)
def test_where_a_bent_photograph_does_not_reach_it_is_zero_and_clear(name):
    photo = np.full((200, 200, 3), 90, np.uint8)
    src = bent_points()
    warped, _ = warp(photo, np.zeros(MAP), src, GRID, keep_scale=False, model=name)
    back = find_model(name).fit(src, GRID).inverse()
    places = back.apply(np.stack(np.meshgrid(np.arange(120.0), np.arange(90.0)), axis=2)).reshape(*MAP, 2)
    inside = ((places > -0.5) & (places < 199.5)).all(axis=2)
    assert 0.1 < inside.mean() < 0.9
    assert ((warped[:, :, 3] == 255) == inside).mean() > 0.999
    assert (warped[warped[:, :, 3] == 255, :3] == 90).all()
    assert not warped[warped[:, :, 3] == 0].any()


@pytest.mark.parametrize("name", ELASTIC)
def test_missing_values_do_not_spread_through_a_bent_transform(name):
    photo = np.full((330, 440), 3.0)
    photo[150, 200] = np.nan
    warped, _ = warp(photo, np.zeros(MAP), bent_points(), GRID, rgba=False, model=name)
    assert np.isnan(warped).sum() <= 4
    reached = warped[~np.isnan(warped)]
    np.testing.assert_allclose(reached[reached != 0], 3)


def test_a_bend_that_folds_over_on_the_map_away_from_the_points_is_refused():
    dst = np.array([[x, y] for y in (150.0, 200, 250) for x in (150.0, 200, 250)])
    across, down = (dst - 200).T
    src = dst + 0.009 * np.stack([across * (across + down), 0 * across], axis=1)
    assert len(find_model("thin-plate-spline").fit(src, dst).apply(src)) == 9
    with pytest.raises(RegistrationError, match="folded over itself on the map"):
        warp(np.zeros((400, 400)), np.zeros((400, 400)), src, dst, model="thin-plate-spline")


@pytest.mark.parametrize("name", ELASTIC)
def test_a_bent_photograph_that_misses_the_map_is_refused(name):
    with pytest.raises(RegistrationError, match="does not touch the map"):
        warp(np.zeros((330, 440)), np.zeros(MAP), bent_points() + 5000, GRID, model=name)

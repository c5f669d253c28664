"""Maps and photographs that are long strips: exact corners are accepted, points on a line are refused."""

import numpy as np
import pytest

from maxrf_core.errors import RegistrationError
from maxrf_core.registration.point_order import same_order
from maxrf_core.registration.quality import assess
from maxrf_core.registration.register import register
from maxrf_core.transform.extents import corners_of
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.models import MODELS

STRIPS = [(6000, 50), (50, 6000), (20_000, 60), (4000, 3), (3, 4000)]
TO_PHOTO = Homography([[2, 0, 5], [0, 2, 7], [0, 0, 1]])
MORE = {4: [], 5: [(0.4, 0.6)], 9: [(0.5, 0), (1, 0.5), (0.5, 1), (0, 0.5), (0.5, 0.5)]}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("count", [4, 5])
@pytest.mark.parametrize("shape", STRIPS)
def test_exact_corners_of_a_long_strip_are_accepted(shape, count, model):
    corners = corners_of(shape)
    points = np.vstack([corners, *(np.array(each) * corners[2] for each in MORE[count])])
    quality = assess(TO_PHOTO.apply(points), points, shape, model=model)
    places = np.vstack([corners, corners.mean(axis=0)])
    np.testing.assert_allclose(quality.transform.apply(TO_PHOTO.apply(places)), places, atol=1e-6)
    assert same_order(TO_PHOTO.apply(points), points)
    assert not same_order(TO_PHOTO.apply(points[[1, 0, *range(2, count)]]), points)


@pytest.mark.parametrize("shape", STRIPS)
def test_clicks_in_a_strip_are_as_precise_at_its_corners_as_in_any_picture(shape):
    points = np.vstack([corners_of(shape), *(np.array(each) * corners_of(shape)[2] for each in MORE[9])])
    clicked = points + np.random.default_rng(0).normal(0, 0.1, points.shape)
    quality = assess(TO_PHOTO.apply(points), clicked, shape)
    assert quality.worst_corner < 1.5
    assert np.isfinite(quality.leave_one_out).all()
    off = quality.transform.apply(TO_PHOTO.apply(points)) - points
    assert np.hypot(*off.T).max() < 0.5


def test_a_strip_is_registered():
    shape, photo = (1200, 12), np.full((2420, 40, 3), 70, dtype=np.uint8)
    result = register(photo, shape, TO_PHOTO.apply(corners_of(shape)), corners_of(shape))
    assert result.arrays["imvis_reg"].shape == (1200, 12, 3)


@pytest.mark.parametrize(
    "points",
    [
        [(10, 500), (700, 503), (900, 498), (1500, 501), (1200, 499)],  # a line across a map of usual shape
        [(10, 10), (400, 402), (800, 801), (1500, 1500), (1200, 1199)],
        [(800, 10), (800, 400), (800.2, 900), (800, 1500), (800.1, 1300)],
    ],
    ids=["across", "oblique", "exactly upright"],
)
@pytest.mark.parametrize("model", [name for name in MODELS if name != "similarity"])
def test_points_on_a_line_are_refused_still(points, model):
    for some in (points, points[:4]):
        with pytest.raises(RegistrationError, match="line"):
            assess(TO_PHOTO.apply(some), some, (1692, 1592), model=model)

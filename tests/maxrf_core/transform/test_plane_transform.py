"""Scale and orientation of transforms of the plane."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.errors import RegistrationError
from maxrf_core.transform.coordinates import View
from maxrf_core.transform.homography import MIRROR, Homography, homography
from maxrf_core.transform.models import find_model
from maxrf_core.transform.plane_transform import residuals, scale_of, view_of
from tests.maxrf_core.reference_drawing import DRAWING_DST, DRAWING_MAP, DRAWING_SRC, plausible_homographies


def test_reference_drawing_has_2_742_photograph_pixels_per_map_pixel_not_the_ratio_of_heights():
    scale = scale_of(homography(DRAWING_SRC, DRAWING_DST), DRAWING_MAP)
    assert scale == pytest.approx(2.742, abs=1e-3)
    assert scale < 4920 / 1692 - 0.15


@given(plausible_homographies(), st.floats(0, 3000), st.floats(0, 3000))
def test_local_scale_is_that_of_a_small_triangle(h, x, y):
    corners = np.array([[x, y], [x + 0.01, y], [x, y + 0.01]])
    (ax, ay), (bx, by), (cx, cy) = h.apply(corners)
    area = abs((bx - ax) * (cy - ay) - (by - ay) * (cx - ax))
    assert h.scale_at([x, y]) == pytest.approx(np.sqrt(area) / 0.01, rel=1e-3)


@given(st.integers(0, 3), st.booleans(), st.floats(-40, 40), st.floats(0.2, 5))
def test_a_photograph_is_turned_and_mirrored_as_it_is_looked_at(turns, mirrored, askew, scale):
    """It is rotated by quarter turns and up to 40 degrees more, which do not count."""
    angle = np.radians(90 * turns + askew)
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    turned = Homography([[c, -s, 300], [s, c, 200], [0, 0, 1]])
    assert view_of(turned @ MIRROR if mirrored else turned, (400, 600)) == View(turns, mirrored)


@pytest.mark.parametrize("name", ["homography", "thin-plate-spline", "piecewise-affine"])
def test_residuals_are_distances_on_the_map_and_the_scale_photograph_pixels_per_map_pixel(name):
    dst = np.array([[10.0, 10], [90, 12], [88, 70], [12, 72], [50, 40]])
    fitted = find_model(name).fit(3 * dst + 20, dst)
    assert residuals(fitted, 3 * dst + 20, dst + np.array([3.0, 4])) == pytest.approx([5] * 5, abs=1e-6)
    assert scale_of(fitted, (80, 100)) == pytest.approx(3, rel=1e-6)


def test_residuals_of_points_without_partners_are_refused():
    with pytest.raises(RegistrationError):
        residuals(MIRROR, [[1, 2], [3, 4]], [[1, 2]])

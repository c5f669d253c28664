"""What is drawn in a scene lies where it was drawn, at every size of the map."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core.demo.scene import SHEET_HEIGHT, SHEET_WIDTH, Scene, curve, slow_noise

POINT = st.tuples(st.integers(0, 280), st.integers(0, 300))


@pytest.mark.parametrize(("height", "width"), [(300, 280), (75, 140)])
def test_a_filled_rectangle_covers_its_part_of_each_map_pixel(height, width):
    scene = Scene(height, width, seed=0)
    x, y = SHEET_WIDTH / width, SHEET_HEIGHT / height  # a map pixel in drawing units
    scene.fill("wash", np.array([[10.5 * x, 20 * y], [14 * x, 20 * y], [14 * x, 23 * y], [10.5 * x, 23 * y]]))
    expected = np.zeros((height, width))
    expected[20:23, 10:14] = 1
    expected[20:23, 10] = 0.5
    np.testing.assert_allclose(scene.coverage("wash"), expected, atol=0.2)  # edges are 1/6 pixel wide
    assert scene.coverage("ink").max() == 0


def test_the_middle_of_the_sheet_is_the_middle_of_the_map():
    for height, width in ((300, 280), (60, 56), (75, 140)):
        middle = Scene(height, width, seed=0).map_points(np.array([[SHEET_WIDTH / 2, SHEET_HEIGHT / 2]]))
        np.testing.assert_allclose(middle, [[(width - 1) / 2, (height - 1) / 2]])


@settings(max_examples=30)
@given(st.lists(POINT, min_size=2, max_size=6, unique=True))
def test_a_curve_leads_through_its_points_in_small_steps(points):
    corners = np.array(points, float)
    line = curve(corners)
    for corner in corners:
        assert np.hypot(*(line - corner).T).min() < 1e-9
    np.testing.assert_allclose([line[0], line[-1]], corners[[0, -1]], atol=1e-9)


def test_a_stroke_follows_its_points_and_its_strength_is_its_coverage():
    scene = Scene(300, 280, seed=0)
    scene.stroke([(50, 100), (200, 100)], width=6, strength=0.5, wobble=0)
    ink = scene.coverage("ink")
    assert ink.max() == pytest.approx(0.5, abs=0.01)
    rows = np.flatnonzero(ink.any(axis=1))
    assert rows.min() >= 94
    assert rows.max() <= 105
    columns = np.flatnonzero(ink.any(axis=0))
    assert (columns.min(), columns.max()) == (pytest.approx(50, abs=1), pytest.approx(199, abs=1))


def test_hatching_stays_within_its_polygon():
    scene = Scene(300, 280, seed=0)
    scene.hatch([(100, 100), (160, 100), (160, 150), (100, 150)], spacing=4, angle=30)
    ink = scene.coverage("ink")
    inside = ink[97:154, 97:164].sum()
    assert inside > 0.1 * 60 * 50
    assert ink.sum() == pytest.approx(inside)


def test_slow_noise_is_smooth_and_its_size_is_about_1():
    noise = slow_noise(np.random.default_rng(0), 4000, 2)
    assert noise.shape == (4000, 2)
    assert 0.6 < noise.std() < 1.2
    assert np.abs(np.diff(noise, axis=0)).mean() < 0.3 * noise.std()

"""The photograph of the demo shows the drawing where its homography says, on a table."""

import cv2
import numpy as np
import pytest

from maxrf_core.demo.drawing import draw_scene
from maxrf_core.demo.photo import homography_of, render_photo
from maxrf_core.demo.scene import CHECK_MARKS, CORNER_MARKS
from tests.maxrf_core.demo.test_make import crosses_found


@pytest.fixture(scope="module")
def drawing():
    return draw_scene(300, 280, 1651)


@pytest.fixture(scope="module")
def photo(drawing):
    return render_photo(drawing)


def test_the_crosses_are_where_the_homography_leads_from_the_map(drawing, photo):
    matrix, size = homography_of(300, 280)
    assert photo.shape == (size[1], size[0], 3)
    for marks in (CORNER_MARKS, CHECK_MARKS):
        places = cv2.perspectiveTransform(drawing.map_points(np.array(marks))[None], matrix)[0]
        found = crosses_found(photo.mean(axis=2), places, reach=17)
        assert np.hypot(*(found - places).T).max() < 0.3  # photograph pixels: 0.1 map pixels


def test_the_photograph_shows_the_table_all_around_the_mount(photo):
    rim = np.concatenate([photo[:8].reshape(-1, 3), photo[-8:].reshape(-1, 3), photo[:, :8].reshape(-1, 3)])
    assert rim.mean() < 80  # dark walnut
    assert photo[len(photo) // 2, photo.shape[1] // 2].mean() > 80


def test_the_seed_determines_the_photograph():
    first, again, other = (render_photo(draw_scene(60, 56, seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()

"""The demo's drawing leaves its marks on bare paper, where they are said to be."""

import numpy as np
import pytest

from maxrf_core.demo.drawing import draw_scene
from maxrf_core.demo.scene import CHECK_MARKS, CORNER_MARKS
from tests.maxrf_core.demo.test_make import crosses_found


@pytest.fixture(scope="module")
def drawing():
    return draw_scene(300, 280, 1651)


def test_all_marks_lie_on_bare_paper(drawing):
    for marks in (CORNER_MARKS, CHECK_MARKS):
        for x, y in np.rint(drawing.map_points(np.array(marks))).astype(int):
            part = (slice(y - 6, y + 7), slice(x - 6, x + 7))
            assert drawing.coverage("paper")[part].min() == 1
            assert drawing.coverage("speckles")[part].max() == 0


def test_the_crosses_of_the_drawing_are_at_the_marks(drawing):
    for marks in (CORNER_MARKS, CHECK_MARKS):
        places = drawing.map_points(np.array(marks))
        found = crosses_found(1 - drawing.coverage("ink"), places, reach=6)
        assert np.hypot(*(found - places).T).max() < 0.05

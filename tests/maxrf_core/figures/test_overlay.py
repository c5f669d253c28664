"""What is drawn over a figure's picture survives JSON; what is none is refused."""

import json

import numpy as np
import pytest

from maxrf_core.errors import PictureError
from maxrf_core.figures.grid import grid_for
from maxrf_core.figures.overlay import MAX_CORNERS, Overlay
from maxrf_core.patches.patch import Patch

SKY = Patch.rectangle((5, 5), (9, 9), (40, 30), "Sky", "#56b4e9")
OVERLAY = Overlay.of([SKY], (3, 4), (1.0, 2.0, 7.5, 8.0), [2])


def test_it_survives_json():
    told = json.loads(json.dumps(OVERLAY.as_dict()))
    assert Overlay.from_dict(told) == OVERLAY
    assert (told["outlines"][0]["name"], told["outlines"][0]["number"]) == ("Sky", 2)


def test_scattered_patches_have_no_more_corners_than_a_recipe_holds():
    mask = np.zeros((400, 300), bool)
    mask[::2, ::2] = True
    overlay = Overlay.of([Patch("a", "#56b4e9", mask), Patch("b", "#e69f00", mask)])
    assert sum(len(ring) for each in overlay.outlines for ring in each.rings) <= MAX_CORNERS
    assert Overlay.from_dict(overlay.as_dict()) == overlay


def test_an_outline_is_seen_where_the_picture_shows_a_part_of_it():
    [outline] = OVERLAY.outlines
    assert outline.is_seen(grid_for((40, 30)))
    assert outline.is_seen(grid_for((40, 30), (7.0, 20.0, 20.0, 7.0)))
    assert not outline.is_seen(grid_for((40, 30), (12.0, 20.0, 20.0, 12.0)))


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        {"more": 1},
        {"pixel": [1.5, 2]},
        {"pixel": 3},
        {"line": [1, 2, 3]},
        {"line": [1, 2, 3, float("inf")]},
        {"outlines": "x"},
        {"outlines": [{"number": 1, "name": "a", "colour": "red", "rings": [[[1, 2]]]}]},
        {"outlines": [{"number": 1, "name": "a", "colour": "#ff0000", "rings": [[[1, "2"]]]}]},
        {"outlines": [{"number": 1, "name": "a", "colour": "#ff0000", "rings": []}]},
    ],
)
def test_what_is_none_is_refused(wrong):
    with pytest.raises(PictureError, match="not the recipe"):
        Overlay.from_dict(wrong)

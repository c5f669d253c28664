"""Patches, a pixel and a line are over the picture of a figure, where they are on the map."""

import io
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from maxrf_core import make_figure
from maxrf_core.figures.overlay import MARK_COLOUR, Overlay
from maxrf_core.figures.recipe import FORMATS, Recipe
from maxrf_core.imaging.bench_view import BenchView
from maxrf_core.imaging.layers import LayerLook
from maxrf_core.patches.patch import Patch
from tests.maxrf_core.elements.made_scan import SHAPE

SKY = Patch.rectangle((5, 5), (9, 9), SHAPE, "Sky $ é", "#56b4e9")
BARE = Recipe(
    BenchView("Fe", (LayerLook("Fe-K", high=600),)), width_mm=64, dpi=254, caption=False, colour_bars=False
)
DOTS = 20  # to a map pixel, after a margin of 40


def pixels_of(ds, recipe):
    return np.asarray(Image.open(io.BytesIO(make_figure(ds, recipe)))).astype(int)


def is_colour(pixel, colour):
    return np.abs(pixel - np.array(to_rgb(colour)) * 255).max() < 60


def test_the_outline_the_ring_and_the_line_are_where_they_are_on_the_map(portrait):
    overlay = Overlay.of([SKY], (20, 10), (2.0, 20.0, 12.0, 20.0))
    bare, drawn = (pixels_of(portrait, replace(BARE, overlay=each)) for each in (Overlay(), overlay))
    dots = {"left edge": (5 - 0.5, 7), "right edge": (9 + 0.5, 7), "line": (7, 20)}
    for place, (x, y) in dots.items():
        at = round(40 + (y + 0.5) * DOTS), round(40 + (x + 0.5) * DOTS)
        assert is_colour(drawn[at], MARK_COLOUR if place == "line" else SKY.colour), place
    near = drawn[40 + 10 * DOTS : 40 + 11 * DOTS, 40 + 18 * DOTS : 40 + 23 * DOTS].reshape(-1, 3)
    assert any(is_colour(dot, MARK_COLOUR) for dot in near)
    np.testing.assert_array_equal(  # the rest of the picture is the same
        drawn[40 + 24 * DOTS : 40 + 28 * DOTS, 40:600], bare[40 + 24 * DOTS : 40 + 28 * DOTS, 40:600]
    )


def test_a_zoomed_figure_has_only_the_patches_that_are_seen(portrait):
    view = replace(BARE.view, zoom=(14.5, 24.5, 24.5, 14.5))
    far = replace(BARE, view=view, overlay=Overlay.of([SKY]))
    np.testing.assert_array_equal(pixels_of(portrait, far), pixels_of(portrait, replace(BARE, view=view)))


@pytest.mark.parametrize("kind", FORMATS)
def test_panels_and_what_is_drawn_are_made_again_bit_for_bit_from_json(portrait, kind):
    view = BenchView("Fe", (LayerLook("Fe-K", high=600), LayerLook("Pb-L", high=700)))
    recipe = Recipe(view, kind, 90, dpi=100, beside=True, overlay=Overlay.of([SKY], (3, 4), (1, 2, 8, 9)))
    made = make_figure(portrait, recipe)
    assert make_figure(portrait, Recipe.from_json(recipe.as_json())) == made

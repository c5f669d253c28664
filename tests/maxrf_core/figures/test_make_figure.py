"""Figures: the picture as it is on the bench, beside it all that reads it, the same bytes each time."""

import io
from dataclasses import replace

import matplotlib
import numpy as np
import pytest
from PIL import Image

from maxrf_core import DataStack, convert, make_figure, view_picture
from maxrf_core.figures.caption import caption_of
from maxrf_core.figures.make_figure import panels_of
from maxrf_core.figures.recipe import FORMATS, Recipe
from maxrf_core.figures.view_layers import view_grid, view_layers
from maxrf_core.imaging.bench_view import BenchView
from maxrf_core.imaging.layers import LayerLook
from maxrf_core.readers import open_maps
from tests.maxrf_core.figures.figure_scan import VIEW

SMALL = Recipe(VIEW, width_mm=60, dpi=100, title="Iron $ over <lead> (é)")


@pytest.mark.parametrize("kind", FORMATS)
def test_it_is_made_again_bit_for_bit_whatever_a_user_has_set(portrait, kind):
    made = make_figure(portrait, replace(SMALL, format=kind))
    with matplotlib.rc_context({"font.size": 30, "axes.linewidth": 9, "svg.fonttype": "none"}):
        assert make_figure(portrait, replace(SMALL, format=kind)) == made


def test_a_recipe_that_was_kept_gives_the_same(portrait):
    view = BenchView(" Iron", (LayerLook("Fe-K", high=600, opacity=1),), zoom=(0, 9, 9, 0))
    recipe = Recipe(view, "svg", width_mm=60, dpi=100)
    assert make_figure(portrait, Recipe.from_json(recipe.as_json())) == make_figure(portrait, recipe)


def test_known_values_are_taken_and_give_the_same(portrait):
    maps = portrait.element_maps(keep=False)
    known = {key: maps.net[maps.index(key)] for key in ("Fe-K", "Pb-L")}
    assert make_figure(portrait, SMALL, known) == make_figure(portrait, SMALL)
    dark = make_figure(portrait, SMALL, {key: 0 * values for key, values in known.items()})
    assert dark != make_figure(portrait, SMALL)


def test_the_pixels_of_the_picture_have_the_colours_of_the_screen(portrait):
    view = BenchView("Fe", (LayerLook("Fe-K", high=600),))
    figure = Image.open(io.BytesIO(make_figure(portrait, Recipe(view, width_mm=64, dpi=254, title=""))))
    assert figure.info["dpi"] == pytest.approx((254, 254), abs=0.1)
    assert figure.width == 640
    shown = np.asarray(figure)[40:640, 40:600].astype(int)  # 4 mm margin, 20 dots to a map pixel
    screen = view_picture(portrait, view)[..., :3]
    np.testing.assert_array_equal(shown[10::20, 10::20], screen)


def test_at_twice_the_dots_it_has_twice_the_pixels(portrait):
    small, large = (
        Image.open(io.BytesIO(make_figure(portrait, replace(SMALL, dpi=dpi)))) for dpi in (100, 200)
    )
    assert np.array(large.size) == pytest.approx(2 * np.array(small.size), abs=2)


def test_the_step_of_each_side_gives_the_proportions(portrait, monkeypatch):
    view = BenchView("Fe", (LayerLook("Fe-K", high=600),))
    bare = Recipe(view, width_mm=60, dpi=100, caption=False, colour_bars=False, scale_bar=False)
    square = Image.open(io.BytesIO(make_figure(portrait, bare)))
    monkeypatch.setattr("maxrf_core.figures.make_figure.pixel_size_of", lambda ds: (0.5, 0.25))
    flat = Image.open(io.BytesIO(make_figure(portrait, bare)))
    assert square.height - flat.height == pytest.approx(52 * 30 / 28 / 2 / 25.4 * 100, abs=2)


def test_side_by_side_each_layer_has_the_picture_that_it_has_alone(portrait):
    lead, iron = LayerLook("Pb-L", high=700), LayerLook("Fe-K", high=600)
    both = Recipe(BenchView("x", (lead, iron)), width_mm=125, dpi=254, beside=True, caption=False)
    panels = np.asarray(Image.open(io.BytesIO(make_figure(portrait, both)))).astype(int)
    for left, look in ((40, iron), (650, lead)):  # the uppermost first; 56 mm each, 5 mm between them
        screen = view_picture(portrait, BenchView("x", (look,)))[..., :3]
        shown = panels[40 : 40 + 20 * screen.shape[0], left : left + 560]
        np.testing.assert_array_equal(shown[10::20, 10::20], screen)


def test_more_than_four_layers_beside_one_another_are_left_out(portrait):
    looks = tuple(LayerLook(key) for key in ("Fe-K", "Pb-L", "Ca-K", "Cu-K", "band:6:7"))
    recipe = Recipe(BenchView("x", looks), beside=True)
    assert [panel[0].key for panel in panels_of(recipe)] == ["band:6:7", "Cu-K", "Ca-K", "Pb-L"]
    assert panels_of(replace(recipe, beside=False)) == [list(looks)]


def test_a_figure_of_maps_without_spectra_says_that_another_program_made_them(shared, tmp_path):
    ds = DataStack(convert(open_maps(shared("data/readers/maps/maps.edf")), tmp_path / "maps.datastack"))
    view = BenchView("Iron", (LayerLook("map:Fe_K", high=300.0), LayerLook("map:Ca_K", high=50.0)))
    layers = view_layers(ds, view)
    np.testing.assert_array_equal(layers["map:Ca_K"].values, ds.stored_map("Ca_K"))
    assert layers["map:Ca_K"].title == "Ca_K"
    caption = caption_of(ds, layers, view_grid(ds, view, layers))
    assert "The maps Fe_K and Ca_K are as others made them. Maps are not smoothed." in caption
    assert make_figure(ds, Recipe(view, width_mm=60, dpi=100)) != make_figure(
        ds, Recipe(BenchView("Iron", view.layers[:1]), width_mm=60, dpi=100)
    )

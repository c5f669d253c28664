"""Recipes: they survive JSON, and what is none is refused with a sentence."""

import pytest

from maxrf_core.errors import PictureError
from maxrf_core.figures.recipe import Recipe
from tests.maxrf_core.figures.figure_scan import VIEW


def test_a_recipe_survives_json():
    recipe = Recipe(VIEW, "pdf", 90, 120, 600, "Title", families=("Fe-K",), tube_anode="Rh", tube_kV=50.0)
    assert Recipe.from_json(recipe.as_json()) == recipe


def test_a_scan_by_a_monochromatic_beam_has_a_recipe():
    assert Recipe.from_dict(Recipe(VIEW, tube_anode="mono", tube_kV=17.4).as_dict()).fit.anode == "mono"


@pytest.mark.parametrize(
    "wrong",
    [
        {"dpi": 300.5},
        {"dpi": True},
        {"format": 3},
        {"title": "x" * 1000},
        {"families": "Fe"},
        {"row_displacement": 99},
        {"width_mm": float("nan")},
        {"unknown": 1},
        {"view": {"name": ""}},
        {"tube_kV": "50"},
    ],
)
def test_what_is_no_recipe_is_refused(wrong):
    with pytest.raises(PictureError, match="not the"):
        Recipe.from_dict({"view": VIEW.as_dict(), **wrong})


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000])
def test_a_text_that_is_none_is_refused(text):
    with pytest.raises(PictureError, match="not the recipe"):
        Recipe.from_json(text)


@pytest.mark.parametrize("wrong", [{"width_mm": 5}, {"dpi": 5000}, {"width_mm": 1000, "dpi": 1200}])
def test_sizes_that_cannot_be_made_are_refused_with_what_can(wrong):
    with pytest.raises(PictureError, match="dpi"):
        Recipe(VIEW, **wrong)


def test_recipes_of_before_have_neither_panels_nor_anything_drawn_and_newer_ones_are_told_apart():
    old = {"view": VIEW.as_dict(), "dpi": 600}
    assert Recipe.from_dict(old) == Recipe(VIEW, dpi=600)
    assert Recipe(VIEW).as_dict()["version"] == 2
    with pytest.raises(PictureError, match="newer version"):
        Recipe.from_dict({**old, "version": 3})

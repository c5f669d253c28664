"""The file of a figure carries its recipe, and nothing that changes by itself."""

import re

import pytest

from maxrf_core import make_figure
from maxrf_core.errors import PictureError
from maxrf_core.figures.figure_files import read_note
from maxrf_core.figures.recipe import FORMATS, Recipe
from tests.maxrf_core.figures.figure_scan import VIEW

TITLE = "Ink (é) \\ <lead> & ]]> $x -- end"


@pytest.mark.parametrize("kind", FORMATS)
def test_each_format_carries_the_recipe_and_no_date(portrait, tmp_path, kind):
    recipe = Recipe(VIEW, kind, width_mm=60, dpi=100, title=TITLE)
    path = tmp_path / f"figure.{kind}"
    path.write_bytes(make_figure(portrait, recipe))
    note = read_note(path)
    assert Recipe.from_dict(note["recipe"]) == recipe
    assert set(note["made_with"]) == {"maxrf4all", "matplotlib"}
    assert not re.search(rb"CreationDate|<dc:date>", path.read_bytes())


def test_a_recipe_is_read_from_json(tmp_path):
    path = tmp_path / "recipe.json"
    path.write_text(Recipe(VIEW).as_json(), encoding="utf-8")
    assert Recipe.from_dict(read_note(path)["recipe"]) == Recipe(VIEW)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"II*\0",
        b"%PDF-1.4 /Keywords (nothing)",
        b"<svg/>",
        b"{}",
        b"[1]",
        b"\xff\xfe",
    ],
)
def test_a_file_without_a_recipe_is_named(tmp_path, content):
    path = tmp_path / "holiday.png"
    path.write_bytes(content)
    with pytest.raises(PictureError, match=r"holiday\.png holds no recipe"):
        read_note(path)

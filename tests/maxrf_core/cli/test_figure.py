"""The command ``figure``: from a recipe, and from a figure, bit for bit."""

import pytest

from maxrf_core.cli.main import main
from maxrf_core.figures.recipe import FORMATS, Recipe
from tests.maxrf_core.figures.figure_scan import VIEW, kept_scan

__all__ = ["kept_scan"]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_figure_is_made_again_from_itself(kept_scan, tmp_path, capsys, kind):
    recipe = tmp_path / "recipe.json"
    recipe.write_text(Recipe(VIEW, width_mm=60, dpi=100).as_json(), encoding="utf-8")
    first, again = tmp_path / f"first.{kind}", tmp_path / f"again.{kind}"
    assert main(["figure", str(kept_scan), str(recipe), "-o", str(first)]) == 0
    assert main(["figure", str(kept_scan), str(first), "-o", str(again)]) == 0
    assert again.read_bytes() == first.read_bytes()
    assert "note:" not in capsys.readouterr().err


def test_the_recipe_is_taken_out_of_a_figure_and_changes_are_told(kept_scan, tmp_path, capsys):
    recipe, figure, taken = (tmp_path / name for name in ("recipe.json", "figure.png", "taken.json"))
    recipe.write_text(Recipe(VIEW, width_mm=60, dpi=100).as_json(), encoding="utf-8")
    assert main(["figure", str(kept_scan), str(recipe), "-o", str(figure)]) == 0
    assert main(["figure", str(kept_scan), str(figure), "-o", str(taken)]) == 0
    assert Recipe.from_json(taken.read_text(encoding="utf-8")) == Recipe(VIEW, width_mm=60, dpi=100)
    for output in (figure, tmp_path / "figure.doc"):
        assert main(["figure", str(kept_scan), str(recipe), "-o", str(output)]) == 2
    told = capsys.readouterr().err
    assert "figure.png exists already" in told
    assert "should end in one of .png, .tif, .tiff, .pdf, .svg, .json" in told


def test_a_picture_that_has_changed_is_told(kept_scan, tmp_path, capsys):
    recipe, figure = tmp_path / "recipe.json", tmp_path / "figure.svg"
    recipe.write_text(Recipe(VIEW, "svg", width_mm=60, dpi=100).as_json(), encoding="utf-8")
    assert main(["figure", str(kept_scan), str(recipe), "-o", str(figure)]) == 0
    text = figure.read_text(encoding="utf-8").replace('"high": 600', '"high": 500')
    figure.write_text(text.replace('{"maxrf4all": "', '{"maxrf4all": "9.'), encoding="utf-8")
    assert main(["figure", str(kept_scan), str(figure), "-o", str(tmp_path / "new.svg")]) == 0
    told = capsys.readouterr().err
    assert "the scan may have changed" in told
    assert "made with maxrf4all 9." in told

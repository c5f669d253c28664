"""The command ``figure``: make a figure of a scan by its recipe, also by that in a figure."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from maxrf_core.atomic import changes as atomic
from maxrf_core.atomic.new_path import check_new_path
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import PictureError
from maxrf_core.figures.figure_files import read_note
from maxrf_core.figures.make_figure import make_figure
from maxrf_core.figures.recipe import FORMAT_OF, Recipe
from maxrf_core.language import _
from maxrf_core.progress import show_on_terminal


def add_figure_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command ``figure``."""
    parser.add_argument("path", type=Path, metavar="scan.datastack")
    parser.add_argument(
        "recipe", type=Path, metavar="RECIPE", help="a recipe as .json, or a figure, which carries its own"
    )
    parser.add_argument(
        "-o", "--output", type=Path, required=True, help="a .png, .tif, .pdf, .svg file; or .json, the recipe"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace the output where it exists")
    parser.set_defaults(run=figure)


def figure(chosen: argparse.Namespace) -> None:
    """Run the command."""
    kind = FORMAT_OF.get(chosen.output.suffix.lower())
    if kind is None and chosen.output.suffix.lower() != ".json":
        words = _("{name} should end in one of {listed}.")
        raise PictureError(words.format(name=chosen.output.name, listed=", ".join([*FORMAT_OF, ".json"])))
    check_new_path(chosen.output, chosen.overwrite)
    before = read_note(chosen.recipe)
    recipe = Recipe.from_dict(before["recipe"])
    if kind is None:
        content = recipe.as_json().encode()
    else:
        recipe = replace(recipe, format=kind)
        content = make_figure(DataStack(chosen.path), recipe, progress=show_on_terminal)
    with atomic.replacing(chosen.output) as unfinished:
        unfinished.write_bytes(content)
    if kind is not None:
        _tell_differences(before, read_note(chosen.output))
    print(chosen.output)


def _tell_differences(before: dict[str, Any], now: dict[str, Any]) -> None:
    """Say in which ways a figure is not the one from which its recipe is."""
    if "picture" in before and before["picture"] != now["picture"]:
        words = _(
            "the picture differs from that of the figure that gave the recipe: the scan may have changed."
        )
        print(f"note: {words}", file=sys.stderr)
    if "made_with" in before and before["made_with"] != now["made_with"]:
        words = _("that figure was made with {before}, this one with {now}.")
        print(f"note: {words.format(before=_versions(before), now=_versions(now))}", file=sys.stderr)


def _versions(note: dict[str, Any]) -> str:
    told = note["made_with"]
    return ", ".join(f"{name} {told[name]}" for name in told) if isinstance(told, dict) else "–"

"""A figure from the page is the one that the command line makes of its recipe."""

from types import SimpleNamespace

import numpy as np

from maxrf_core.cli.main import main
from maxrf_core.figures.recipe import Recipe
from maxrf_core.figures.view_layers import Fit
from tests.maxrf_core.figures.figure_scan import VIEW, kept_scan, portrait
from widgets.look.take_figure import fit_of, made_figure

__all__ = ["kept_scan", "portrait"]


def test_the_command_line_makes_the_same_figure_again(portrait, tmp_path):
    maps = portrait.element_maps(keep=False)
    known = {key: np.asarray(maps.net[maps.index(key)]) for key in ("Fe-K", "Pb-L")}
    recipe = Recipe(VIEW, width_mm=60, dpi=100, families=maps.names, tube_anode="Rh", tube_kV=50)
    first, again = tmp_path / "first.pdf", tmp_path / "again.pdf"
    first.write_bytes(made_figure(portrait, recipe, known, "pdf"))
    assert main(["figure", str(portrait.path), str(first), "-o", str(again)]) == 0
    assert again.read_bytes() == first.read_bytes()


def test_the_fit_is_that_of_the_maps_that_are_shown():
    tube = SimpleNamespace(anode="Rh", kv=50.0)
    analysis = SimpleNamespace(instrument=SimpleNamespace(tube=tube))
    examination = SimpleNamespace(analysis=analysis, maps=SimpleNamespace(names=("Fe-K", "Pb-L")))
    assert fit_of(examination) == Fit(("Fe-K", "Pb-L"), "Rh", 50.0)
    assert fit_of(None) == Fit()

"""A figure from the page is the one that the command line makes of its recipe."""

import shutil
from types import SimpleNamespace

import numpy as np

from maxrf_core import DataStack
from maxrf_core.cli.main import main
from maxrf_core.figures.recipe import Recipe
from maxrf_core.figures.view_layers import Fit
from maxrf_core.patches.patch import Patch
from tests.maxrf_core.elements.made_scan import SHAPE
from tests.maxrf_core.figures.figure_scan import VIEW, kept_scan, portrait
from widgets.look.take_figure import fit_of, kept_patches, made_figure, overlay_of
from widgets.session.choice import Choice

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


def test_what_is_drawn_is_what_the_bench_shows():
    sky, hand = (Patch.rectangle((1, 1), (4, 4), SHAPE, name, "#e69f00") for name in ("Sky", "Hand"))
    now = Choice(patches=(sky, hand), hidden_patches=frozenset(["Sky"]), pixels=[(1, 2), (3, 4)])
    now.ruler = (1.0, 2.0, 8.0, 9.0)
    overlay = overlay_of(now)
    assert [(each.number, each.name) for each in overlay.outlines] == [(2, "Hand")]
    assert (overlay.pixel, overlay.line) == ((3, 4), now.ruler)


def test_a_patch_that_was_changed_since_it_was_kept_is_not_in_the_lines(kept_scan, tmp_path):
    ds = DataStack(shutil.copy(kept_scan, tmp_path))
    sky, hand = (Patch.rectangle((1, 1), (4, 4), SHAPE, name, "#e69f00") for name in ("Sky", "Hand"))
    ds.keep_patches([sky, hand])
    larger = Patch.rectangle((1, 1), (5, 4), SHAPE, "Hand", "#e69f00")
    assert kept_patches(ds.patches(), [sky, larger]) == ["Sky"]

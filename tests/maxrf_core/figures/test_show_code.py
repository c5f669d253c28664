"""The lines that are shown make the picture that is seen."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import maxrf_core
from maxrf_core import DataStack, make_figure, read_picture, view_picture
from maxrf_core.figures.overlay import Overlay
from maxrf_core.figures.recipe import Recipe
from maxrf_core.figures.show_code import code_of
from maxrf_core.figures.view_layers import Fit
from maxrf_core.patches.patch import Patch
from tests.maxrf_core.elements.made_scan import SHAPE
from tests.maxrf_core.figures.figure_scan import VIEW


def run(code, folder):
    root = str(Path(maxrf_core.__file__).parents[1])
    subprocess.run(
        [sys.executable, "-c", code], cwd=folder, check=True, env={**os.environ, "PYTHONPATH": root}
    )


def written(folder, content):
    path = folder / "expected.png"
    path.write_bytes(content)
    return path


FIT = Fit(("Fe-K", "Pb-L", "Ca-K"), "Rh", 50.0)


@pytest.mark.parametrize(
    ("view", "fit", "displacement"),
    [(VIEW, Fit(), 0.0), (replace(VIEW, name='It\'s "ink"', zoom=(4.5, 14.5, 19.5, 9.5)), FIT, 0.5)],
)
def test_the_lines_make_the_picture(kept_scan, tmp_path, view, fit, displacement):
    shutil.copy(kept_scan, tmp_path)
    told = {"families": fit.families, "tube_anode": fit.anode, "tube_kV": fit.kv}
    recipe = Recipe(view, row_displacement=displacement, **told)
    code = code_of(Path("/anywhere/portrait.datastack"), recipe)
    assert "/anywhere" not in code
    assert len(code.splitlines()) < 15
    run(code, tmp_path)
    expected = view_picture(DataStack(kept_scan).straightened(displacement), view, fit)
    np.testing.assert_array_equal(read_picture(tmp_path / "portrait.png"), expected)


def test_the_lines_make_the_figure_with_panels_patches_pixel_and_line(kept_scan, tmp_path):
    ds = DataStack(shutil.copy(kept_scan, tmp_path))
    hand = Patch.rectangle((5, 5), (9, 9), SHAPE, "Hand's", "#56b4e9")
    sky = Patch.rectangle((1, 1), (4, 4), SHAPE, "Sky", "#e69f00")
    ds.keep_patches([sky, hand])
    overlay = Overlay.of([hand], (3, 4), (1.0, 2.0, 8.0, 9.0), [2])
    told = {"families": FIT.families, "tube_anode": FIT.anode, "tube_kV": FIT.kv, "row_displacement": 0.5}
    recipe = Recipe(VIEW, width_mm=90.0, dpi=100, beside=True, overlay=overlay, **told)
    run(code_of(ds.path, recipe, ["Hand's"]), tmp_path)
    made = read_picture(tmp_path / "portrait.png")
    np.testing.assert_array_equal(made, read_picture(written(tmp_path, make_figure(ds, recipe))))

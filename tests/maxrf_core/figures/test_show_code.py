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
from maxrf_core import DataStack, read_picture, view_picture
from maxrf_core.figures.show_code import code_of
from maxrf_core.figures.view_layers import Fit
from tests.maxrf_core.figures.figure_scan import VIEW

FIT = Fit(("Fe-K", "Pb-L", "Ca-K"), "Rh", 50.0)


@pytest.mark.parametrize(
    ("view", "fit", "displacement"),
    [(VIEW, Fit(), 0.0), (replace(VIEW, name='It\'s "ink"', zoom=(4.5, 14.5, 19.5, 9.5)), FIT, 0.5)],
)
def test_the_lines_make_the_picture(kept_scan, tmp_path, view, fit, displacement):
    shutil.copy(kept_scan, tmp_path)
    code = code_of(Path("/anywhere/portrait.datastack"), view, fit, displacement)
    assert "/anywhere" not in code
    assert len(code.splitlines()) < 15
    root = str(Path(maxrf_core.__file__).parents[1])
    subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, check=True, env={**os.environ, "PYTHONPATH": root}
    )
    expected = view_picture(DataStack(kept_scan).straightened(displacement), view, fit)
    np.testing.assert_array_equal(read_picture(tmp_path / "portrait.png"), expected)

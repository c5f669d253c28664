"""Every alternative reads the same numbers from its own file."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d

from benchmarks.alternatives import (
    SIGMA,
    Alternative,
    Files,
    ThisProject,
    convert_ours,
    convert_theirs,
    convert_unmarked,
)
from benchmarks.compared import ALTERNATIVES
from benchmarks.cubes import Density
from benchmarks.packed_formats import PACKED_FORMATS
from benchmarks.workfolder import make_raw

SHAPE = (34, 21, 128)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    made = Files(tmp_path_factory.mktemp("alternatives"), "small")
    make_raw(made, SHAPE, Density("sparse", 60))
    convert_ours(made)
    convert_unmarked(made)
    convert_theirs(made)
    for each in PACKED_FORMATS:
        if each.is_available():
            each.write(made)
    return made


@pytest.mark.parametrize("alternative", ALTERNATIVES, ids=lambda alternative: alternative.name)
def test_an_alternative_answers_what_numpy_computes(files: Files, alternative: type[Alternative]):
    if not alternative.is_available():
        pytest.skip(f"{alternative.name} is measured where requirements-bench.txt is installed")
    counts = files.counts().astype(np.float64)
    if alternative.smoothed:
        counts = gaussian_filter1d(counts, SIGMA, axis=2)
    close = {"rtol": 1e-4, "atol": 1e-5} if alternative.smoothed else {"rtol": 1e-6}
    opened = alternative(files)
    np.testing.assert_allclose(opened.band(20, 50), counts[:, :, 20:50].mean(axis=2), **close)
    np.testing.assert_allclose(opened.pixel(20, 33), counts[33, 20], **close)
    np.testing.assert_allclose(opened.region(3, 5, 20, 30), counts[5:30, 3:20].mean(axis=(0, 1)), **close)
    totals = np.array([counts.sum(axis=(0, 1)), counts.max(axis=(0, 1))])
    np.testing.assert_allclose(opened.totals(), totals, **close)
    opened.close()


def test_our_smoothed_map_is_that_of_the_smoothed_cube(files: Files):
    smoothed = gaussian_filter1d(files.counts().astype(np.float64), SIGMA, axis=2)
    np.testing.assert_allclose(
        ThisProject(files).smoothed_band(20, 50), smoothed[:, :, 20:50].mean(axis=2), rtol=1e-4, atol=1e-6
    )

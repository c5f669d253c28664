"""What is said of pairs of patches is counted against the truth."""

import numpy as np

from benchmarks.patch_pairs import tally
from tests.maxrf_core.patches.made_maps import drawn_maps


def test_pairs_of_one_material_and_true_differences_are_counted():
    iron = np.zeros((60, 80))
    iron[:, 40:] = 100.0
    calcium = np.full((60, 80), 150.0)
    maps = drawn_maps(("Ca-K", "Fe-K"), np.stack([calcium, iron]), np.random.default_rng(2))
    found = tally(maps, {"Ca": calcium, "Fe": iron}, 40)
    assert found.pairs == 40
    assert found.same >= 15
    assert found.said == 0
    assert 0 < found.large == found.found
    assert found.equal >= found.large
    assert found.asserted == 0
    assert np.std(found.pulls) < 1.5

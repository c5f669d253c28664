"""Held-out blocks choose a bend only if there is one."""

import numpy as np
import pytest

from maxrf_core.autoalign.spatial_validation import choose_kernel
from tests.maxrf_core.autoalign.test_smooth_field import CLICKS, SHAPE, bow, made_residuals, rms


def test_a_bend_predicts_held_out_blocks_better_by_more_than_its_standard_error():
    choice = choose_kernel(made_residuals(bow), SHAPE, CLICKS)
    assert choice.kernel.size > 0
    assert choice.gain > max(0.5, choice.error)
    places = np.random.default_rng(1).uniform([10, 10], [230, 190], (200, 2))
    assert rms(choice.fitted.at(places) - bow(places)) < 0.15


@pytest.mark.parametrize("seed", range(4))
def test_noise_is_no_bend(seed):
    choice = choose_kernel(made_residuals(lambda at: 0 * at, seed, noise=0.5), SHAPE, CLICKS)
    assert choice.gain < 0.1


def test_few_patches_choose_nothing():
    few = made_residuals(bow)
    some = type(few)(few.places[:10], few.vectors[:10], few.stiffness[:10], few.known[:10])
    assert choose_kernel(some, SHAPE, CLICKS) is None

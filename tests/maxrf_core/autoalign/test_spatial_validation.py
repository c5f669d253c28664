"""Held-out blocks choose a bend only if there is one."""

import numpy as np
import pytest

from maxrf_core.autoalign.smooth_field import Field, fit_field
from maxrf_core.autoalign.spatial_validation import choose_kernel, jackknife_variance
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


def test_leaving_out_blocks_tells_the_error_of_patches_that_err_alike_nearby():
    places = np.random.default_rng(1).uniform([10, 10], [230, 190], (200, 2))
    true, told, alone = [], [], []
    for seed in range(8):
        common = np.random.default_rng([seed, 1]).normal(0, 0.15, (5, 4, 2))

        def alike(at, common=common):
            column, row = (at // 50).astype(int).T
            return common[column, row]

        residuals = made_residuals(alike, seed, noise=0.05)
        fitted = fit_field(residuals, Field(SHAPE, 1.2), 0.0, CLICKS)
        true.append(rms(fitted.at(places)) ** 2)
        told.append(jackknife_variance(residuals, fitted, 0.0, CLICKS, places).mean())
        alone.append(fitted.variance(places).mean())
    assert np.mean(alone) < 0.5 * np.mean(true)
    assert 0.6 * np.mean(true) < np.mean(told) < 1.8 * np.mean(true)


def test_one_block_alone_tells_nothing():
    few = made_residuals(bow)
    near = np.hypot(*(few.places - [20, 20]).T) < 18
    some = type(few)(few.places[near], few.vectors[near], few.stiffness[near], few.known[near])
    fitted = fit_field(some, Field(SHAPE, 1.2), 0.0, CLICKS)
    assert (jackknife_variance(some, fitted, 0.0, CLICKS, few.places) == 0).all()

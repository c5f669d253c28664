"""A smooth field follows what patches say together, and knows where it is uncertain."""

import numpy as np
import pytest

from maxrf_core.autoalign.patch_matching import Matches
from maxrf_core.autoalign.robust_fit import Clicks
from maxrf_core.autoalign.smooth_field import Field, Residuals, fit_field
from maxrf_core.transform.extents import corners_of
from maxrf_core.transform.homography import Homography

SHAPE = (200, 240)
CLICKS = Clicks(corners_of(SHAPE), corners_of(SHAPE), 15.0)
IDENTITY = Homography(np.eye(3))


def bow(places):
    return np.stack([np.zeros(len(places)), 2.5 * ((places[:, 0] - 120) / 120) ** 2], axis=1)


def made_residuals(bend, seed=0, noise=0.2, outliers=0.0, right=240.0) -> Residuals:
    """Patches on the map's left part, found where the bend has them, with noise."""
    rng = np.random.default_rng(seed)
    places = rng.uniform([10, 10], [right - 10, 190], (300, 2))
    found = places + bend(places) + rng.normal(0, noise, places.shape)
    wrong = rng.random(300) < outliers
    found[wrong] += rng.uniform(-8, 8, (int(wrong.sum()), 2))
    stiffness = np.broadcast_to(np.eye(2) * 0.05, (300, 2, 2)).copy()
    ones = np.ones(300)
    matches = Matches(places, found, 0.5 * ones, 5 * ones, stiffness, ones.astype(bool), 1.0)
    return Residuals.of(IDENTITY, [matches])


def rms(vectors):
    return float(np.sqrt(np.mean(np.sum(vectors**2, axis=1))))


@pytest.mark.parametrize("outliers", [0.0, 0.3])
def test_a_field_follows_a_bend_and_leaves_out_patches_that_disagree(outliers):
    fitted = fit_field(made_residuals(bow, outliers=outliers), Field(SHAPE, 1.2), 5.0, CLICKS)
    places = np.random.default_rng(1).uniform([10, 10], [230, 190], (200, 2))
    assert rms(fitted.at(places) - bow(places)) < 0.15


def test_the_stated_error_is_about_the_true_one_and_grows_where_no_patch_is():
    places = np.random.default_rng(1).uniform([10, 10], [110, 190], (200, 2))
    true, told = [], []
    for seed in range(6):
        residuals = made_residuals(lambda at: 0 * at, seed, right=130)
        fitted = fit_field(residuals, Field(SHAPE, 1.2), 0.0, CLICKS)
        true.append(rms(fitted.at(places)))
        told.append(float(np.sqrt(fitted.variance(places).mean())))
    assert np.mean(true) < np.mean(told) < 3.5 * np.mean(true)  # four times the patches are taken to repeat
    near, far = fitted.variance(np.array([[60.0, 100.0], [230.0, 100.0]]))
    assert far > 4 * near


def test_a_field_of_no_size_is_a_homography():
    fitted = fit_field(made_residuals(bow), Field(SHAPE, 1.0), 0.0, CLICKS)
    assert np.abs(fitted.params[8:]).max() < 1e-3

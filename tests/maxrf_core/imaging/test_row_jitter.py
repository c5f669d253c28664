"""Rows that lie beside their places are noticed, with the amount; steady rows never are."""

import numpy as np
import pytest

from maxrf_core.imaging.row_jitter import find_row_jitter
from tests.maxrf_core.imaging.test_row_displacement import drawing


def scene(jitter, seed, counts=50.0, shape=(150, 160)):
    """Return counts of a smooth drawing whose rows lie beside their places."""
    random = np.random.default_rng([seed, 3])
    y, x = np.mgrid[: shape[0], : shape[1]].astype(float)
    x += random.normal(0, jitter, (shape[0], 1))
    waves = [
        np.cos(fx * x + fy * y + phase)
        for fx, fy, phase in zip(
            random.normal(0, 0.35, 40), random.normal(0, 0.35, 40), random.uniform(0, 6, 40), strict=True
        )
    ]
    return random.poisson(counts * np.exp(0.25 * np.sum(waves, axis=0))).astype(np.float32)


@pytest.mark.parametrize("jitter", [0.5, 0.7, 1.0])
def test_jitter_is_found_with_its_amount(jitter):
    found = [find_row_jitter([scene(jitter, seed)]) for seed in range(3)]
    assert all(each.is_found for each in found)
    assert np.mean([each.pixels for each in found]) == pytest.approx(jitter, rel=0.25)
    assert "beside their places" in found[0].sentence


@pytest.mark.parametrize("counts", [0.5, 5, 500])
def test_steady_rows_have_none(counts):
    for seed in range(6):
        assert not find_row_jitter([scene(0, seed, counts)]).is_found


def test_few_counts_tell_none_or_about_the_right_amount():
    for seed in range(4):
        found = find_row_jitter([scene(0.7, seed, counts=2.0)])
        assert not found.is_found or 0.35 < found.pixels < 1.4


def test_columns_beside_their_places_are_no_jitter_of_rows():
    for seed in range(3):
        assert not find_row_jitter([scene(0.8, seed).T]).is_found


def test_dead_rows_a_small_map_and_one_without_structure_tell_nothing():
    values = scene(0, 1)
    values[20:24] = np.nan
    assert not find_row_jitter([values, np.full_like(values, np.nan)]).is_found
    assert not find_row_jitter([scene(1.0, 0)[:30]]).is_found
    assert not find_row_jitter([np.ones((150, 160))]).is_found
    assert not find_row_jitter([drawing(0, 3, shape=(60, 90))]).is_found

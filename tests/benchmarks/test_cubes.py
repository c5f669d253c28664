"""Drawn cubes look like scans, the same ones each time."""

import lzma
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import poisson

from benchmarks.cubes import (
    BRIGHT,
    BRIGHT_SHARE,
    CHANNELS,
    DENSITIES,
    SCATTER,
    Density,
    packed_bound,
    poisson_entropy,
    rows,
    write_raw,
)
from maxrf_core import open_scan

SHAPE = (4, 60, CHANNELS)


@pytest.mark.parametrize("name", DENSITIES)
def test_pixels_hold_as_many_counts_as_the_density_says(name: str):
    counts = np.array(list(rows(SHAPE, DENSITIES[name]))).sum(axis=2)
    usual = counts[counts < BRIGHT * DENSITIES[name].counts / 2]
    assert usual.mean() == pytest.approx(DENSITIES[name].counts, rel=5 / np.sqrt(usual.size))
    assert (counts.size - usual.size) / counts.size < 10 * BRIGHT_SHARE


def test_the_scattered_lines_of_the_tube_stand_out():
    spectrum = np.array(list(rows(SHAPE, DENSITIES["dense"]))).sum(axis=(0, 1))
    for channel in SCATTER:
        line, beside = spectrum[channel - 10 : channel + 11], spectrum[channel + 40 : channel + 61]
        assert line.mean() > 3 * beside.mean()


def test_the_same_seed_draws_the_same_cube_and_another_one_does_not():
    first, again, other = (np.array(list(rows((2, 5, 256), DENSITIES["sparse"], seed))) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_the_raw_file_is_opened_as_a_scan_with_these_counts(tmp_path: Path):
    path, density = tmp_path / "scan.raw", Density("sparse", 30)
    write_raw(path, (3, 4, 64), density)
    scan = open_scan(path.with_suffix(".rpl"))
    drawn = np.array(list(rows((3, 4, 64), density)))
    np.testing.assert_array_equal(scan.read(slice(0, 3), slice(0, 4)), drawn)


def test_the_entropy_of_poisson_numbers_is_that_of_their_probabilities():
    means = np.array([0.0, 1e-6, 0.02, 1.0, 40.0, 3000.0])
    probabilities = poisson.pmf(np.arange(5000)[:, None], means)
    expected = -np.sum(probabilities * np.log(np.where(probabilities > 0, probabilities, 1)), axis=0)
    np.testing.assert_allclose(poisson_entropy(means), expected, rtol=1e-6)


def test_no_packer_gets_below_the_bound(tmp_path: Path):
    shape = (24, 24, 512)
    counts = np.array(list(rows(shape, DENSITIES["dense"]))).astype(np.uint16)
    bound = packed_bound(shape, DENSITIES["dense"])
    assert bound < len(lzma.compress(counts.tobytes())) < 2 * bound

"""Mixtures of measured spectra are drawn alike every time."""

import numpy as np

from benchmarks.mixtures import BLANK, MAX_ELEMENTS, MIN_ELEMENTS, PURE, mixture

SPECTRA = {name: np.eye(len(PURE) + 1)[number] * 10 for number, name in enumerate([*PURE, BLANK])}


def test_a_mixture_holds_its_elements_and_the_scatter_alone():
    for seed in range(20):
        elements, counts = mixture(SPECTRA, 100_000, np.random.default_rng(seed))
        assert MIN_ELEMENTS <= len(elements) <= MAX_ELEMENTS
        assert {name for name in SPECTRA if counts[SPECTRA[name] > 0].sum()} == {*elements, BLANK}
        assert abs(counts.sum() - 100_000) < 2000


def test_the_same_seed_draws_the_same_mixture():
    first, second = (mixture(SPECTRA, 1000, np.random.default_rng(7)) for _ in range(2))
    assert first[0] == second[0]
    np.testing.assert_array_equal(first[1], second[1])

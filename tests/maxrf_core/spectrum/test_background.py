"""The continuum under the lines: lines are cut off, a smooth continuum stays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.spectrum.background import pieces, snip
from maxrf_core.spectrum.response import Response

RESPONSE = Response(-0.95, 0.01)


def test_a_smooth_continuum_is_kept_and_lines_are_cut_off():
    energies = RESPONSE.energies(2500)
    continuum = 5000 * np.exp(-0.5 * ((energies - 11) / 4) ** 2) + 100
    lines = RESPONSE.lines([3.7, 6.4, 7.06, 10.5], [2e6, 1e6, 1e5, 5e5], 2500)
    found = snip(continuum + lines, RESPONSE)
    inside = (energies > 2) & (energies < 22)
    assert np.abs(found / continuum - 1)[inside].max() < 0.45
    assert np.median(np.abs(found / continuum - 1)[inside]) < 0.1


@given(counts=st.lists(st.integers(0, 1000), min_size=3, max_size=200), gain=st.floats(0.005, 0.05))
def test_it_is_never_negative_and_finite_for_any_counts(counts, gain):
    found = snip(np.array(counts, float), Response(0, gain))
    assert np.isfinite(found).all()
    assert (found >= 0).all()


@given(first=st.integers(0, 20), length=st.integers(2, 60), count=st.integers(2, 8))
def test_pieces_add_up_to_the_background(first, length, count):
    background = np.random.default_rng(0).random(90)
    parts = pieces(background, first, first + length, count)
    assert parts.shape == (count, 90)
    np.testing.assert_allclose(parts.sum(axis=0), background)
    assert (parts >= 0).all()


def test_a_spectrum_without_counts_has_no_background():
    assert snip(np.zeros(50), RESPONSE).max() == pytest.approx(0)

"""The columns of the model: one for each family, trims, sum peaks."""

from dataclasses import replace

import numpy as np
import pytest

from maxrf_core.spectrum.families import family_lines
from maxrf_core.spectrum.model import build_model, sum_peaks_of
from maxrf_core.spectrum.response import Response
from tests.maxrf_core.spectrum.synthetic_spectra import CHANNELS, INSTRUMENT, N, spectrum_of


def test_the_groups_of_a_family_add_up_to_it():
    groups = sorted(set(family_lines("Pb", "L", INSTRUMENT.tube).groups))
    parts = sum(INSTRUMENT.family("Pb-L", N, group) for group in groups)
    np.testing.assert_allclose(parts, INSTRUMENT.family("Pb-L", N), atol=1e-12)


def test_a_trim_changes_the_ratio_and_keeps_the_counts():
    trimmed = replace(INSTRUMENT, trims=(("Fe-K", "Kb", 1.5),))
    ratio = [
        one.family("Fe-K", N, "Kb").sum() / one.family("Fe-K", N, "Ka").sum() for one in (INSTRUMENT, trimmed)
    ]
    assert ratio[1] / ratio[0] == pytest.approx(1.5, rel=0.01)
    assert trimmed.family("Fe-K", N).sum() == pytest.approx(INSTRUMENT.family("Fe-K", N).sum(), rel=0.01)


def test_families_outside_the_fitted_channels_or_not_excited_are_left_out():
    model = build_model(INSTRUMENT, ["Fe-K", "Pb-K", "Na-L", "Sn-K"], spectrum_of(), CHANNELS)
    assert model.families == ("Fe-K",)
    assert model.columns.shape == (len(model.names), N)
    assert any(name.startswith("background") for name in model.names)


def test_sum_peaks_lie_at_the_sum_of_two_energies():
    response = Response(-0.95, 0.01)
    peaks = response.gaussians(np.array([6.4, 3.7]), np.array([1000.0, 200.0]), N)
    sums = sum_peaks_of(peaks, response)
    energies = response.energies(N)
    assert sums.sum() == pytest.approx(1)
    assert energies[sums.argmax()] == pytest.approx(12.8, abs=0.02)
    both = (energies > 9.8) & (energies < 10.4)
    assert energies[both][sums[both].argmax()] == pytest.approx(10.1, abs=0.02)
    assert sums[both].sum() == pytest.approx(2 * 1000 * 200 / 1200**2, rel=0.02)


def test_families_that_are_computed_together_are_those_computed_alone():
    names, groups = ["Fe-K", "Na-L", "Pb-L", "Fe-K", "Sn-K"], [None, None, "L1", "Kb", None]
    instrument = replace(INSTRUMENT, trims=(("Fe-K", "Kb", 1.3), ("Pb-L", "L1", 0.8)))
    alone = [instrument.family(name, N, group) for name, group in zip(names, groups, strict=True)]
    np.testing.assert_allclose(instrument.families(names, N, groups), alone, rtol=1e-9, atol=1e-15)

"""Trims of line ratios: found where a filter has changed them, and near 1 where nothing has."""

from dataclasses import replace

import numpy as np

from maxrf_core.spectrum.trims import fit_trims
from tests.maxrf_core.spectrum.synthetic_spectra import CHANNELS, COUNTS, INSTRUMENT, spectrum_of


def mixtures(instrument):
    """Draw spectra in which the families are mixed otherwise."""
    factors = np.random.default_rng(5).uniform(0.1, 2, (4, len(COUNTS)))
    return np.array(
        [
            spectrum_of(dict(zip(COUNTS, row * list(COUNTS.values()), strict=True)), instrument, seed)
            for seed, row in enumerate(factors)
        ]
    )


def test_a_changed_ratio_is_found():
    changed = replace(INSTRUMENT, trims=(("Fe-K", "Kb", 1.15), ("Pb-L", "L1", 1.3)))
    found = fit_trims(INSTRUMENT, list(COUNTS), mixtures(changed), CHANNELS)
    factors = {(name, group): factor for name, group, factor in found.trims}
    assert 1.07 < factors["Fe-K", "Kb"] < 1.17
    assert 1.15 < factors["Pb-L", "L1"] < 1.35
    assert ("Fe-K", "Ka") not in factors


def test_unchanged_ratios_stay():
    found = fit_trims(INSTRUMENT, list(COUNTS), mixtures(INSTRUMENT), CHANNELS)
    assert all(abs(factor - 1) < 0.04 for _, _, factor in found.trims)
    assert fit_trims(INSTRUMENT, [], mixtures(INSTRUMENT), CHANNELS) is INSTRUMENT


def test_a_hidden_element_is_not_taken_for_a_wrong_ratio():
    spectrum = spectrum_of({"Cr-K": 400_000, "Mn-K": 30_000})[np.newaxis]  # Mn Ka lies under Cr Kb

    def ratio(beside):
        return fit_trims(INSTRUMENT, ["Cr-K"], spectrum, CHANNELS, beside=beside).trims[0][2]

    assert ratio([]) > 1.2
    assert ratio(["Mn-K"]) < 1.1

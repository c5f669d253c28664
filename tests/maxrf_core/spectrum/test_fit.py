"""The fit of a spectrum: true counts are found, with an error that is true."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from maxrf_core.spectrum.background import snip
from maxrf_core.spectrum.fit import fit_spectrum, nnls_of
from maxrf_core.spectrum.model import build_model
from tests.maxrf_core.spectrum.synthetic_spectra import CHANNELS, COUNTS, INSTRUMENT, mean_of, spectrum_of

FAMILIES = [*COUNTS, "As-K", "Ba-L", "Mn-K", "Co-K"]


def test_the_counts_of_all_families_are_found_and_absent_ones_are_nearly_nothing():
    spectrum = spectrum_of()
    fit = fit_spectrum(build_model(INSTRUMENT, FAMILIES, spectrum, CHANNELS), spectrum)
    for name, counts in COUNTS.items():
        assert fit.area(name) == pytest.approx(counts, rel=0.02)
    for name in set(FAMILIES) - COUNTS.keys():
        assert fit.area(name) < 0.01 * COUNTS["Fe-K"]
    assert fit.area("Zr-K") == 0
    assert fit.chi2 < 3


def test_sigma_is_the_spread_of_repeated_spectra():
    background = snip(mean_of(), INSTRUMENT.response)
    areas, sigmas = [], []
    for seed in range(30):
        spectrum = spectrum_of(seed=seed)
        fit = fit_spectrum(build_model(INSTRUMENT, COUNTS, spectrum, CHANNELS, None, background), spectrum)
        areas.append([fit.area(name) for name in COUNTS])
        sigmas.append(fit.sigmas[: len(COUNTS)])
    assert (fit.errors >= fit.sigmas).all()
    spread = np.std(areas, axis=0, ddof=1) / np.mean(sigmas, axis=0)
    assert spread == pytest.approx(1, abs=0.45)


@settings(max_examples=40)
@given(data=st.data())
def test_amounts_are_never_negative_and_fit_at_least_as_well_as_none(data):
    shape = data.draw(st.tuples(st.integers(1, 5), st.integers(6, 20)))
    columns = data.draw(hnp.arrays(float, shape, elements=st.floats(0, 1)))
    values = data.draw(hnp.arrays(float, shape[1], elements=st.floats(0, 10)))
    amounts = nnls_of(columns, values, np.ones(shape[1]))
    assert (amounts >= 0).all()
    assert ((values - amounts @ columns) ** 2).sum() <= (values**2).sum() * (1 + 1e-6) + 1e-6

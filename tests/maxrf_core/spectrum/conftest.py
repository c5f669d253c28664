"""Measured spectra for the tests of the spectrum."""

import numpy as np
import pytest

from tests.maxrf_core.spectrum.genuine_spectra import Genuine, bruker_spectra


@pytest.fixture(scope="module")
def pure(shared):
    """Spectra of pure elements, measured with a Rh tube at 50 kV: name to counts."""
    measured = np.load(shared("data/real/nexl_rh50kv/rh50kv_measured_spectra.npz"))
    return {
        str(name): np.clip(row, 0, None)
        for name, row in zip(measured["names"], measured["counts"], strict=True)
    }


@pytest.fixture(scope="module")
def nist(shared) -> dict[str, Genuine]:
    return {each.name.split("_50kv")[0]: each for each in bruker_spectra(shared("data"))}

"""Cost of a hypothesis of a spectrum's energies."""

import pytest

from maxrf_core.spectrum.calibration_score import BinnedSpectrum
from maxrf_core.spectrum.measured_peaks import measure_peaks
from tests.maxrf_core.spectrum.genuine_spectra import NIST


@pytest.fixture(scope="module")
def steel(nist):
    counts = nist["Steel"].counts
    return BinnedSpectrum(counts, measure_peaks(counts), 50.0, "Rh")


def test_the_true_energies_cost_less_than_others(steel):
    true = steel.fit(NIST.gain, NIST.offset, 0.075)
    assert {"Fe-K", "Ni-K"} <= {name for name, _ in true.families}
    for factor in (0.92, 1.08, 1.37):
        assert steel.fit(factor * NIST.gain, factor * NIST.offset, 0.075).cost > 1.2 * true.cost
    assert true.unexplained < 0.5 * steel.nothing


def test_energies_that_are_40_ev_off_are_improved(steel):
    found = steel.fit(NIST.gain, NIST.offset + 0.04, 0.075, refine=3)
    assert found.offset + found.gain * NIST.channel(6.4) == pytest.approx(6.4, abs=0.008)

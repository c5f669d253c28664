"""Anodes are compared by how well their scattered lines explain a spectrum."""

from maxrf_core.elements.analysis import fitted_channels
from maxrf_core.elements.anodes import ANODES, anode_misfits, fitted_sum_peaks
from maxrf_core.spectrum.model import Instrument
from tests.maxrf_core.elements.made_scan import AXIS, COUNTS, INSTRUMENT, TUBE, made_spectrum


def test_the_true_anode_has_the_least_misfit():
    misfits = anode_misfits(made_spectrum(), AXIS, 50)
    assert {*misfits} == {*ANODES}
    assert min(misfits, key=lambda anode: misfits[anode]) == "Rh"


def test_the_end_of_the_spectrum_is_compared_alone():
    first = int(AXIS.values.searchsorted(17))
    assert min((misfit, anode) for anode, misfit in anode_misfits(made_spectrum(), AXIS, 50, first).items())[
        1
    ] == ("Rh")


def test_sum_peaks_lie_at_twice_the_strong_lines():
    channels = fitted_channels(AXIS, TUBE)
    sums = fitted_sum_peaks(Instrument(TUBE, INSTRUMENT.response), [*COUNTS], made_spectrum(), channels)
    energies = AXIS.values
    near = abs(energies - 2 * 6.4) < 0.2
    assert sums[near].max() > 3 * sums[abs(energies - 19.5) < 0.2].max()

"""Elements of a spectrum: what is there is sure or possible, what is not is absent, with words."""

import numpy as np
import pytest

from maxrf_core.elements.analysis import analyse
from maxrf_core.elements.evidence import Examination
from maxrf_core.elements.identify import ABSENT, POSSIBLE, SURE, identify_spectrum, refit, status_of
from maxrf_core.elements.tube_choice import choose_tube
from maxrf_core.spectrum.calibration import SpectralAxis
from maxrf_core.spectrum.elements import Tube
from tests.maxrf_core.elements.made_scan import (
    AXIS,
    COUNTS,
    INSTRUMENT,
    TUBE,
    N,
    analysed,
    made_spectrum,
    truth,
)
from tests.maxrf_core.spectrum.genuine_spectra import other_spectra


def identified(spectrum):
    return identify_spectrum(analyse(spectrum, AXIS, TUBE))


def test_the_elements_of_a_made_scan_are_sure_and_nothing_else_is():
    found = identify_spectrum(analysed())
    assert set(found.elements(SURE)) == {"Fe", "Ca", "Ti", "Ba", "Pb", "Cu"}
    lead = found.of("Pb")
    assert lead.sentence == "Pb La and Pb Lb are there in the right ratio."
    assert lead.counts == pytest.approx(truth()[list(COUNTS).index("Pb-L")].sum(), rel=0.05)
    arsenic = found.of("as")
    assert arsenic.status == ABSENT
    assert "would lie under the lines of Pb" in arsenic.sentence
    assert found.of("Xx") is None


@pytest.mark.parametrize("element", ["Ba", "Pb"])
def test_an_element_that_was_left_out_is_not_sure(element):
    names = {"Ba": "Ba-L", "Pb": "Pb-L"}
    found = identify_spectrum(analysed((names[element],)))
    assert found.of(element).status != SURE
    assert set(found.elements(SURE)) == {"Fe", "Ca", "Ti", "Ba", "Pb", "Cu"} - {element}


def test_no_element_of_the_anode_is_ever_sure():
    rhodium = identify_spectrum(analysed()).of("Rh")
    assert rhodium.status == POSSIBLE
    assert "tube's anode" in rhodium.sentence


def test_an_element_of_one_line_is_at_most_possible():
    peak = INSTRUMENT.family("Al-K", N) * 40_000
    found = identified(made_spectrum() + np.random.default_rng(0).poisson(peak)).of("Al")
    assert found.status == POSSIBLE
    assert "Only one line" in found.sentence


def test_a_line_that_belongs_to_no_element_is_unexplained_or_not_sure():
    peak = INSTRUMENT.response.gaussians(np.array([7.75]), np.array([80_000.0]), N)
    found = identified(made_spectrum() + np.random.default_rng(0).poisson(peak))
    near = [energy for energy, _, _ in found.unexplained if abs(energy - 7.75) < 0.1]
    assert near or found.elements(POSSIBLE)
    assert set(found.elements(SURE)) <= {"Fe", "Ca", "Ti", "Ba", "Pb", "Cu"}


# What each measured spectrum certainly holds, from its reference, and what it certainly does not.
MEASURED = [
    ("fresco_aurora-antico1-prova1_10264", {"Pb", "Ca", "Fe", "Cu", "Hg"}, {"As", "Sn"}),
    ("inf_1104_CuNiZn", {"Cu", "Ni", "Zn"}, {"As", "Pb"}),
]


@pytest.mark.parametrize(("name", "there", "not_there"), MEASURED)
def test_measured_spectra_show_their_elements_with_the_tube_unstated(shared, name, there, not_there):
    spectra = {each.name: each for each in other_spectra(shared("data/spectra"))}
    axis = SpectralAxis(spectra[name].energies, "keV")
    choice = choose_tube(spectra[name].counts, axis)
    found = identify_spectrum(analyse(spectra[name].counts, axis, choice.tube), choice.sentence)
    assert there <= {*found.elements(SURE), *found.elements(POSSIBLE)}
    assert not not_there & {*found.elements(SURE), *found.elements(POSSIBLE)}


@pytest.mark.parametrize(
    ("energy", "is_listed"), [(5.2, True), (19.1, False)], ids=["spike", "in the scatter"]
)
def test_what_no_line_explains_is_listed_except_where_the_tubes_scatter_dominates(energy, is_listed):
    spectrum = made_spectrum()
    channel = np.searchsorted(AXIS.values, energy)
    spectrum[channel] += 3 * spectrum[channel] + 1000  # narrower than a line
    listed = [found for found, *_counts in identified(spectrum).unexplained if abs(found - energy) < 0.2]
    assert bool(listed) == is_listed


def test_cadmium_is_possible_in_few_counts(shared):
    """Of 3,400 counts 150 are cadmium's; rare elements with one line there do not make it unseen."""
    genuine = {each.name: each for each in other_spectra(shared("data/spectra"))}["px5_cd_run1"]
    axis = SpectralAxis(genuine.energies, "keV")
    analysis = analyse(genuine.counts, axis, choose_tube(genuine.counts, axis).tube)
    finding = identify_spectrum(analysis).of("Cd")
    assert finding.status == "possible"
    assert not analysis.present  # so few counts do not change the instrument
    assert analysis.instrument.response.offset == pytest.approx(genuine.offset, abs=1e-6)


def test_a_line_at_the_end_of_the_axis_is_no_second_line(shared):
    """The fresco's axis ends at 29.85 keV, within antimony's Kb; its Ka1 and Ka2 are one peak.

    So its K lines alone leave antimony possible, though a peak is there.
    """
    folder = shared("data/spectra")
    genuine = next(
        each for each in other_spectra(folder) if each.name.startswith("fresco") and "1_" in each.name
    )
    with np.load(folder / f"{genuine.name}.npz") as stored:
        counts = stored["counts"]
    axis = SpectralAxis(genuine.energies, "keV")
    peak = counts[:, :, (axis.values > 26.1) & (axis.values < 26.6)].sum(axis=2).astype(np.float64)
    beside = counts[:, :, (axis.values > 27) & (axis.values < 27.5)].sum(axis=2)
    brightest = np.argsort((peak - beside).ravel())[-25:]
    spot = counts.reshape(-1, counts.shape[2])[brightest].sum(axis=0).astype(np.float64)
    analysis = analyse(genuine.counts, axis, Tube("Ag", 38.0))
    examination = Examination(analysis.instrument, refit(analysis, spot), spot)
    by_k = examination.evidence("Sb-K")
    assert np.isnan(by_k.second)
    assert status_of(analysis, by_k) == POSSIBLE

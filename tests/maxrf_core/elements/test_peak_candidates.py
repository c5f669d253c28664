"""What a peak may be: candidates in order, each with whether its other lines are there."""

import numpy as np
import pytest

from maxrf_core.elements.identify import identify_spectrum
from maxrf_core.elements.peak_candidates import candidates_at
from tests.maxrf_core.elements.made_scan import INSTRUMENT, N, analysed, made_counts, made_spectrum, truth


def labels(found):
    return [each.label for each in found.candidates]


def test_lead_comes_first_where_no_arsenic_is_and_arsenic_lacks_its_other_line():
    found = candidates_at(analysed(), 10.55)
    lead, arsenic = found.candidates[:2]
    assert (lead.label, lead.status) == ("Pb La", "sure")
    assert lead.share > 0.95
    assert abs(lead.distance) < 20
    assert lead.sentence == "Seen as well: Pb Lb, Pb Lg."
    assert (arsenic.label, arsenic.status) == ("As Ka", "absent")
    assert arsenic.sentence == "Not seen: As Kb."
    assert found.sentence == ""


@pytest.mark.parametrize(("without", "first"), [((), "Ti Ka"), (("Ti-K",), "Ba La"), (("Ba-L",), "Ti Ka")])
def test_titanium_or_barium_is_told_by_what_is_there(without, first):
    assert labels(candidates_at(analysed(without), 4.49))[0] == first


def test_two_elements_at_one_energy_share_its_counts():
    found = {each.label: each.share for each in candidates_at(analysed(), 4.49).candidates}
    counts = truth().sum(axis=(1, 2))
    assert found["Ti Ka"] > found["Ba La"] > 0.2
    assert counts[2] > 0
    assert found["Ti Ka"] + found["Ba La"] == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize(
    ("energy", "first", "sentence"),
    [
        (18.85, "Rh Ka Compton", "Radiation of the tube, scattered by the object."),
        (20.2, "Rh Ka", "Radiation of the tube, scattered by the object."),
        (1.95, "Ca Ka escape", "Photons of Ca Ka of which the detector has lost 1.74 keV."),
    ],
)
def test_scatter_and_escape_peaks_are_candidates(energy, first, sentence):
    best = candidates_at(analysed(), energy).candidates[0]
    assert (best.label, best.sentence) == (first, sentence)


def test_a_line_under_a_stronger_one_is_hidden_and_not_called_missing():
    """A small peak at As Kb: the As Ka that belongs to it would be lost in lead's strongest line."""
    energies = INSTRUMENT.response.energies(N)
    small = 700 * np.exp(-0.5 * ((energies - 11.726) / 0.078) ** 2) * 0.02 / (0.078 * np.sqrt(2 * np.pi))
    found = candidates_at(analysed(), 11.726, made_spectrum() + small)
    arsenic = next(each for each in found.candidates if each.label == "As Kb")
    assert arsenic.sentence == "As Ka would lie under Pb La."


def test_where_the_fit_has_nothing_that_is_said():
    between = candidates_at(analysed(), 16.3)
    assert not between.candidates
    assert between.sentence == "No peak stands out from the background at 16.30 keV."
    outside = candidates_at(analysed(), 0.3)
    assert not outside.candidates
    assert outside.sentence.startswith("Nothing is known at 0.30 keV: elements are fitted from 0.9")


def test_the_flank_of_a_peak_is_told_as_that_peak():
    lead = candidates_at(analysed(), 12.8).candidates[0]
    assert lead.label == "Pb Lb"
    assert lead.distance > 150


def test_the_spectrum_of_a_pixel_has_its_own_candidates():
    identification = identify_spectrum(analysed())
    for number, label, energy in ((5, "Cu Ka", 8.05), (0, "Fe Ka", 6.4)):
        y, x = np.unravel_index(int(truth()[number].argmax()), truth().shape[1:])
        here = candidates_at(analysed(), energy, made_counts()[y, x].astype(float), identification)
        assert labels(here)[0] == label
        without = np.argwhere(truth()[number] == 0)[0]
        there = candidates_at(analysed(), energy, made_counts()[tuple(without)].astype(float), identification)
        assert there.counts < 0.2 * here.counts

"""Evidence for a family: its place, its second line, and what replaces it."""

import numpy as np
import pytest

from maxrf_core.elements.analysis import analyse
from maxrf_core.elements.evidence import Examination
from maxrf_core.elements.identify import SURE, status_of
from tests.maxrf_core.elements.made_scan import AXIS, INSTRUMENT, TUBE, N, analysed, made_spectrum


@pytest.fixture(scope="module")
def analysis():
    return analysed()


def test_an_element_that_is_there_has_its_lines_in_place_and_in_ratio(analysis):
    evidence = Examination(analysis.instrument, analysis.fit, analysis.spectrum).evidence("Fe-K")
    assert evidence.significance > 20
    assert evidence.share > 0.9
    assert abs(evidence.shift) < 0.003
    assert evidence.second == pytest.approx(1, abs=0.1)
    assert evidence.gain > 1000
    assert evidence.rival == ""


def test_arsenic_is_what_could_replace_lead_but_not_as_well(analysis):
    evidence = Examination(analysis.instrument, analysis.fit, analysis.spectrum).evidence("Pb-L")
    assert evidence.rival == "As-K"
    assert evidence.gain > 1000


def test_a_family_of_one_line_has_no_second(analysis):
    evidence = Examination(analysis.instrument, analysis.fit, analysis.spectrum).evidence("Al-K")
    assert np.isnan(evidence.second)


def test_a_single_line_without_its_partner_is_seen_as_such():
    """A Bragg peak at Zn Ka, of which no Zn Kb follows."""
    peak = INSTRUMENT.response.gaussians(np.array([8.63]), np.array([60_000.0]), N)
    spectrum = made_spectrum() + np.random.default_rng(0).poisson(peak)
    found = analyse(spectrum, AXIS, TUBE)
    evidence = Examination(found.instrument, found.fit, spectrum).evidence("Zn-K")
    assert evidence.significance > 8
    assert evidence.second < 0.3
    assert status_of(found, evidence) != SURE

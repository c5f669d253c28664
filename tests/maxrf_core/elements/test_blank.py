"""Lines of the instrument: what a blank shows is no evidence, unless the object shows clearly more."""

import numpy as np
import pytest

from maxrf_core.datastack.scan_identify import identify
from maxrf_core.elements.blank import blank_of, scatter_of
from maxrf_core.elements.identify import ABSENT, POSSIBLE, SURE
from maxrf_core.errors import CalibrationError
from tests.maxrf_core.elements.made_scan import AXIS, COUNTS, INSTRUMENT, N, analysed, made_spectrum

LEFT_OUT = tuple(COUNTS)


def own_lines(counts, seed=5):
    """Return noise of the instrument's own strontium with an expectation of `counts`."""
    return np.random.default_rng(seed).poisson(counts * INSTRUMENT.family("Sr-K", N)).astype(float)


def blank(counts=20_000):
    """Return a spectrum without an object: scatter, and the instrument's own strontium."""
    return made_spectrum(LEFT_OUT) + own_lines(counts)


def strontium(counts, blank_spectrum=None):
    found = identify(made_spectrum() + own_lines(counts, 6), AXIS, anode="Rh", kv=50, blank=blank_spectrum)
    assert found.of("Fe").status == SURE
    return found.of("Sr")


def test_what_the_instrument_shows_by_itself_is_not_in_the_object():
    assert strontium(20_000).status == SURE
    found = strontium(20_000, blank())
    assert found.status == ABSENT
    assert found.sentence == "The instrument itself shows Sr, and there is no more than that."
    assert found.of_instrument


def test_clearly_more_than_the_instrument_shows_is_sure():
    assert strontium(90_000, blank()).status == SURE


def test_a_little_more_is_possible_and_says_so():
    found = strontium(50_000, blank())
    assert found.status == POSSIBLE
    assert "The instrument itself shows Sr" in found.sentence


def test_the_blank_is_scaled_by_the_scatter():
    whole, half = (blank_of(analysed(), each * blank()).lines["Sr-K"][0] for each in (1.0, 0.5))
    assert half == pytest.approx(whole, rel=0.02)
    assert whole * scatter_of(analysed().fit) == pytest.approx(20_000, rel=0.1)


def test_a_blank_of_another_axis_or_without_scatter_is_refused():
    with pytest.raises(CalibrationError, match="channels"):
        blank_of(analysed(), np.ones(50))
    with pytest.raises(CalibrationError, match="scatter"):
        blank_of(analysed(), np.zeros(N))

"""A band's counts are shared out truly among lines, scatter and background."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core.elements.band_shares import BACKGROUND, LINES, SCATTER, UNEXPLAINED, band_shares
from tests.maxrf_core.elements.made_scan import COUNTS, INSTRUMENT, N, analysed, made_spectrum, truth


def true_share(family, lo, hi):
    """Return the share of a family in the counts of a band."""
    energies = INSTRUMENT.response.energies(N)
    inside = (energies >= lo) & (energies < hi)
    counts = truth()[list(COUNTS).index(family)].sum() * INSTRUMENT.family(family, N)[inside].sum()
    return counts / made_spectrum()[inside].sum()


@settings(max_examples=20)
@given(st.floats(0.5, 24), st.floats(0.02, 2))
def test_the_shares_of_any_band_add_up_to_one(lo, width):
    shares = band_shares(analysed(), lo, lo + width)
    assert all(0 < each.share <= 1 for each in shares)
    assert [each.share for each in shares] == sorted((each.share for each in shares), reverse=True)
    if shares:
        assert sum(each.share for each in shares) == pytest.approx(1)


@pytest.mark.parametrize(
    ("lo", "hi", "labels"),
    [
        (4.36, 4.66, {"Ti-K": "Ti Ka", "Ba-L": "Ba La"}),
        (6.25, 6.55, {"Fe-K": "Fe Ka"}),
        (10.38, 10.68, {"Pb-L": "Pb La"}),
        (8.75, 9.05, {"Cu-K": "Cu Kb"}),
    ],
)
def test_each_element_has_the_share_that_was_put_in(lo, hi, labels):
    found = {each.family: each for each in band_shares(analysed(), lo, hi) if each.kind == LINES}
    for family, label in labels.items():
        assert found[family].label == label
        assert found[family].share == pytest.approx(true_share(family, lo, hi), abs=0.04)
    others = sum(each.share for name, each in found.items() if name not in labels)
    assert others < 0.05


def test_a_band_without_lines_is_background_and_one_at_the_tube_s_lines_is_scatter():
    assert band_shares(analysed(), 11.2, 11.5)[0].kind == BACKGROUND
    scatter = next(each for each in band_shares(analysed(), 18.6, 19.0) if each.kind == SCATTER)
    assert scatter.label == "Rh"
    assert scatter.share > 0.5


def test_counts_that_nothing_explains_are_said():
    strange = made_spectrum()
    energies = INSTRUMENT.response.energies(N)
    strange[(energies > 13.5) & (energies < 13.56)] *= 30
    analysis = type(analysed())(**{**vars(analysed()), "spectrum": strange})
    unexplained = next(each for each in band_shares(analysis, 13.45, 13.6) if each.kind == UNEXPLAINED)
    assert unexplained.share > 0.5


def test_of_a_band_outside_of_the_fitted_range_nothing_is_said():
    assert band_shares(analysed(), -0.4, 0.2) == []
    assert band_shares(analysed(), 24.9, 60) == []
    assert band_shares(analysed(), 6.401, 6.4011) == []
    assert np.isfinite(true_share("Fe-K", 6.2, 6.6))

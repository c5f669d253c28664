"""What contributes to the counts at an energy."""

import numpy as np
import pytest

from maxrf_core.elements.contributions import contributions, labelled_lines, strongest_lines
from maxrf_core.spectrum.fit import SpectrumFit
from tests.maxrf_core.elements.made_scan import INSTRUMENT, TUBE, analysed, truth


def test_the_counts_at_overlapping_lines_are_shared_as_they_were_made():
    """Ti Ka and Ba La: the window at 4.5 keV holds the same part of what each pixel was given."""
    found = {each.label: each.counts for each in contributions(analysed(), analysed().fit, 4.5)}
    counts = truth().sum(axis=(1, 2))
    energies = INSTRUMENT.response.energies(1300)
    inside = np.abs(energies - 4.5) <= 0.5 * float(INSTRUMENT.response.fwhm(4.5))
    for label, family, number in (("Ti Ka", "Ti-K", 2), ("Ba La", "Ba-L", 3)):
        made = counts[number] * INSTRUMENT.family(family, 1300)[inside].sum()
        assert found[label] == pytest.approx(made, rel=0.15)


def test_scatter_and_escape_peaks_have_names_of_their_own():
    at = {energy: contributions(analysed(), analysed().fit, energy)[0] for energy in (18.85, 20.2, 1.95)}
    assert [(each.label, each.kind) for each in at.values()] == [
        ("Rh Ka Compton", "scatter"),
        ("Rh Ka", "scatter"),
        ("Ca Ka escape", "escape"),
    ]
    assert at[1.95].energy == pytest.approx(3.691 - 1.74, abs=0.01)


def test_a_sum_peak_is_named_after_its_pair_of_lines():
    analysis = analysed()
    areas = np.zeros_like(analysis.fit.areas)
    areas[analysis.fit.model.index("Fe-K")] = 1e7
    areas[analysis.fit.model.index("Ca-K")] = 1e7
    areas[analysis.fit.model.index("sum peaks")] = 1e4
    fit = SpectrumFit(analysis.fit.model, areas, areas, areas, areas @ analysis.fit.model.columns, 1.0)
    sums = [
        next(each for each in contributions(analysis, fit, at) if each.kind == "sum") for at in (12.8, 10.1)
    ]
    assert [each.label for each in sums] == ["2×Fe Ka sum", "Ca Ka+Fe Ka sum"]
    assert sums[0].energy == pytest.approx(12.80, abs=0.01)
    assert [label for label, _, _ in strongest_lines(analysis.instrument, fit)][:2] == ["Ca Ka", "Fe Ka"]


def test_the_lines_of_one_peak_have_one_label_and_all_intensities():
    lines = labelled_lines("Pb-L", TUBE, INSTRUMENT.response).peaks()
    assert sum(intensity for _, intensity in lines.values()) == pytest.approx(1)
    assert lines["Pb La"][0] == pytest.approx(10.54, abs=0.02)
    assert lines["Pb Lb"][0] == pytest.approx(12.62, abs=0.03)
    assert "Pb Lb2" not in lines
    assert labelled_lines("Pb-K", TUBE, INSTRUMENT.response) is None

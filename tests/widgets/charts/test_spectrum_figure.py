"""A spectrum shows what is true: counts, names at their peaks, and room for both."""

import numpy as np
import pytest

from maxrf_core.spectrum.calibration import SpectralAxis
from maxrf_core.spectrum.peaks import zero_peak_end
from widgets.charts.component import Zoom
from widgets.charts.spectrum_figure import Curve, PeakName, spectrum_figure

ENERGIES = SpectralAxis(np.arange(2048) * 0.02 - 0.96, "keV")


def peaks(*places: float) -> np.ndarray:
    return 3 + sum(
        height * np.exp(-(((ENERGIES.values - place) / (0.07 if place else 0.045)) ** 2) / 2)
        for height, place in zip((50_000, 4_000, 900), (0.0, *places), strict=False)
    )


def test_empty_channels_stay_on_a_log_axis_and_tell_their_true_counts():
    counts = peaks(6.4)
    counts[500:700] = 0
    line = spectrum_figure(ENERGIES, [Curve("Pixel", counts)], log=True).data[0]
    assert (line.y > 0).all()
    np.testing.assert_allclose(line.customdata, counts, rtol=1e-6)


def test_the_zero_peak_does_not_squeeze_the_element_lines():
    top = spectrum_figure(ENERGIES, [Curve("Max", peaks(6.4))], log=False).layout.yaxis.range[1]
    assert 4_000 < top < 6_000


@pytest.mark.parametrize("cut", [2048, 800, 500])
def test_the_zero_peak_of_a_cut_scan_without_energies_does_not_either(cut):
    counts = peaks(6.4)[:cut]
    axis = SpectralAxis.of_channels(cut, first=zero_peak_end(counts))
    top = spectrum_figure(axis, [Curve("Max", counts)], log=False).layout.yaxis.range[1]
    assert 4_000 < top < 6_000


def test_the_counts_fit_what_the_zoom_shows():
    zoomed = spectrum_figure(ENERGIES, [Curve("Max", peaks(6.4, 10.5))], log=False, zoom=Zoom(x=(9.5, 12)))
    assert tuple(zoomed.layout.xaxis.range) == (ENERGIES.values[0], ENERGIES.values[-1])
    assert 900 < zoomed.layout.yaxis.range[1] < 1_200


def test_an_uncalibrated_scan_says_channel():
    channels = SpectralAxis(np.arange(2048.0), "channel")
    figure = spectrum_figure(channels, [Curve("Max", peaks(6.4))])
    assert figure.layout.xaxis.title.text == "Channel"


def test_names_stand_at_their_peaks_and_not_on_one_another():
    names = [PeakName(6.4, "Fe Ka"), PeakName(10.5, "Pb La"), PeakName(10.54, "As Ka")]
    figure = spectrum_figure(ENERGIES, [Curve("Max", peaks(6.4, 10.5))], labels=names, height=600)
    written = {note.text: note for note in figure.layout.annotations}
    assert {text: note.x for text, note in written.items()} == {"Fe Ka": 6.4, "Pb La": 10.5, "As Ka": 10.54}
    assert 10 ** written["Fe Ka"].y == pytest.approx(4003, rel=0.01)
    assert written["As Ka"].yshift > written["Pb La"].yshift == written["Fe Ka"].yshift


def test_a_name_that_finds_no_room_is_left_out_rather_than_cut_off():
    names = [PeakName(6.3 + 0.02 * number, f"Name {number}") for number in range(9)]
    figure = spectrum_figure(ENERGIES, [Curve("Max", peaks(6.4))], labels=names, height=300)
    assert 0 < len(figure.layout.annotations) < 9


def test_a_spectrum_of_nothing_still_draws():
    figure = spectrum_figure(ENERGIES, [Curve("Empty", np.zeros(2048))], log=True)
    assert np.isfinite(figure.layout.yaxis.range).all()

"""A chart shows what is true, and stays as the user left it."""

from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core.spectrum.calibration import SpectralAxis
from maxrf_core.spectrum.peaks import zero_peak_end
from widgets.charts.chart_events import Zoom
from widgets.charts.map_figure import map_figure, overlay_figure
from widgets.charts.spectrum_figure import Curve, PeakName, range_from_selection, spectrum_figure

ENERGIES = SpectralAxis(np.arange(2048) * 0.02 - 0.96, "keV")


def peaks(*places: float) -> np.ndarray:
    return 3 + sum(
        height * np.exp(-(((ENERGIES.values - place) / (0.07 if place else 0.045)) ** 2) / 2)
        for height, place in zip((50_000, 4_000, 900), (0.0, *places), strict=False)
    )


# The band


@pytest.mark.parametrize("wrap", [dict, lambda **members: SimpleNamespace(**members)])
def test_the_band_of_a_drag_is_sorted_however_streamlit_hands_it_over(wrap):
    event = wrap(selection=wrap(box=[wrap(x=[11.565, 7.988], y=[99, 1])], points=[]))
    assert range_from_selection(event) == (7.988, 11.565)
    assert range_from_selection(event.selection if hasattr(event, "selection") else event["selection"]) == (
        7.988,
        11.565,
    )


@pytest.mark.parametrize(
    "event",
    [None, {}, {"selection": {"box": []}}, {"selection": {"box": [{"x": []}]}}, {"box": [{"x": [3, 3]}]}],
)
def test_no_drag_is_no_band(event):
    assert range_from_selection(event) is None


def test_of_several_boxes_the_last_drag_counts():
    assert range_from_selection({"box": [{"x": [1, 2]}, {"x": [4, 3]}]}) == (3, 4)


@pytest.mark.parametrize("log", [True, False])
def test_the_band_is_shown_as_a_selection_over_the_whole_height(log):
    figure = spectrum_figure(ENERGIES, [Curve("Max", peaks(6.4))], band=(6.1, 6.7), log=log)
    (shown,) = figure.layout.selections
    bottom, top = figure.layout.yaxis.range
    scale = np.log10 if log else float
    assert (shown.x0, shown.x1) == (6.1, 6.7)
    assert scale(shown.y0) == pytest.approx(top)
    assert scale(max(shown.y1, 1e-300)) == pytest.approx(bottom, abs=1e-9)


# Spectra


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
    assert tuple(zoomed.layout.xaxis.range) == (9.5, 12)
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
    figure = spectrum_figure(ENERGIES, [Curve("Empty", np.zeros(2048))], log=True, band=(1, 2))
    assert np.isfinite(figure.layout.yaxis.range).all()


# Maps


def test_a_map_ends_where_its_outer_pixels_end():
    figure = map_figure((280, 300))
    whole, part = figure.layout.images
    assert (whole.x, whole.y, whole.sizex, whole.sizey) == (-0.5, -0.5, 300, 280)
    assert part.source != whole.source
    assert tuple(figure.layout.xaxis.range) == (-0.5, 299.5)
    assert tuple(figure.layout.yaxis.range) == (279.5, -0.5)
    assert figure.layout.yaxis.scaleanchor == "x"


@pytest.mark.parametrize("photo_kind", ["grey", "RGB", "RGBA", "16 bit"])
def test_a_photograph_of_any_kind_lies_where_its_extent_says(photo_kind):
    shape = {"grey": (60, 80), "16 bit": (60, 80)}.get(photo_kind, (60, 80, len(photo_kind)))
    photo = np.full(shape, 200, np.uint16 if photo_kind == "16 bit" else np.uint8)
    *_, laid = overlay_figure(photo, (-0.5, 39.5, 29.5, -0.5), (30, 40)).layout.images
    assert (laid.xref, laid.x, laid.y, laid.sizex, laid.sizey) == ("x", -0.5, -0.5, 40, 30)


def test_the_overlay_has_the_photograph_above_with_its_opacity():
    photo = np.zeros((60, 80, 3), np.uint8)
    figure = overlay_figure(photo, (-0.5, 39.5, 29.5, -0.5), (30, 40), opacity=0.3)
    *_, laid = figure.layout.images
    assert (laid.layer, laid.opacity) == ("above", 0.3)


# On a page: what the browser holds is not disturbed, the rest is built anew with the last band and zoom


def page() -> None:
    import numpy as np
    import streamlit as st

    from maxrf_core.spectrum.calibration import SpectralAxis
    from widgets.charts.charts import draw_map, draw_spectrum
    from widgets.charts.map_layers import MapPicture
    from widgets.charts.spectrum_figure import Curve
    from widgets.session.map_data import MapData

    lo = st.number_input("lo", value=6.1)
    log = st.toggle("log", value=True)
    if st.toggle("charts", value=True):
        axis = SpectralAxis(np.arange(2048) * 0.02 - 0.96, "keV")
        counts = 5 + 900 * np.exp(-(((axis.values - 6.4) / 0.07) ** 2))
        draw_spectrum("s", axis, [Curve("Max", counts)], log=log, band=(lo, 6.7), on_band=print)
        highest = st.number_input("highest", value=2.0)
        draw_map("m", MapPicture(MapData(np.ones((5, 6))), 0, highest), on_pixel=lambda x, y: None)
    st.button("again")


def figures(app: AppTest) -> list[str]:
    return [chart.proto.spec for chart in app.get("plotly_chart")]


@pytest.fixture
def app() -> AppTest:
    app = AppTest.from_function(page).run()
    assert not app.exception
    return app


def test_a_rerun_sends_the_same_figures(app):
    before = figures(app)
    app.button[0].click().run()
    assert figures(app) == before
    assert len(before) == 2


def test_another_band_redraws_the_spectrum_with_it_and_leaves_the_map(app):
    spectrum, the_map = figures(app)
    app.number_input[0].set_value(5.5).run()
    assert '"x0":5.5' in figures(app)[0]
    assert figures(app)[1] == the_map
    assert spectrum != figures(app)[0]


def test_another_look_of_a_map_leaves_its_chart(app):
    before = figures(app)
    app.number_input[1].set_value(5.0).run()
    assert figures(app) == before


def test_a_drag_is_not_answered_with_a_redraw(app):
    before = figures(app)
    app.session_state["chart/s"].band = (5.5, 6.7)  # as the drag's callback leaves it
    app.number_input[0].set_value(5.5).run()
    assert figures(app) == before


def test_zoom_in_energy_outlives_the_change_to_linear(app):
    app.session_state["chart/s"].zoom = Zoom((5.0, 8.0), (0.0, 2.0), "keV/log")
    app.toggle[0].set_value(False).run()
    assert '"range":[5.0,8.0]' in figures(app)[0]
    assert '"range":[0.0,2.0]' not in figures(app)[0]


def test_charts_come_back_with_the_last_zoom(app):
    app.toggle[1].set_value(False).run()
    assert figures(app) == []
    app.session_state["chart/m"].zoom = Zoom((1.0, 3.0), (4.0, 2.0), "6 pixels/5 pixels")
    app.toggle[1].set_value(True).run()
    assert '"range":[1.0,3.0]' in figures(app)[1]
    assert '"range":[4.0,2.0]' in figures(app)[1]

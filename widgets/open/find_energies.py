"""Energies that the program finds: its proposal on the spectrum, and one line that decides."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import streamlit as st

from maxrf_core.datastack.missing_pixels import averaged_pixels
from maxrf_core.errors import MaxrfError
from maxrf_core.spectrum.auto_calibration import AutoCalibration, auto_calibrate
from maxrf_core.spectrum.calibration import Calibration, SpectralAxis
from maxrf_core.spectrum.calibration_check import check_calibration
from maxrf_core.spectrum.calibration_lines import CalibrationLine
from maxrf_core.spectrum.elements import tube_attributes
from maxrf_core.spectrum.measured_peaks import measure_peaks
from maxrf_core.spectrum.peaks import nearest_peak, zero_peak_end
from widgets.charts.band_controls import line_title, offered_lines
from widgets.charts.charts import draw_spectrum
from widgets.charts.curves import mean_curve
from widgets.charts.spectrum_figure import Curve, PeakName
from widgets.open.way_back import lead_on
from widgets.session import library
from widgets.session.choice import choice
from widgets.session.language import _, current_locale
from widgets.session.markdown import escaped, show_briefly, show_error, show_warning
from widgets.session.navigation import lead_to
from widgets.session.scan import Scan

MAX_OFFERED = 12  # peaks in the list

_MAX_ENERGIES_BYTES = 1_000_000  # by which the energies enlarge the file
_PEAK, _LINE = "known-peak", "known-line"


def find_energies(scan: Scan) -> None:
    """Show the proposal, its lines with their deviations and the runner-up, and offer to use one of them."""
    curve, now = mean_curve(scan), choice()
    try:
        with st.spinner(_("Comparing the peaks with the lines of all elements …")):
            found = _proposal(scan, curve)
    except MaxrfError as error:  # the spectrum is too short
        show_warning(error)
        return
    if found.sure:
        st.success(escaped(found.sentence), icon=":material/check:")
    else:
        st.warning(escaped(found.sentence), icon=":material/help:")
    calibration, lines = _chosen_explanation(found)
    chart_side, lines_side = st.columns([3, 2], gap="medium")
    with chart_side:
        _draw(scan, curve, lines, now.known_peak)
    with lines_side:
        if not found.sure or now.known_peak is not None:
            _ask_for_a_line(scan, curve)
        if calibration is not None:
            _say_doubts(scan, curve, calibration)
        _offer(scan, calibration, found.sure)
        _list_lines(lines)


def save_energies(scan: Scan, calibration: Calibration) -> bool:
    """Store energies in the scan's file; return False, with an error on the page, if that fails."""
    try:
        with library.room_to_grow(scan.ds.path, _MAX_ENERGIES_BYTES):
            scan.ds.calibrate(calibration)
    except MaxrfError as error:
        show_error(error)
        return False
    return True


@st.cache_data(max_entries=32, show_spinner=False)
def _found(
    counts: np.ndarray,
    kv: float | None,
    anode: str | None,
    given: tuple[tuple[float, str], ...],
    language: str | None,  # of the sentence
) -> AutoCalibration:
    return auto_calibrate(counts, kV=kv, anode=anode, given=given)


def _proposal(scan: Scan, curve: Curve) -> AutoCalibration:
    """Find the energies with the tube that is recorded or chosen, and the line that the visitor named."""
    now, recorded = choice(), tube_attributes(scan.ds.about)
    given: tuple[tuple[float, str], ...] = ()
    if now.known_peak is not None and now.known_line is not None:
        given = ((now.known_peak, now.known_line),)
    counts = np.asarray(curve.values, dtype=np.float64) * averaged_pixels(scan.ds)
    return _found(
        counts,
        recorded.get("tube_kV", now.kv),
        recorded.get("tube_anode", now.anode),
        given,
        current_locale(),
    )


def _chosen_explanation(found: AutoCalibration) -> tuple[Calibration | None, Sequence[CalibrationLine]]:
    """Return the proposal, or the runner-up if the visitor wants to see that."""
    if found.sure or found.runner_up is None:
        return found.calibration, found.lines
    ways = {"first": _("Proposal"), "second": _("Next best explanation")}
    way = st.segmented_control(
        _("Explanation"), list(ways), format_func=ways.__getitem__, default="first", required=True,
        key="energies-explanation", label_visibility="collapsed",
    )  # fmt: skip
    return (found.runner_up, found.runner_up_lines) if way == "second" else (found.calibration, found.lines)


def _draw(scan: Scan, curve: Curve, lines: Sequence[CalibrationLine], known: float | None) -> None:
    """Draw the spectrum with the lines and their deviations; a click chooses the peak whose line is known."""
    now = choice()

    def clicked(x: float, _y: float, reach: float) -> None:
        if 0 <= x <= len(curve.values) - 1:
            try:
                now.known_peak = nearest_peak(curve.values, x, reach)
            except MaxrfError as error:
                show_briefly(error)

    names = [PeakName(line.channel, line.label) for line in lines if line.channel >= 0]
    if known is not None and now.known_line is None:
        names.append(PeakName(known, _("Which line?")))
    axis = SpectralAxis.of_channels(len(curve.values), zero_peak_end(curve.values))
    draw_spectrum("energies-found", axis, [curve], labels=names, drag="zoom", on_click=clicked, height=360)


def _ask_for_a_line(scan: Scan, curve: Curve) -> None:
    """Show the lists in which one peak and its line are chosen."""
    now = choice()
    st.markdown(_("**Do you know one of the lines?** Click on its peak, or choose it here:"))
    peaks = measure_peaks(np.asarray(curve.values) * averaged_pixels(scan.ds))
    strongest = peaks.positions[np.argsort(-peaks.heights)][:MAX_OFFERED]
    offered = [round(float(channel), 2) for channel in strongest]
    if now.known_peak is not None and now.known_peak not in offered:
        offered = [now.known_peak, *offered]
    lines = {line.label: line_title(line) for line in offered_lines(scan)}
    if now.known_line not in lines:
        now.known_line = None
    st.session_state[_PEAK], st.session_state[_LINE] = now.known_peak, now.known_line

    def chosen() -> None:
        now.known_peak, now.known_line = st.session_state[_PEAK], st.session_state[_LINE]

    with st.container(horizontal=True):
        st.selectbox(
            _("Peak"), offered, index=None, key=_PEAK, on_change=chosen, width=170,
            format_func=lambda channel: _("at channel {channel:.0f}").format(channel=channel),
            placeholder=_("strongest first"),
        )  # fmt: skip
        st.selectbox(
            _("Element line"), list(lines), index=None, key=_LINE, on_change=chosen, width=210,
            format_func=lines.__getitem__, placeholder=_("such as Fe Ka"),
        )  # fmt: skip


def _list_lines(lines: Sequence[CalibrationLine]) -> None:
    """List the lines of an explanation, by energy."""
    ordered = sorted(lines, key=lambda line: line.energy)
    if ordered:
        st.dataframe(
            {
                _("Line"): [line.label for line in ordered],
                _("Channel"): [round(line.channel, 1) for line in ordered],
                _("Energy (keV)"): [f"{line.energy:.3f}" for line in ordered],
                _("Deviation (eV)"): [f"{line.residual:+.0f}" for line in ordered],
            },
            hide_index=True,
            width="stretch",
        )


def _say_doubts(scan: Scan, curve: Curve, calibration: Calibration) -> None:
    """Write from where to where the energies would go, and what speaks against them."""
    first, last = calibration.energies(len(scan.axis))[[0, -1]]
    st.caption(_("The channels would go from {first:.2f} to {last:.2f} keV.").format(first=first, last=last))
    for doubt in check_calibration(calibration, curve.values, scan.tube()).doubts:
        st.warning(escaped(doubt), icon=":material/help:")


def _offer(scan: Scan, calibration: Calibration | None, sure: bool) -> None:
    """Offer to use an explanation and go to the scan's elements, or to see its maps without energies."""
    kind: Literal["primary", "secondary"] = "primary" if sure else "secondary"
    with st.container(horizontal=True):
        used = calibration is not None and st.button(
            _("Yes, use these energies"), type=kind, icon=":material/check:"
        )
        if scan.axis.unit == "channel" and st.button(
            _("Look at it in channels"),
            icon=":material/schedule:",
            help=_("Maps and spectra then have channel numbers. The energies can be set later, here."),
        ):
            lead_to("bands")
    if used and calibration is not None and save_energies(scan, calibration):
        lead_on()

"""Setting the energies of a scan: typed numbers, or peaks with names."""

import math
from typing import Literal

import numpy as np
import streamlit as st

from maxrf_core.errors import MaxrfError
from maxrf_core.spectrum.calibration import Calibration, SpectralAxis
from maxrf_core.spectrum.calibration_check import (
    CalibrationCheck,
    calibrate_spectrum,
    check_calibration,
    check_plausible,
)
from maxrf_core.spectrum.lines import Line
from maxrf_core.spectrum.peaks import nearest_peak, zero_peak_end
from widgets.charts.band_controls import line_title, offered_lines
from widgets.charts.charts import draw_spectrum
from widgets.charts.curves import mean_curve
from widgets.charts.spectrum_figure import PeakName
from widgets.open.find_energies import find_energies, save_energies
from widgets.open.require_scan import OPEN, chosen_scan, stop_without_spectra
from widgets.open.tube import choose_tube
from widgets.session import library
from widgets.session.choice import choice
from widgets.session.language import _
from widgets.session.markdown import escaped, show_briefly, show_warning
from widgets.session.navigation import link_to
from widgets.session.scan import Scan

MAX_PEAKS = 4


def set_energies() -> None:
    """Show the scan's calibration and the three ways to make another."""
    scan = chosen_scan(OPEN)
    stop_without_spectra(scan)
    if scan.axis.unit == "keV":
        first, last = scan.axis.values[[0, -1]]
        st.success(
            _("This scan is calibrated: its channels go from {first:.3f} to {last:.3f} keV.").format(
                first=first, last=last
            ),
            icon=":material/check:",
        )
        link_to("elements", _("See the elements"), ":material/experiment:")
    elif scan.trouble is not None:
        st.warning(escaped(scan.trouble), icon=":material/straighten:")
    else:
        st.caption(
            _("This scan has no energies yet: charts show channel numbers and cannot name element lines.")
        )
    if not library.may_change(scan.identifier):
        st.info(_("The shared scans cannot be changed here."), icon=":material/lock:")
        return
    ways = {
        "auto": _("Find automatically"),
        "peaks": _("From named peaks"),
        "typed": _("Type gain and offset"),
    }
    way = st.segmented_control(
        _("How to calibrate"),
        list(ways),
        format_func=ways.__getitem__,
        default="peaks" if scan.axis.unit == "keV" else "auto",
        required=True,
        key="energies-way",
    )
    if way == "auto":
        find_energies(scan)
        choose_tube(scan)
        return
    choose_tube(scan)
    calibration = _from_peaks(scan) if way == "peaks" else _typed(scan)
    if calibration is not None:
        _offer_saving(scan, calibration)


def _offer_saving(scan: Scan, calibration: Calibration) -> None:
    """Show the energies that a calibration gives to known features, and offer to save it."""
    first, last = calibration.energies(len(scan.axis))[[0, -1]]
    st.write(
        _(
            "Gain {gain:.6f} keV per channel, offset {offset:.4f} keV: "
            "the channels go from {first:.2f} to {last:.2f} keV."
        ).format(gain=calibration.gain, offset=calibration.offset, first=first, last=last)
    )
    try:
        check = check_calibration(calibration, mean_curve(scan).values, scan.tube())
    except MaxrfError:  # the spectrum is too short to have peaks
        check = CalibrationCheck((), ())
    if check.landmarks:
        st.write(_("With these energies, these features of the spectrum lie at:"))
        st.dataframe(
            {
                "": [mark.name for mark in check.landmarks],
                _("Channel"): [round(mark.channel) for mark in check.landmarks],
                _("Energy (keV)"): [f"{mark.energy:.3f}" for mark in check.landmarks],
                _("Deviation (eV)"): [
                    "" if mark.deviation is None else f"{mark.deviation:+.0f}" for mark in check.landmarks
                ],
            },
            hide_index=True,
            width="content",
        )
    for doubt in check.doubts:
        st.warning(escaped(doubt), icon=":material/help:")
    # A doubtful calibration is not the page's main button
    kind: Literal["primary", "secondary"] = "secondary" if check.doubts else "primary"
    if st.button(_("Save these energies"), type=kind, icon=":material/save:") and save_energies(
        scan, calibration
    ):
        st.rerun()


def _typed(scan: Scan) -> Calibration | None:
    """Return the typed gain and offset; the initial ones are the scan's or those of a common instrument."""
    now_gain, now_offset = _gain_in_files(scan) or 0.01, -0.96
    if scan.axis.unit == "keV":
        now_gain = float(np.ptp(scan.axis.values)) / (len(scan.axis) - 1)
        now_offset = float(scan.axis.values[0])
    with st.container(horizontal=True):
        gain = st.number_input(
            _("Gain (keV per channel)"), value=now_gain, format="%.8f", step=0.0001, width=220
        )
        offset = st.number_input(
            _("Offset (keV at channel 0)"), value=now_offset, format="%.6f", step=0.01, width=220
        )
    try:
        calibration = Calibration(gain, offset)
        check_plausible(calibration)
        return calibration
    except MaxrfError as error:
        show_warning(error)
        return None


def _gain_in_files(scan: Scan) -> float | None:
    """Return the channel width in keV from the scan's own files, or None."""
    width = scan.ds.about.get("ev_per_channel")
    return width / 1000 if isinstance(width, float) and math.isfinite(width) and width > 0 else None


def _from_peaks(scan: Scan) -> Calibration | None:
    """Show the sum spectrum, on which two to four peaks are clicked and named."""
    st.write(
        _(
            "Click on a peak, choose the element line that it is, and do the same for a second peak far "
            "from it."
        )
    )
    curve = mean_curve(scan)
    placed = choice().peaks

    def clicked(x: float, _y: float, reach: float) -> None:
        if 0 <= x <= len(curve.values) - 1:
            # The next peak that has no place yet; when all have, the nearest one moves.
            distances = [-1.0 if other is None else abs(x - other) for other in placed]
            try:
                placed[int(np.argmin(distances))] = nearest_peak(curve.values, x, reach)
            except MaxrfError as error:
                show_briefly(error)

    channels = SpectralAxis.of_channels(len(curve.values), zero_peak_end(curve.values))
    names = [
        PeakName(channel, _("Peak {number}").format(number=number))
        for number, channel in enumerate(placed, start=1)
        if channel is not None
    ]
    draw_spectrum("energies", channels, [curve], labels=names, drag="zoom", on_click=clicked, height=320)
    lines = offered_lines(scan)
    named = []
    for number, column in enumerate(st.columns(max(2, len(placed)))):
        with column:
            line = _one_peak(number, placed, lines)
        if line is not None and (channel := placed[number]) is not None:
            named.append((channel, line))
    if len(placed) < MAX_PEAKS:
        st.button(
            _("Add another peak"),
            on_click=lambda: placed.append(None),
            icon=":material/add:",
            help=_("A third and a fourth peak show whether the lines fit together."),
        )
    if len(named) < 2:
        return None
    try:
        calibration, _strongest, residuals = calibrate_spectrum(curve.values, named)
    except MaxrfError as error:
        show_warning(error)
        return None
    if len(named) > 2:
        off = ", ".join(
            f"{line.label} {residual:+.1f} eV"
            for (_near, line), residual in zip(named, residuals, strict=True)
        )
        st.write(_("Deviation of each line: {deviations}.").format(deviations=off))
    return calibration


def _one_peak(number: int, placed: list[float | None], lines: list[Line]) -> Line | None:
    """Show one peak's channel, which may also be typed; return the element line chosen for it."""
    st.markdown("**" + _("Peak {number}").format(number=number + 1) + "**")
    key = f"energies-channel-{number}"
    st.session_state[key] = placed[number]

    def typed() -> None:
        placed[number] = st.session_state[key]

    st.number_input(
        _("Channel"), key=key, on_change=typed, format="%.2f", placeholder=_("click on the chart")
    )
    return st.selectbox(
        _("Element line"), lines, index=None, format_func=line_title, key=f"energies-line-{number}",
        placeholder=_("such as Fe Ka"),
    )  # fmt: skip

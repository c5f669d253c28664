"""How does a visitor tell which energy a channel stands for: typed numbers, or peaks with names?"""

import math

import numpy as np
import streamlit as st

from maxrf_core.energy import Calibration, SpectralAxis
from maxrf_core.errors import MaxrfError
from maxrf_core.lines import Line, calibrate_from_lines
from maxrf_core.peaks import centroid, zero_peak_end
from widgets import library
from widgets.charts import draw_spectrum
from widgets.curves import mean_curve
from widgets.map_controls import line_title, offered_lines
from widgets.scan import Scan, chosen_scan
from widgets.spectrum_figures import PeakName
from widgets.state import choice
from widgets.text import escaped, show_briefly, show_error, show_warning

_PEAKS = ("Peak 1", "Peak 2")


def set_energies() -> None:
    """Show the scan's calibration and the two ways to make another."""
    scan = chosen_scan()
    if scan.axis.unit == "keV":
        first, last = scan.axis.values[[0, -1]]
        st.success(
            f"This scan is calibrated: its channels go from {first:.3f} to {last:.3f} keV.",
            icon=":material/check:",
        )
    elif scan.trouble is not None:
        st.warning(escaped(scan.trouble), icon=":material/straighten:")
    else:
        st.warning(
            "This scan has no energies yet: charts show channel numbers and cannot name element lines.",
            icon=":material/straighten:",
        )
    if not library.may_change(scan.identifier):
        st.info("The shared scans cannot be changed here.", icon=":material/lock:")
        return
    ways = {"peaks": "From two peaks", "typed": "Type gain and offset"}
    way = st.segmented_control(
        "How", list(ways), format_func=ways.__getitem__, default="peaks", required=True, key="energies-way"
    )
    calibration = _from_peaks(scan) if way == "peaks" else _typed(scan)
    if calibration is None:
        return
    first, last = calibration.energies(len(scan.axis))[[0, -1]]
    st.write(
        f"Gain {calibration.gain:.6f} keV per channel, offset {calibration.offset:.4f} keV: "
        f"the channels go from {first:.2f} to {last:.2f} keV."
    )
    if st.button("Keep these energies", type="primary", icon=":material/save:"):
        try:
            scan.ds.calibrate(calibration)
        except MaxrfError as error:
            show_error(error)
        else:
            st.rerun()


def _typed(scan: Scan) -> Calibration | None:
    """Take gain and offset as typed, beginning with the scan's own or with those of a common instrument."""
    now_gain, now_offset = _told_gain(scan) or 0.01, -0.96
    if scan.axis.unit == "keV":
        now_gain = float(np.ptp(scan.axis.values)) / (len(scan.axis) - 1)
        now_offset = float(scan.axis.values[0])
    with st.container(horizontal=True):
        gain = st.number_input(
            "Gain (keV per channel)", value=now_gain, format="%.8f", step=0.0001, width=220
        )
        offset = st.number_input(
            "Offset (keV at channel 0)", value=now_offset, format="%.6f", step=0.01, width=220
        )
    try:
        return Calibration(gain, offset)
    except MaxrfError as error:
        show_warning(error)
        return None


def _told_gain(scan: Scan) -> float | None:
    """Return the width of a channel in keV where the scan's own files told that alone."""
    told = scan.ds.about.get("ev_per_channel")
    return told / 1000 if isinstance(told, float) and math.isfinite(told) and told > 0 else None


def _from_peaks(scan: Scan) -> Calibration | None:
    """Show the sum spectrum, on which two peaks are clicked and named."""
    st.write(
        "Click on a peak, choose the element line that it is, and do the same for a second peak far from it."
    )
    curve = mean_curve(scan)
    placed = choice().peaks

    def clicked(x: float, _: float) -> None:
        if 0 <= x <= len(curve.values) - 1:
            # The next peak that has no place yet; when both have, the nearer one moves.
            distances = [-1.0 if other is None else abs(x - other) for other in placed]
            try:
                placed[int(np.argmin(distances))] = centroid(curve.values, round(x))
            except MaxrfError as error:
                show_briefly(error)

    channels = SpectralAxis.of_channels(len(curve.values), zero_peak_end(curve.values))
    names = [
        PeakName(channel, title) for title, channel in zip(_PEAKS, placed, strict=True) if channel is not None
    ]
    draw_spectrum("energies", channels, [curve], labels=names, drag="zoom", on_click=clicked, height=320)
    lines = offered_lines(scan)
    named = []
    for column, title, number in zip(st.columns(2), _PEAKS, range(2), strict=True):
        with column:
            line = _one_peak(title, number, placed, lines)
        if line is not None and (channel := placed[number]) is not None:
            named.append((channel, line))
    if len(named) < len(_PEAKS):
        return None
    try:
        return calibrate_from_lines(named)
    except MaxrfError as error:
        show_warning(error)
        return None


def _one_peak(title: str, number: int, placed: list[float | None], lines: list[Line]) -> Line | None:
    """Show one peak's channel, which may also be typed, and give the element line that is chosen for it."""
    st.markdown(f"**{title}**")
    key = f"energies-channel-{number}"
    st.session_state[key] = placed[number]

    def typed() -> None:
        placed[number] = st.session_state[key]

    st.number_input("Channel", key=key, on_change=typed, format="%.2f", placeholder="click on the chart")
    return st.selectbox(
        "Element line", lines, index=None, format_func=line_title, key=f"energies-line-{number}",
        placeholder="such as Fe Ka",
    )  # fmt: skip

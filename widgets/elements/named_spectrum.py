"""Spectra with the names of their peaks, and what a clicked peak may be."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import streamlit as st
from cachetools import LRUCache

from maxrf_core.datastack.datastack import MAX_SPECTRUM
from maxrf_core.elements.peak_names import name_peaks
from maxrf_core.spectrum.calibration import SpectralAxis
from widgets.charts.charts import draw_spectrum
from widgets.charts.spectrum_figure import Curve, PeakName
from widgets.elements.mean_identification import can_be_awaited, identified, identify_soon
from widgets.elements.peak_panel import peak_key, show_peak
from widgets.session.choice import choice
from widgets.session.language import _
from widgets.session.scan import Scan

MAX_KEPT = 20  # scans whose names of peaks are kept
POLL_INTERVAL = 1.0  # seconds between two looks at whether the names are known

_names: LRUCache[Hashable, tuple[PeakName, ...]] = LRUCache(MAX_KEPT)


def draw_named_spectrum(
    name: str,
    scan: Scan,
    axis: SpectralAxis,
    curves: Sequence[Curve],
    *,
    labels: Sequence[PeakName] | None = None,
    on_pixel: Callable[[int, int], None] | None = None,
    on_element: Callable[[str], None] | None = None,
    panel: st.delta_generator.DeltaGenerator | None = None,
    **look: Any,
) -> None:
    """Draw spectra on the page, with a panel below that lists what a clicked peak may be.

    Names come from the identification of the scan's elements. While it is being made, a caption says so, and
    the page runs again when it is there.

    Parameters
    ----------
    name : str
        Identifies the chart in the session.
    scan : Scan
    axis : SpectralAxis
        The scan's, a part of it, or channel numbers: then there are no names.
    curves : sequence of Curve
    labels : sequence of PeakName, optional
        By default the names of the scan's peaks.
    on_pixel : callable, optional
        Called with the pixel in which a peak is strongest, if the visitor wants to see it; by default it
        becomes the chosen one.
    on_element : callable, optional
        Called with a family that a peak may be of, if the visitor wants to see its map.
    panel : container, optional
        Where what a clicked peak may be is shown; by default below the chart.
    **look
        Further arguments of `widgets.charts.charts.draw_spectrum`.
    """
    if scan.axis.unit != "keV":
        draw_spectrum(name, axis, curves, **look)
        return
    known, is_awaited = identified(scan), can_be_awaited(scan)
    if labels is None:
        labels = peak_names(scan) if axis.unit == "keV" else ()

    def clicked(at: float, reach: float) -> None:
        if axis.unit != "keV":
            at, reach = _in_kev(scan, at), reach * (scan.axis.values[1] - scan.axis.values[0])
        st.session_state[peak_key(name)] = round(_peak_near(scan, at, reach / 2), 3)

    draw_spectrum(name, axis, curves, labels=labels, on_peak=clicked, **look)
    if is_awaited:
        _wait_for_names(scan, [])
    with panel or st.container():
        show_peak(name, scan, known, is_awaited, on_pixel or choice().choose_pixel, on_element)


def peak_names(scan: Scan) -> tuple[PeakName, ...]:
    """Return the names of the peaks that are more than noise; none while the elements are not known."""
    known = identified(scan)
    if known is None:
        return ()
    name = scan.version, known.name
    found: tuple[PeakName, ...] | None = _names.get(name)
    if found is None:
        channels = scan.peaks()
        texts = name_peaks(known.analysis, known.identification, channels, scan.spectrum(MAX_SPECTRUM))
        places = scan.axis.values[channels].tolist()
        found = tuple(PeakName(at, text) for at, text in zip(places, texts, strict=True) if text)
        _names[name] = found
    return found


@st.fragment(run_every=POLL_INTERVAL)
def _wait_for_names(scan: Scan, runs: list[None]) -> None:
    """Say that names are being made, and run the page again when they are.

    They are begun when the browser asks for the first time, after the page: so nothing on it waits for them.
    """
    if runs and not can_be_awaited(scan):
        st.rerun()
    if runs:
        identify_soon(scan)
    runs.append(None)
    st.html(f'<small aria-busy="true">{_("The peaks get their names …")}</small>')


def _in_kev(scan: Scan, channel: float) -> float:
    number = min(max(round(channel), 0), len(scan.axis) - 1)
    return float(scan.axis.values[number])


def _peak_near(scan: Scan, energy: float, reach: float) -> float:
    """Return the energy of the nearest of the scan's peaks within reach, or the energy itself."""
    peaks = scan.axis.values[scan.peaks()]
    nearest = min(peaks.tolist(), key=lambda peak: abs(peak - energy), default=energy)
    return float(nearest) if abs(nearest - energy) <= reach else energy

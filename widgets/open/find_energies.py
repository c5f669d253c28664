"""Energies that the program finds by itself: the proposal, and how sure it is."""

import numpy as np
import streamlit as st

from maxrf_core.spectrum.auto_calibration import AutoCalibration, auto_calibrate
from maxrf_core.spectrum.calibration import Calibration, SpectralAxis
from maxrf_core.spectrum.elements import tube_attributes
from maxrf_core.spectrum.peaks import zero_peak_end
from widgets.charts.charts import draw_spectrum
from widgets.charts.curves import mean_curve
from widgets.charts.spectrum_figure import PeakName
from widgets.session.language import _
from widgets.session.markdown import escaped
from widgets.session.scan import Scan


@st.cache_data(max_entries=16, show_spinner=False)
def _found(counts: np.ndarray, kv: float | None, anode: str | None) -> AutoCalibration:
    return auto_calibrate(counts, kV=kv, anode=anode)


def propose_energies(scan: Scan) -> Calibration | None:
    """Show the proposal on the spectrum, with the deviation of each line and the runner-up; return it."""
    curve = mean_curve(scan)
    height, width = scan.ds.shape[:2]
    recorded = tube_attributes(scan.ds.about)
    with st.spinner(_("Comparing the peaks with the lines of all elements …")):
        found = _found(
            np.asarray(curve.values) * (height * width), recorded.get("tube_kV"), recorded.get("tube_anode")
        )
    if found.sure:
        st.success(escaped(found.sentence), icon=":material/check:")
    else:
        st.warning(escaped(found.sentence), icon=":material/help:")
        st.caption(
            _(
                "Name one of the peaks under *From named peaks*, or keep these energies only if you know "
                "that they are right."
            )
        )
    if found.calibration is None:
        return None
    names = [
        PeakName(line.channel, f"{line.label} {line.residual:+.0f} eV")
        for line in found.lines
        if line.channel >= 0
    ]
    axis = SpectralAxis.of_channels(len(curve.values), zero_peak_end(curve.values))
    draw_spectrum("energies-found", axis, [curve], labels=names, drag="zoom", height=320)
    if found.runner_up is not None:
        st.caption(
            _("The next best explanation: gain {gain:.6f} keV per channel, offset {offset:.4f} keV.").format(
                gain=found.runner_up.gain, offset=found.runner_up.offset
            )
        )
    return found.calibration

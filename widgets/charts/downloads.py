"""Downloads of maps, spectra and arrays."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from maxrf_core.imaging.write import encode, kinds_for
from maxrf_core.names import file_stem
from maxrf_core.spectrum.calibration import SpectralAxis
from widgets.charts.band_controls import line_of_band
from widgets.charts.band_map import BandMap
from widgets.charts.spectrum_figure import Curve
from widgets.session.language import _
from widgets.session.offered_files import offer_file
from widgets.session.scan import Scan

MIME = {
    "png": "image/png",
    "tiff": "image/tiff",
    "csv": "text/csv",
    "npy": "application/octet-stream",
    "json": "application/json",
    "pdf": "application/pdf",
    "svg": "image/svg+xml",
}


def download_buttons(name: str, kinds: Sequence[str], make: Callable[[str], bytes], *, key: str = "") -> None:
    """Show a button for each kind of file; a file is made when its button is pressed.

    Parameters
    ----------
    name : str
        The file's name without its ending.
    kinds : sequence of str
        Of "png", "tiff", "csv", "npy", "pdf", "svg".
    make : callable
        Return the content of a kind of file.
    key : str
        Identifies these buttons; by default the name.
    """
    with st.container(horizontal=True):
        for kind in kinds:
            file_name = f"{name}.{kind}"
            offer_file(
                kind.upper(), partial(make, kind), file_name, MIME[kind], key=f"download-{key or name}-{kind}"
            )


def download_map(scan: Scan, shown: BandMap, lo: float, hi: float) -> None:
    """Offer the map on the screen as files, its values as they are, named by the scan and what they are."""
    unit, ends = scan.axis.unit, f"{lo:g}-{hi:g}"
    stem, values = scan.ds.path.stem, shown.data.values
    is_band = not shown.family
    named = shown.family or line_of_band(scan, lo, hi)
    band = f"{lo:g} to {hi:g} {unit}" if is_band else ""
    units = _(shown.units) if shown.is_net else ""
    title = ", ".join(filter(None, [stem, named, band, units, shown.method, scan.rows_in_words]))
    with st.expander(_("Download this map"), icon=":material/download:"):
        download_buttons(
            file_stem(stem, named, f"{ends} {unit}" if is_band else "", _(shown.suffix), scan.rows_in_words),
            kinds_for(values),
            partial(encode, values, title=title),
            key=f"map_{ends}_{unit}",
        )


def download_spectra(scan: Scan, axis: SpectralAxis, curves: Sequence[Curve]) -> None:
    """Offer the spectra on the screen as a table with a row for each channel."""

    def table(_kind: str) -> bytes:
        columns = {"channel": np.arange(len(axis))} | ({"keV": axis.values} if axis.unit == "keV" else {})
        whole = pd.DataFrame(columns | {curve.name: curve.values for curve in curves})
        return whole.to_csv(index=False).encode()

    with st.expander(_("Download these spectra"), icon=":material/download:"):
        download_buttons(
            file_stem(scan.ds.path.stem, "spectra", scan.rows_in_words),
            ["csv"],
            table,
            key="spectra",
        )

"""Downloads of maps, spectra and arrays."""

from collections.abc import Callable, Sequence
from functools import partial
from threading import Thread

import numpy as np
import pandas as pd
import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx

from maxrf_core.imaging.write import encode, kinds_for
from maxrf_core.names import MAX_NAME_LENGTH, RESERVED_CHARACTERS
from maxrf_core.spectrum.calibration import SpectralAxis
from widgets.charts.band_controls import line_of_band
from widgets.charts.spectrum_figure import Curve
from widgets.session.language import _
from widgets.session.scan import Scan

MIME = {
    "png": "image/png",
    "tiff": "image/tiff",
    "csv": "text/csv",
    "npy": "application/octet-stream",
    "json": "application/json",
}


def download_buttons(name: str, kinds: Sequence[str], make: Callable[[str], bytes], *, key: str = "") -> None:
    """Show a button for each kind of file; a file is made when its button is pressed.

    Parameters
    ----------
    name : str
        The file's name without its ending.
    kinds : sequence of str
        Of "png", "tiff", "csv", "npy".
    make : callable
        Return the content of a kind of file.
    key : str
        Identifies these buttons; by default the name.
    """
    with st.container(horizontal=True):
        for kind in kinds:
            file_name = f"{name}.{kind}"
            st.download_button(
                kind.upper(),
                data=kept_for_visitor(partial(make, kind), file_name, MIME[kind]),
                file_name=file_name,
                mime=MIME[kind],
                key=f"download-{key or name}-{kind}",
                icon=":material/download:",
                on_click="ignore",
            )


def kept_for_visitor(make: Callable[[], bytes], file_name: str, mime: str) -> Callable[[], bytes]:
    """Keep a file for `st.download_button` until this visitor's next action.

    Streamlit (1.67) does not record for whom it makes a file when a button is pressed, and removes files
    without an owner after the second run of any visitor's page: with many visitors, before the browser has
    fetched the file. So the owner is recorded here.

    Parameters
    ----------
    make : callable
        Return the file's content.
    file_name, mime : str
        As passed to `st.download_button`.
    """
    visitor = get_script_run_ctx()

    def made() -> bytes:
        content = make()
        note = partial(
            runtime.get_instance().media_file_mgr.add,
            content,
            mime,
            coordinates=f"download {file_name}",
            file_name=file_name,
            is_for_static_download=True,
        )
        noting = Thread(target=note)
        add_script_run_ctx(noting, visitor)  # it identifies the owner of files
        noting.start()
        noting.join()
        return content

    return made


def file_stem(*parts: str) -> str:
    """Join names into one that a file can have in any system.

    Examples
    --------
    >>> file_stem("Night watch", "Fe Ka", "6.25-6.55 keV")
    'Night-watch_Fe-Ka_6.25-6.55-keV'
    """
    signs = "".join(
        sign if sign.isprintable() and sign not in RESERVED_CHARACTERS else "-"
        for sign in "_".join(filter(None, parts))
    )
    return "-".join(signs.split()).lstrip(".")[:MAX_NAME_LENGTH] or "download"


def download_map(scan: Scan, values: np.ndarray, lo: float, hi: float) -> None:
    """Offer the map on the screen as files, its values as they are, named by the scan and the line."""
    unit, ends = scan.axis.unit, f"{lo:g}-{hi:g}"
    line = line_of_band(scan, lo, hi)
    stem = scan.ds.path.stem
    title = ", ".join(filter(None, [stem, line, f"{lo:g} to {hi:g} {unit}"]))
    with st.expander(_("Download this map"), icon=":material/download:"):
        download_buttons(
            file_stem(stem, line, f"{ends} {unit}"),
            kinds_for(values),
            partial(encode, values, title=title),
            key=f"map_{ends}_{unit}",
        )


def download_spectra(scan: Scan, axis: SpectralAxis, curves: Sequence[Curve]) -> None:
    """Offer the spectra on the screen as a table with a row for each channel."""
    columns = {"channel": np.arange(len(axis))} | ({"keV": axis.values} if axis.unit == "keV" else {})
    table = pd.DataFrame(columns | {curve.name: curve.values for curve in curves})
    with st.expander(_("Download these spectra"), icon=":material/download:"):
        download_buttons(
            file_stem(scan.ds.path.stem, "spectra"),
            ["csv"],
            lambda _: table.to_csv(index=False).encode(),
            key="spectra",
        )

"""How do maps, spectra and arrays leave the app as files?"""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from maxrf_core.energy import SpectralAxis
from maxrf_core.picture import encode, kinds_for
from widgets.spectrum_figures import Curve

MIME = {"png": "image/png", "tiff": "image/tiff", "csv": "text/csv", "npy": "application/octet-stream"}


def download_buttons(name: str, kinds: Sequence[str], make: Callable[[str], bytes]) -> None:
    """Show a button for each kind of file; a file is made when its button is pressed.

    Parameters
    ----------
    name : str
        The file's name without its ending.
    kinds : sequence of str
        Of "png", "tiff", "csv", "npy".
    make : callable
        Gives the content of a kind of file.
    """
    with st.container(horizontal=True):
        for kind in kinds:
            st.download_button(
                kind.upper(),
                data=partial(make, kind),
                file_name=f"{name}.{kind}",
                mime=MIME[kind],
                key=f"download-{name}-{kind}",
                icon=":material/download:",
                on_click="ignore",
            )


def download_map(values: np.ndarray, lo: float, hi: float, unit: str) -> None:
    """Offer the map on the screen as files, its values as they are."""
    with st.expander("Download this map", icon=":material/download:"):
        download_buttons(f"map_{lo:g}-{hi:g}_{unit}", kinds_for(values), partial(encode, values))


def download_spectra(axis: SpectralAxis, curves: Sequence[Curve]) -> None:
    """Offer the spectra on the screen as a table with a row for each channel."""
    columns = {"channel": np.arange(len(axis))} | ({"keV": axis.values} if axis.unit == "keV" else {})
    table = pd.DataFrame(columns | {curve.name: curve.values for curve in curves})
    with st.expander("Download these spectra", icon=":material/download:"):
        download_buttons("spectra", ["csv"], lambda _: table.to_csv(index=False).encode())

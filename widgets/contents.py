"""What does a datastack hold, how does one array look, and how does it leave the app?"""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from maxrf_core.datastack import CUBE, size_text
from maxrf_core.naming import Entry
from maxrf_core.picture import encode, kinds_for, percentile_limits, shrink, to_display
from widgets.charts import draw_map
from widgets.map_figures import MapPicture
from widgets.scan import Scan
from widgets.settings import UPLOAD_LIMIT_MB

LOOKED_AT = 200_000_000  # bytes; a larger array is not read for a look
MIME = {"png": "image/png", "tiff": "image/tiff", "csv": "text/csv", "npy": "application/octet-stream"}


def contents_table(entries: list[Entry]) -> None:
    """Show every array with its shape, dtype, size on disk and version."""
    rows = [
        {
            "Array": entry.name,
            "Version": _version_in_words(entry, entries),
            "Shape": " × ".join(map(str, entry.shape)) or "one value",
            "Type": entry.dtype,
            "On disk": size_text(entry.stored_bytes)
            if entry.stored_bytes
            else "nothing stored: reads as zeros",
        }
        for entry in entries
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True)


def array_details(scan: Scan, entry: Entry) -> None:
    """Show an array's picture, its notes, and the buttons that download it."""
    if entry.name.rstrip("_") == CUBE:
        st.info(
            "The counts of every pixel and channel. Use the pages *Maps* and *Spectra* to look at them, "
            "and the whole file below to take them with you.",
            icon=":material/deployed_code:",
        )
        return
    size = int(np.prod(entry.shape)) * (8 if entry.dtype == "text" else np.dtype(entry.dtype).itemsize)
    if size > LOOKED_AT:
        st.info(
            f"This array takes {size_text(size)} in memory, too much for a look. Download the whole file."
        )
        return
    values = scan.exactly(entry.name)
    _downloads(entry.name, values)
    _look(scan, entry, values)
    _notes(scan.ds.attributes(entry.name))


def offer_whole_file(scan: Scan) -> None:
    """Show the button that downloads the datastack, or where a large one lies."""
    size = scan.size
    if size > UPLOAD_LIMIT_MB * 1_000_000:
        st.write(
            f"The file takes {size_text(size)}, too large for the browser. You find it in the data folder."
        )
        return
    st.download_button(
        f"Download {scan.ds.path.name} ({size_text(size)})",
        data=scan.ds.path.read_bytes,
        file_name=scan.ds.path.name,
        mime="application/octet-stream",
        icon=":material/download:",
        on_click="ignore",
    )


def _downloads(name: str, values: np.ndarray) -> None:
    with st.container(horizontal=True):
        for kind in kinds_for(values):
            st.download_button(
                kind.upper(),
                data=partial(encode, values, kind),
                file_name=f"{name}.{kind}",
                mime=MIME[kind],
                key=f"download-{name}-{kind}",
                icon=":material/download:",
                on_click="ignore",
            )


def _look(scan: Scan, entry: Entry, values: np.ndarray) -> None:
    is_picture = values.ndim == 3 and values.shape[2] in (3, 4) and min(values.shape[:2]) > 1
    if is_picture:
        st.image(shrink(to_display(values), 1000), caption=entry.name, alt=f"The picture {entry.name}")
    elif values.ndim == 2 and min(values.shape) > 8 and values.dtype.kind in "biuf":
        image = values.astype(np.float32)
        draw_map(f"contents-{entry.name}", MapPicture(image, *percentile_limits(image), "viridis", "value"))
    elif values.ndim == 1 and len(values) == len(scan.axis) and values.dtype.kind in "iuf":
        figure = go.Figure(go.Scatter(y=values.astype(np.float32), mode="lines"))
        figure.update_layout(height=300, xaxis_title="Channel", yaxis_title=entry.name, margin={"t": 10})
        st.plotly_chart(figure, key=f"contents-line-{entry.name}")
    elif values.ndim <= 2:
        st.dataframe(pd.DataFrame(np.atleast_1d(values)).head(1000), key=f"contents-numbers-{entry.name}")
    elif values.shape[1:] == (2, 2):  # the points of a registration
        columns = ["Photograph x", "Photograph y", "Map x", "Map y"]
        st.dataframe(
            pd.DataFrame(values.reshape(-1, 4), columns=columns), key=f"contents-points-{entry.name}"
        )


def _notes(attributes: dict[str, Any]) -> None:
    if attributes:
        st.markdown("**Kept with it**")
        rows = [{"What": name, "Value": _in_words(value)} for name, value in attributes.items()]
        st.dataframe(pd.DataFrame(rows), hide_index=True)


def _in_words(value: Any) -> str:
    if isinstance(value, np.ndarray | list):
        return np.array2string(np.asarray(value), precision=6, separator=", ", threshold=40)
    return str(value)


def _version_in_words(entry: Entry, entries: list[Entry]) -> str:
    versions = sorted((e.name for e in entries if e.name.rstrip("_") == entry.name.rstrip("_")), key=len)
    if len(versions) == 1:
        return "only one"
    number = f"{versions.index(entry.name) + 1} of {len(versions)}"
    return f"{number}, the newest" if entry.name == versions[-1] else number

"""Table of a datastack's arrays, and the view and download of one array."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from maxrf_core.datastack.datastack import size_text
from maxrf_core.imaging.display import shrink, to_display
from maxrf_core.imaging.write import encode, kinds_for
from maxrf_core.names import Entry, file_stem
from maxrf_core.spectrum.calibration import SpectralAxis
from server.download_route import download_address
from server.settings import below_app
from widgets.charts.charts import draw_map, draw_spectrum
from widgets.charts.data_url import data_url
from widgets.charts.downloads import download_buttons
from widgets.charts.map_layers import MapPicture
from widgets.charts.spectrum_figure import Curve
from widgets.session.image_cache import one_at_a_time
from widgets.session.language import _, marked
from widgets.session.map_data import MapData
from widgets.session.markdown import escaped
from widgets.session.scan import Scan

MAX_SHOWN = 100_000_000  # bytes; a larger array is not shown
MAX_UNCACHED = 5_000_000  # bytes; a smaller one is read again rather than cached
MAX_DOWNLOAD = 200_000_000  # bytes; a file of a larger one takes too much memory with many visitors


def contents_table(entries: list[Entry]) -> None:
    """Show every array with its shape, dtype, size on disk and version."""
    rows = [
        {
            _("Array"): entry.name,
            _("Version"): _version_in_words(entry, entries),
            _("Shape"): " × ".join(map(str, entry.shape)) or _("one value"),
            _("Type"): entry.dtype,
            _("On disk"): size_text(entry.stored_bytes)
            if entry.stored_bytes
            else _("nothing stored: reads as zeros"),
        }
        for entry in entries
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True)


def array_details(scan: Scan, entry: Entry) -> None:
    """Show the buttons that download an array, its picture, and its attributes."""
    size = int(np.prod(entry.shape)) * (1 if entry.dtype == "text" else np.dtype(entry.dtype).itemsize)
    if size <= MAX_DOWNLOAD:
        dtype = "U1" if entry.dtype == "text" else entry.dtype
        like = np.broadcast_to(np.zeros((), dtype), entry.shape)  # tells the kinds without reading anything
        name = file_stem(scan.ds.path.stem, entry.name)
        download_buttons(name, kinds_for(like), partial(_file_of, scan, entry.name), key=entry.name)
    else:
        st.info(
            _("This array takes {size}, too much for the browser. Take the whole file instead.").format(
                size=size_text(size)
            ),
            icon=":material/deployed_code:",
        )
    if size <= MAX_SHOWN:
        is_small = size <= MAX_UNCACHED
        values = scan.ds.read(entry.name, latest=False) if is_small else scan.read_exact(entry.name)
        _show(scan, entry, values)
    _notes(scan.ds.attributes(entry.name, latest=False))


def offer_whole_file(scan: Scan) -> None:
    """Show the button that downloads the datastack, of whatever size."""
    path = scan.ds.path
    st.link_button(
        _("Download {name} ({size})").format(name=escaped(path.name), size=size_text(scan.size)),
        below_app(download_address(path)),
        icon=":material/download:",
    )


def _file_of(scan: Scan, name: str, kind: str) -> bytes:
    with one_at_a_time():
        return encode(scan.ds.read(name, latest=False), kind, f"{scan.ds.path.stem}, {name}")


def _show(scan: Scan, entry: Entry, values: np.ndarray) -> None:
    is_picture = values.ndim == 3 and values.shape[2] in (3, 4) and min(values.shape[:2]) > 1
    if is_picture:
        shown = data_url(Image.fromarray(shrink(to_display(values), 1000)), "WEBP", quality=90)
        st.image(shown, alt=_("The picture {name}").format(name=entry.name))
    elif values.ndim == 2 and min(values.shape) > 8 and values.dtype.kind in "biuf":
        data = MapData(values, (scan.version, entry.name))
        picture = MapPicture(data, *data.limits(0.5, 99.5), units=marked("value"))
        draw_map(f"contents-{entry.name}", picture)
    elif values.ndim == 1 and len(values) == len(scan.axis) and values.dtype.kind in "iuf":
        curve, axis = Curve(entry.name, values), SpectralAxis.of_channels(len(values))
        name = f"contents-line-{entry.name}"
        draw_spectrum(name, axis, [curve], y_title=_("Value"), log=False, drag="zoom", height=300)
    elif values.ndim <= 2:
        st.dataframe(pd.DataFrame(np.atleast_1d(values)).head(1000), key=f"contents-numbers-{entry.name}")
    elif values.shape[1:] == (2, 2):  # the points of a registration
        columns = [_("Photograph x"), _("Photograph y"), _("Map x"), _("Map y")]
        st.dataframe(
            pd.DataFrame(values.reshape(-1, 4), columns=columns), key=f"contents-points-{entry.name}"
        )


def _notes(attributes: dict[str, Any]) -> None:
    if attributes:
        st.markdown(f"**{_('Stored with it')}**")
        rows = [{_("Name"): name, _("Value"): _in_words(value)} for name, value in attributes.items()]
        st.dataframe(pd.DataFrame(rows), hide_index=True)


def _in_words(value: Any) -> str:
    if isinstance(value, np.ndarray | list):
        return np.array2string(np.asarray(value), precision=6, separator=", ", threshold=40)
    return str(value)


def _version_in_words(entry: Entry, entries: list[Entry]) -> str:
    versions = sorted((e.name for e in entries if e.name.rstrip("_") == entry.name.rstrip("_")), key=len)
    if len(versions) == 1:
        return _("only one")
    words = _("{number} of {count}, the newest") if entry.name == versions[-1] else _("{number} of {count}")
    return words.format(number=versions.index(entry.name) + 1, count=len(versions))

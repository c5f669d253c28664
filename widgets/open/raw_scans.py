"""Choose the raw scan to convert: from the data folder, or by an upload."""

from pathlib import Path

import streamlit as st

from maxrf_core.readers import RAW_FORMATS
from maxrf_core.readers.edf_stack import ENDINGS as EDF_ENDINGS
from maxrf_core.readers.single_spectrum import ENDINGS as SPECTRUM_ENDINGS
from server.settings import read_only
from widgets.open.large_upload import large_upload
from widgets.session import library
from widgets.session.language import _

_KEPT = "convert-kept"  # session key: the path of the uploaded scan's first file


def choose_raw_scan() -> Path | None:
    """Show the raw scans in the data folder and a place to upload one; return its first file's path."""
    shared = library.raw_scans()
    own = _("Upload one")
    picked = own
    if shared:
        picked = st.selectbox(
            _("Raw scan"),
            [*shared, own],
            key="convert-source",
            format_func=lambda name: own if name == own else library.raw_scan_in_words(name),
        )
    if picked != own:
        return library.locate(picked)
    known = "\n".join(f"- {form.in_words()} ({form.name})" for form in RAW_FORMATS)
    st.write(_("The files of one scan:") + "\n" + known)
    wanted = _("Choose the files of one scan: {known}.").format(
        known="; ".join(form.in_words() for form in RAW_FORMATS)
    )
    arrived = large_upload(
        "raw-upload",
        [form.files for form in RAW_FORMATS if not form.scan_in_folder],
        _("Choose the files"),
        wanted,
        together=[SPECTRUM_ENDINGS, EDF_ENDINGS],
    )
    st.caption(
        _(
            "A folder with a file for each pixel, or for each row (.edf), is dragged here as a whole; or all "
            "of its files are chosen at once."
        )
    )
    if not read_only():
        st.caption(
            _("Scans in {folder} are listed here by themselves.").format(
                folder=library.data_folder_in_words()
            )
        )
    if arrived is not None:
        st.session_state[_KEPT] = library.arrived_scan(arrived.identifier)
    path = st.session_state.get(_KEPT)
    return path if path is not None and path.exists() else None

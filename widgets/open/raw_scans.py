"""Choose the raw scan to convert: from the data folder, or by an upload."""

from pathlib import Path

import streamlit as st

from server.looking_over import COUNTS, HEADER
from server.settings import read_only
from widgets.open.large_upload import large_upload
from widgets.session import library
from widgets.session.language import _, marked

_KEPT = "convert-kept"  # session key: the path of the uploaded .rpl file
_TWO_FILES = marked("Choose both files of the scan together: the .rpl file and the .raw file.")


def choose_raw_scan() -> Path | None:
    """Show the raw scans in the data folder and a place to upload one; return the path of its .rpl file."""
    shared = library.raw_scans()
    own = _("Upload one")
    picked = st.selectbox(_("Raw scan"), [*shared, own], key="convert-source") if shared else own
    if picked != own:
        return library.locate(picked)
    st.write(_("The two files of the scan, .raw (the counts) and .rpl (their description):"))
    arrived = large_upload("raw-upload", [[HEADER], [COUNTS]], _("Choose both files"), _(_TWO_FILES))
    if not read_only():
        st.caption(
            _("Scans in {folder} are listed here by themselves.").format(
                folder=library.data_folder_in_words()
            )
        )
    if arrived is not None:
        st.session_state[_KEPT] = library.arrived(arrived.identifier, HEADER)
    path = st.session_state.get(_KEPT)
    return path if path is not None and path.exists() else None

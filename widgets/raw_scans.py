"""Where does a raw scan come from that is to be converted: the data folder, or an upload of either kind?"""

from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from maxrf_core.errors import MaxrfError
from maxrf_core.untrusted import check_untrusted
from server.settings import UPLOAD_LIMIT_MB, read_only, uploads
from widgets import library
from widgets.large_upload import large_upload
from widgets.text import show_error
from widgets.visitor import owner

_KEPT = "convert-kept"  # session key: from which files, and the path of the .rpl file among them
_TWO_FILES = "Choose both files of the scan together: the .rpl file and the .raw file."


def choose_raw_scan() -> Path | None:
    """Show the raw scans in the data folder and a place to upload one; give the path of its .rpl file."""
    shared = library.raw_scans()
    own = "Upload one"
    picked = st.selectbox("Raw scan", [*shared, own], key="convert-source") if shared else own
    if picked != own:
        return library.locate(picked)
    files = st.file_uploader(
        "The two files of the scan: .raw (the counts) and .rpl (their description)",
        type=["raw", "rpl"],
        accept_multiple_files=True,
        key="convert-upload",
    )
    st.markdown(f"Larger than {UPLOAD_LIMIT_MB} MB? Send both files this way:")
    arrived = large_upload("large-raw-upload", (".rpl", ".raw"), "Choose both files", _TWO_FILES)
    if not read_only():
        st.caption(f"Scans in {library.data_folder_in_words()} are listed here by themselves.")
    if arrived is not None:
        path = uploads().find(owner(), arrived.identifier, ".rpl")
        st.session_state[_KEPT] = arrived.identifier, _looked_over(path)
    elif files:
        _keep_pair(files)
    _, path = st.session_state.get(_KEPT, (None, None))
    return path if path is not None and path.exists() else None


def _keep_pair(files: list[UploadedFile]) -> None:
    """Write an uploaded pair to a private folder, once."""
    by_ending = {Path(file.name).suffix.lower(): file for file in files}
    if set(by_ending) != {".raw", ".rpl"}:
        missing = ".rpl" if ".raw" in by_ending else ".raw"
        st.info(f"Add the {missing} file of the same scan.", icon=":material/add:")
        return
    identities = tuple(file.file_id for file in by_ending.values())
    if st.session_state.get(_KEPT, (None, None))[0] == identities:
        return
    try:
        header, counts = by_ending[".rpl"], by_ending[".raw"]
        path = library.keep_file(header.name, header.getvalue())
        library.keep_file(path.with_suffix(".raw").name, counts.getvalue(), beside=path)
    except MaxrfError as error:
        show_error(error)
    else:
        st.session_state[_KEPT] = identities, _looked_over(path)


def _looked_over(path: Path) -> Path | None:
    """Give the path back if the scan can be opened without harm; otherwise say why not, and remove it."""
    try:
        check_untrusted(path)
    except MaxrfError as error:
        library.discard(path)
        show_error(error)
        return None
    return path

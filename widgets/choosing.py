"""How does a visitor open a datastack: the demo, one from the data folder, or an upload?"""

import datetime
from pathlib import Path

import streamlit as st

from maxrf_core import DataStack
from maxrf_core.datastack import size_text
from maxrf_core.errors import MaxrfError
from widgets import library
from widgets.settings import UPLOAD_LIMIT_MB, data_folder, read_only
from widgets.state import choice
from widgets.text import escaped, show_error

SHOWN = 30  # rows; beyond these the list has a search field


def choose_a_scan() -> None:
    """List the demo and the datastacks of the data folder, each with a button that opens it."""
    library.ensure_demo()
    found = library.datastacks()
    if len(found) > SHOWN:
        wanted = st.text_input("Search", key="choose-search", icon=":material/search:").lower()
        found = [identifier for identifier in found if wanted in identifier.lower()]
    if not found:
        st.info("There are no scans in the data folder yet.", icon=":material/folder_off:")
    for identifier in sorted(found, key=lambda name: name != library.DEMO)[:SHOWN]:
        _row(identifier)
    if not read_only():
        st.caption(f"Put your own datastacks into the folder `{data_folder()}` to see them here.")


def upload_a_scan() -> None:
    """Take an uploaded datastack into a private folder and open it."""
    uploaded = st.file_uploader(
        "A .datastack file, ours or maxrf4u's", type=["datastack"], key="stack-upload"
    )
    st.caption(
        f"Up to {UPLOAD_LIMIT_MB} MB, and only you can see it. Put larger files into the data folder, "
        f"`{data_folder()}`; they then appear under *Choose a scan*."
    )
    if uploaded is None or st.session_state.get("stack-taken") == uploaded.file_id:
        return
    try:
        identifier, path = library.keep_upload(uploaded.name, uploaded.getbuffer())
    except MaxrfError as error:
        show_error(error)
        return
    try:
        DataStack(path)
    except MaxrfError as error:
        library.discard(path)
        show_error(error)
        return
    st.session_state["stack-taken"] = uploaded.file_id
    _open(identifier)
    st.switch_page("pages/maps.py")


def _row(identifier: str) -> None:
    path = library.locate(identifier)
    status = path.stat()
    day = datetime.date.fromtimestamp(status.st_mtime)
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        is_demo = identifier == library.DEMO
        title = (
            "Demo: a drawing in iron ink, with its photograph"
            if is_demo
            else Path(identifier).with_suffix("").as_posix()
        )
        with st.container():
            st.markdown(f"**{escaped(title)}**")
            st.caption(f"{size_text(status.st_size)}, {day.day} {day:%B %Y}")
        if st.button(
            "Open",
            key=f"open-{identifier}",
            type="primary" if is_demo else "secondary",
            on_click=_open,
            args=(identifier,),
        ):
            st.switch_page("pages/maps.py")


def _open(identifier: str) -> None:
    choice().open(identifier)

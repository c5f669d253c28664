"""How does a visitor upload a datastack, of whatever size, and what if it is broken?"""

import streamlit as st

from maxrf_core.errors import MaxrfError
from server.looking_over import ENDING, CannotBeOpenedError
from server.settings import UPLOAD_LIMIT_MB, uploads
from widgets import library
from widgets.large_upload import Arrived, large_upload
from widgets.rescuing import offer_rescue_of_upload
from widgets.state import choice
from widgets.text import escaped, show_error

_BROKEN = "upload-broken"  # session key: what came last and cannot be opened


def upload_a_scan() -> None:
    """Take an uploaded datastack into a private folder and open it."""
    uploaded = st.file_uploader(
        "A .datastack file, ours or maxrf4u's", type=["datastack"], key="stack-upload"
    )
    st.markdown(f"Larger than {UPLOAD_LIMIT_MB} MB? Send it this way:")
    arrived = large_upload(
        "large-upload", (ENDING,), "Choose a large file", "Only .datastack files can be uploaded here."
    )
    st.caption(f"Only you can see it. {kept_for()}")
    if uploaded is not None and st.session_state.get("stack-taken") != uploaded.file_id:
        st.session_state["stack-taken"] = uploaded.file_id
        with st.spinner("Looking the file over …"):
            arrived = _take(uploaded.name, uploaded.getvalue())
    if arrived is not None:
        st.session_state[_BROKEN] = arrived if arrived.error else None
        if not arrived.error:
            choice().open(arrived.identifier)
            st.switch_page("pages/maps.py")
    broken = st.session_state.get(_BROKEN)
    if broken is not None:
        st.error(escaped(broken.error), icon=":material/error:")
        offer_rescue_of_upload(broken.identifier)


def kept_for() -> str:
    """Say how long uploads stay."""
    hours = uploads().hours
    span = f"{hours:g} hours" if hours < 48 else f"{hours / 24:g} days"
    return f"Uploads are removed {span} after they were last opened: download what you add to them."


def _take(name: str, content: bytes) -> Arrived | None:
    try:
        return Arrived(library.keep_datastack(name, content), name)
    except CannotBeOpenedError as error:
        return Arrived(error.identifier, name, str(error))
    except MaxrfError as error:
        show_error(error)
        return None

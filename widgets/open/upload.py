"""Upload a datastack of any size; offer to rescue one that is broken."""

import streamlit as st

from maxrf_core.names import DATASTACK_EXT
from server.settings import uploads
from widgets.open.large_upload import large_upload
from widgets.open.rescue import offer_rescue_of_upload
from widgets.open.show_opened import show_opened
from widgets.session import library
from widgets.session.language import _
from widgets.session.markdown import escaped

_BROKEN = "upload-broken"  # session key: the last upload if it cannot be opened


def upload_a_scan() -> None:
    """Show the upload of a datastack and open it once it has arrived."""
    st.write(_("A .datastack file, made by this program or by maxrf4u:"))
    arrived = large_upload(
        "stack-upload",
        [[[DATASTACK_EXT]]],
        _("Choose a file"),
        _("Only .datastack files can be uploaded here."),
    )
    st.caption(kept_for())
    if arrived is not None:
        st.session_state[_BROKEN] = arrived if arrived.error else None
        if not arrived.error:
            show_opened(arrived.identifier)
    broken = st.session_state.get(_BROKEN)
    if broken is not None:
        st.error(escaped(broken.error), icon=":material/error:")
        offer_rescue_of_upload(broken.identifier)


def kept_for() -> str:
    """Return a sentence on where uploads are kept and for how long."""
    kept = uploads()
    if kept.home is not None:
        return _("It is copied into {folder} and stays there.").format(folder=library.data_folder_in_words())
    if kept.hours < 48:
        return _(
            "Only you can see your uploads. They are removed {hours:g} hours after they were last opened: "
            "download what you add to them."
        ).format(hours=kept.hours)
    return _(
        "Only you can see your uploads. They are removed {days:g} days after they were last opened: "
        "download what you add to them."
    ).format(days=kept.hours / 24)

"""Rescue of a datastack that cannot be opened."""

from pathlib import Path

import streamlit as st

from maxrf_core.errors import MaxrfError
from maxrf_core.names import DATASTACK_EXT
from server.file_names import free_number, numbered
from server.rescue_process import rescue_in_process
from server.settings import uploads
from server.uploads import BROKEN
from widgets.open.show_opened import show_opened
from widgets.session import library
from widgets.session.language import _
from widgets.session.markdown import show_error
from widgets.session.visitor import owner

_DONE = "rescued"  # session key: the source, a line for each array, the new identifier


def offer_rescue_of_upload(identifier: str) -> None:
    """Show the button that rescues an upload that cannot be opened."""
    try:
        broken = uploads().find(owner(), identifier, BROKEN)
    except MaxrfError:
        return
    _offer(broken, broken.name.removesuffix(BROKEN), private=True)


def offer_rescue_of(identifier: str) -> None:
    """Show the button that rescues a datastack that cannot be opened."""
    broken = library.locate(identifier)
    _offer(broken, broken.name, private=library.is_private(broken))


def _offer(broken: Path, name: str, private: bool) -> None:
    st.write(
        _(
            "A rescue makes a new datastack of what is still whole in this file, and lists what is not. "
            "The broken file itself is only read."
        )
    )
    if st.button(_("Rescue what it still holds"), type="primary", icon=":material/healing:"):
        try:
            with library.in_turn(), st.spinner(_("Rescuing what is left: this may take some minutes …")):
                st.session_state[_DONE] = str(broken), *_rescue(broken, name, private)
        except MaxrfError as error:
            show_error(error)
    source, lines, identifier = st.session_state.get(_DONE, ("", [], ""))
    if source != str(broken):
        return
    st.code("\n".join(lines), language=None)
    if st.button(_("Open what was saved"), icon=":material/folder_open:"):
        show_opened(identifier)


def _rescue(broken: Path, name: str, private: bool) -> tuple[list[str], str]:
    """Rescue into a new file, without Streamlit calls: one could end the script in the middle."""
    saved = f"{Path(name).stem}_rescued{DATASTACK_EXT}"
    with library.new_place(saved, broken.stat().st_size, private) as (identifier, target):
        if not target.exists():
            return rescue_in_process(broken, target), identifier
        number = free_number(target.parent, [target.name])
        out = target.with_name(numbered(target.name, number))
        return rescue_in_process(broken, out), out.name

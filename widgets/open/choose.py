"""Choose a datastack: the demo, one from the data folder, or an own one."""

import datetime
import html
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import streamlit as st

from maxrf_core.datastack.datastack import size_text
from server.private_link import FORGET_ROUTE
from server.settings import below_app, read_only, uploads
from widgets.open.show_opened import show_opened
from widgets.open.upload import kept_for
from widgets.session import library
from widgets.session.language import _, date_in_words
from widgets.session.markdown import escaped
from widgets.session.visitor import owner, private_link

MAX_SHOWN = 30  # rows; a longer list has a search field


def choose_a_scan() -> None:
    """List the demo, the datastacks of the data folder and one's own, each with a button that opens it."""
    library.ensure_demo()
    _list_own()
    for identifier in _searched(sorted(library.datastacks(), key=lambda name: name != library.DEMO)):
        is_demo, path = identifier == library.DEMO, library.locate(identifier)
        title = Path(identifier).with_suffix("").as_posix()
        if is_demo:
            title = _("Demo: a drawing in iron ink, with its photograph")
        with _row(title, path):
            _open_button(identifier, "primary" if is_demo else "secondary")
    if not read_only():
        folder = library.data_folder_in_words()
        st.caption(_("Put your own datastacks into {folder} to see them here.").format(folder=folder))


def _searched(found: list[str]) -> list[str]:
    """Return the datastacks to list, at most MAX_SHOWN; show a search field if there are more."""
    if not found:
        st.info(_("There are no scans in the data folder yet."), icon=":material/folder_off:")
    if len(found) <= MAX_SHOWN:
        return found
    wanted = st.text_input(_("Search"), key="choose-search", icon=":material/search:")
    matching = [identifier for identifier in found if wanted.lower() in identifier.lower()]
    if not matching:
        words = _("The name of no scan contains “{text}”.").format(text=escaped(wanted))
        st.info(words, icon=":material/search_off:")
    elif len(matching) > MAX_SHOWN:
        words = _("The first {count} of {total} scans are listed; search for the others by name.")
        st.caption(words.format(count=MAX_SHOWN, total=len(matching)))
    return matching[:MAX_SHOWN]


def _list_own() -> None:
    own = library.own_datastacks()
    if not own:
        return
    st.header(_("My uploads"), anchor=False)
    for upload in own:
        with _row(upload.path.stem, upload.path, library.removal_in_words(upload.path)):
            _open_button(upload.identifier)
            with st.popover(_("Remove …")):
                st.write(_("This removes the upload and what was added to it, for good."))
                st.button(
                    _("Remove it"),
                    key=f"remove-{upload.identifier}",
                    on_click=uploads().remove,
                    args=(owner(), upload.identifier),
                )
    st.caption(kept_for())
    _offer_private_link()
    st.header(_("Everybody's scans"), anchor=False)


def _offer_private_link() -> None:
    """Show the link that opens the uploads in another browser, and the one that forgets this browser."""
    link = private_link()
    if link is None:
        return
    with st.expander(_("Come back from another computer"), icon=":material/link:"):
        st.write(
            _(
                "This browser finds your uploads by itself, for as long as they stay. Keep this private link "
                "to find them in another one. Anyone who has the link can see them, add to them and remove "
                "them."
            )
        )
        st.code(link, language=None, wrap_lines=True)
        colour, words = "color: var(--st-link-color)", html.escape(_("Forget me on this computer"))
        st.html(f'<a href="{below_app(FORGET_ROUTE)}" style="{colour}">{words}</a>')


@contextmanager
def _row(title: str, path: Path, more: str = "") -> Iterator[None]:
    """Show a row with a datastack, its size and its date; the block adds buttons."""
    status = path.stat()
    day = datetime.date.fromtimestamp(status.st_mtime)
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        with st.container():
            st.markdown(f"**{escaped(title)}**")
            st.caption(f"{size_text(status.st_size)}, {date_in_words(day)}  \n{more}")
        yield


def _open_button(identifier: str, kind: Literal["primary", "secondary"] = "secondary") -> None:
    if st.button(_("Open"), key=f"open-{identifier}", type=kind):
        show_opened(identifier)

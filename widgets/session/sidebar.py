"""The sidebar: the open scan, and whether it is calibrated."""

import html

import streamlit as st

from maxrf_core.datastack.datastack import size_text
from maxrf_core.errors import MaxrfError
from server.uploads import is_upload
from widgets.session import library
from widgets.session.choice import choice
from widgets.session.language import _, counted
from widgets.session.markdown import escaped
from widgets.session.scan import open_scan_of


def show_open_scan() -> None:
    """Show the open scan's name, size and what is missing, in the sidebar; the name also without that."""
    identifier = choice().stack
    if identifier is None:
        return
    with st.sidebar:
        try:
            scan = open_scan_of(identifier)
            height, width = scan.shape
        except MaxrfError:
            st.caption(_("The scan that was open cannot be read."))
            return
        name = scan.ds.path.stem
        st.header(escaped(name), anchor=False)
        st.caption(
            "  \n".join(
                (
                    _("{width} × {height} pixels").format(width=width, height=height),
                    counted("{count} channel", "{count} channels", len(scan.axis))
                    if scan.has_spectra
                    else counted("{count} element map", "{count} element maps", len(scan.map_names)),
                    _("{size} on disk").format(size=size_text(scan.size)),
                )
            )
        )
        if is_upload(identifier):
            st.caption(
                f"{_('Your own upload: only you can see it.')} {library.removal_in_words(scan.ds.path)}"
            )
        if not scan.has_spectra:
            st.caption(_("Element maps only: this file holds no spectra."))
        elif scan.axis.unit == "channel":
            st.caption(
                _("Not calibrated: energies are shown as channel numbers. Set them on the page *Open*.")
            )
    with st.container(key="open-scan"):  # in the window's upper edge, while the sidebar is closed
        st.html(html.escape(name))

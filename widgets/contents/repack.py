"""Removal of older versions from a datastack, and conversion of a maxrf4u file to a faster one."""

import streamlit as st

from maxrf_core import repack
from maxrf_core.errors import MaxrfError
from maxrf_core.names import older_versions
from maxrf_core.readers import open_scan
from server.uploads import is_upload
from widgets.open.conversions import begin_conversion, is_being_converted
from widgets.session import library
from widgets.session.language import _
from widgets.session.markdown import escaped, show_error
from widgets.session.scan import Scan


def offer_repack(scan: Scan) -> None:
    """Show the button that drops older versions, where there are any."""
    names = scan.ds.names
    older = older_versions(names)
    if not older or not library.may_change(scan.identifier):
        return
    with st.popover(_("Drop older versions …"), icon=":material/cleaning_services:"):
        st.write(
            _(
                "These versions are removed for good: {names}. "
                "The newest of each stays, under its plain name."
            ).format(names=", ".join(map(escaped, older)))
        )
        if st.button(_("Drop them"), type="primary"):
            try:
                path = scan.ds.path
                words = _("Writing the file anew without the older versions …")
                with library.in_turn(), library.room_to_grow(path, scan.size), st.spinner(words):
                    repack(scan.ds.path, expected=names)
            except MaxrfError as error:
                show_error(error)
            else:
                st.toast(_("The older versions are gone."), icon=":material/check_circle:")
                st.rerun()


def offer_conversion(scan: Scan) -> None:
    """Offer to convert a datastack that maxrf4u wrote, beside which the original stays as it is."""
    if not scan.ds.written_by_maxrf4u:
        return
    st.header(_("Written by maxrf4u"), anchor=False)
    st.write(
        _(
            "This file works here as it is, and maxrf4u reads what you add to it. Maps appear faster from a "
            "converted copy. The copy holds all arrays of this file, which stays unchanged."
        )
    )
    if is_being_converted(scan.ds.path):
        st.info(_("The copy is being made: the sidebar shows how far it is."), icon=":material/bolt:")
    elif st.button(_("Make a converted copy"), icon=":material/bolt:"):
        name = f"{scan.ds.path.stem}_converted.datastack"
        source = scan.ds.path
        begin_conversion(open_scan(source), source, (name, scan.size, is_upload(scan.identifier)))
        st.rerun()

"""Contents: the arrays of a datastack, to view, download and tidy up."""

import streamlit as st

from widgets.contents.contents import array_details, contents_table, offer_whole_file
from widgets.contents.repack import offer_conversion, offer_repack
from widgets.open.require_scan import chosen_scan
from widgets.session.language import _
from widgets.session.navigation import begin_page

begin_page(_("Contents"))
scan = chosen_scan("pages/contents.py")
st.write(
    _(
        "Everything that was measured and made is kept in one file. Nothing is ever overwritten: "
        "a newer version of an array gets more underscores at the end of its name."
    )
)
entries = scan.ds.entries()
contents_table(entries)
st.header(_("Look at an array, or download it"), anchor=False)
name = st.selectbox(_("Array"), [entry.name for entry in entries], key="contents-array")
array_details(scan, next(entry for entry in entries if entry.name == name))
st.header(_("The whole file"), anchor=False)
offer_whole_file(scan)
offer_repack(scan)
offer_conversion(scan)

"""Look: the bench, the elements, maps of bands and spectra of a scan, in parts of one page."""

import streamlit as st

from widgets.look.window import fit_into_window
from widgets.open.require_scan import chosen_scan
from widgets.parts.bands_part import show_bands
from widgets.parts.bench_part import show_bench
from widgets.parts.choose_part import choose_part
from widgets.parts.elements_part import show_elements
from widgets.parts.spectra_part import show_spectra
from widgets.session.choice import choice
from widgets.session.language import _
from widgets.session.navigation import begin_page

begin_page(_("Look"), whole_window=True, shows_title=False)
fit_into_window()
scan = chosen_scan("pages/look.py")
tools = st.container(horizontal=True, vertical_alignment="center", key="look-tools")
with tools:
    choose_part()
show = {"bench": show_bench, "elements": show_elements, "bands": show_bands, "spectra": show_spectra}
show[choice().part](scan, tools)

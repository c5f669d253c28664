"""What goes together, beside the picture: correlations of elements, and groups of pixels."""

import streamlit as st

from widgets.elements.examination import Examination
from widgets.look.correlation_table import show_correlations
from widgets.look.group_list import show_groups
from widgets.look.two_maps import show_two_maps
from widgets.session.choice import Choice
from widgets.session.language import _
from widgets.session.scan import Scan


def show_together_side(scan: Scan, examination: Examination, now: Choice) -> None:
    """Show the correlations, the groups, and two maps against each other."""
    st.markdown(_("**Elements that go together**"))
    show_correlations(examination)
    st.markdown(_("**Two maps against each other**"))
    show_two_maps(examination, now)
    st.markdown(_("**Groups of pixels**"))
    show_groups(scan, examination, now)

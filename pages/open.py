"""Open: choose a scan, upload one, convert a raw one, or set its energies."""

import streamlit as st

from widgets.charts.component import load_plotly_ahead
from widgets.open.calibrate import set_energies
from widgets.open.choose import choose_a_scan
from widgets.open.combine_maps import combine_maps
from widgets.open.convert import convert_a_scan
from widgets.open.steps import TASK, show_steps
from widgets.open.upload import upload_a_scan
from widgets.open.way_back import offer_way_back
from widgets.session.choice import NEXT_TASK
from widgets.session.language import _, marked
from widgets.session.navigation import begin_page

TASKS = {
    "choose": (marked("Choose a scan"), choose_a_scan),
    "upload": (marked("Upload a datastack"), upload_a_scan),
    "convert": (marked("Convert a raw scan"), convert_a_scan),
    "maps": (marked("Combine element maps"), combine_maps),
    "energies": (marked("Set energies"), set_energies),
}

begin_page(_("Open a scan"))
if NEXT_TASK in st.session_state:
    st.session_state[TASK] = st.session_state.pop(NEXT_TASK)
if st.session_state.get(TASK) != "energies":  # there the spectrum needs the place
    st.write(
        _(
            "maxrf4all shows where the chemical elements are in a painting or drawing that was scanned with "
            "MA-XRF, and lays its photograph over the element maps."
        )
    )
    st.page_link("pages/guide.py", label=_("Guide"), icon=":material/menu_book:")
show_steps("energies" if st.session_state.get(TASK) == "energies" else "open")
offer_way_back()
task = st.segmented_control(
    _("What would you like to do?"),
    list(TASKS),
    format_func=lambda name: _(TASKS[name][0]),
    default="choose",
    required=True,
    key=TASK,
)
TASKS[task][1]()
load_plotly_ahead()

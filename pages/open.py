"""Open: choose a scan, upload one, convert a raw one, or set its energies."""

import streamlit as st

from widgets.calibrating import set_energies
from widgets.choosing import choose_a_scan
from widgets.converting import convert_a_scan
from widgets.front_door import begin_page
from widgets.state import NEXT_TASK
from widgets.uploading import upload_a_scan

TASKS = {
    "choose": ("Choose a scan", choose_a_scan),
    "upload": ("Upload a datastack", upload_a_scan),
    "convert": ("Convert a raw scan", convert_a_scan),
    "energies": ("Set energies", set_energies),
}

begin_page("Open a scan")
if NEXT_TASK in st.session_state:
    st.session_state["open-task"] = st.session_state.pop(NEXT_TASK)
task = st.segmented_control(
    "What would you like to do?",
    list(TASKS),
    format_func=lambda name: TASKS[name][0],
    default="choose",
    required=True,
    key="open-task",
)
TASKS[task][1]()

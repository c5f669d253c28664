"""The steps from a file to a registered photograph: which are done, and where the visitor is."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Literal

import streamlit as st

from maxrf_core.errors import MaxrfError
from widgets.session.choice import choice
from widgets.session.language import _
from widgets.session.navigation import lead_to
from widgets.session.scan import open_scan_of

Here = Literal["open", "energies"]
TASK = "open-task"  # session key: the task that the page Open shows
_DONE, _HERE, _NEXT = ":material/check_circle:", ":material/radio_button_checked:", ":material/arrow_forward:"


def show_steps(here: Here) -> None:
    """Show the steps, each a button that leads there, once a scan is open that it can be done with.

    Parameters
    ----------
    here : {"open", "energies"}
        The step that is shown.
    """
    is_open, has_energies = _state()
    energies = _("2 Energies: known") if has_energies else _("2 Set the energies")
    steps: list[tuple[str, str, bool, bool, Callable[[], object]]] = [
        ("open", _("1 Open a scan"), is_open, True, partial(_show_task, "choose")),
        ("energies", energies, has_energies, is_open, partial(_show_task, "energies")),
    ]
    with st.container(horizontal=True, gap="small", key="steps"):
        for key, label, is_done, is_possible, show in steps:
            icon = _HERE if key == here else _DONE if is_done else _NEXT
            shown = f"**{label}**" if key == here else label
            options = {"icon": icon, "type": "tertiary", "disabled": not is_possible}
            st.button(shown, key=f"step-{key}", on_click=show, **options)  # type: ignore[arg-type]
        if _leads_on("elements", _("3 Elements"), has_energies):
            lead_to("elements")
        if _leads_on("look", _("4 Look"), is_open):
            lead_to("bench")
        if _leads_on("register", _("5 Register a photograph"), is_open):
            st.switch_page("pages/register.py")


def _leads_on(key: str, label: str, is_possible: bool) -> bool:
    return st.button(label, key=f"step-{key}", icon=_NEXT, type="tertiary", disabled=not is_possible)


def _show_task(task: str) -> None:
    st.session_state[TASK] = task


def _state() -> tuple[bool, bool]:
    """Return whether a scan is open, and whether it has energies."""
    identifier = choice().stack
    if identifier is not None:
        with suppress(MaxrfError):  # it cannot be read
            return True, open_scan_of(identifier).axis.unit == "keV"
    return False, False

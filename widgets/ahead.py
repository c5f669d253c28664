"""What is begun at once, ahead of the page that is made anew after an act?

The scripts beside charts ask for it (`server.answering`): for the spectrum of a pixel in the moment of the
click, which they put into the chart where it belongs; and for the map of a band that is still being dragged
where the mouse rests or is let go, which the page then finds made, or nearly.
"""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from server.answering import Answer, Respondent
from server.application import below_app
from widgets.spectrum_figures import as_taken


def answer_ahead(name: str, answer: Answer) -> dict[str, str]:
    """Let a chart's script of this session ask for something, from now on by this answer.

    Parameters
    ----------
    name : str
        Tells it from others of the session.
    answer : callable
        As in `server.answering.Respondent`. It runs beside the pages, so nothing of Streamlit is at hand.

    Returns
    -------
    dict
        ``address`` at which the script asks, as it gets it.
    """
    key = f"ahead/{name}"
    if key not in st.session_state:
        st.session_state[key] = Respondent(answer)
    respondent: Respondent = st.session_state[key]
    respondent.answer = answer
    return {"address": below_app(respondent.address)}


def band_ahead(name: str, make: Callable[[float, float, Callable[[], bool]], None]) -> dict[str, str]:
    """Have something made for a band while it is being dragged in a chart of this session.

    Parameters
    ----------
    name : str
        Tells it from others of the session.
    make : callable
        Takes the band (lo, hi) and what tells, from then on, whether the band is still the last one. It runs
        beside the pages, so nothing of Streamlit is at hand.
    """
    # Of the session, since each run of the page leaves another answer.
    last: list[object] = st.session_state.setdefault(f"ahead/{name}/last", [])

    def answer(query: Mapping[str, str]) -> dict[str, Any]:
        this = object()
        last[:] = [this]
        make(*as_taken(float(query["from"]), float(query["to"])), lambda: last == [this])
        return {}

    return answer_ahead(name, answer)

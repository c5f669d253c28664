"""What is shown at once after an act, ahead of the page that is made anew for it?

The script beside a map asks for the spectrum of a pixel in the moment of the click, and puts it into the
chart where it belongs (`server.answering`). A band's map is not asked for so: nearly all its time goes into
making it, and the page's run brings it as soon.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from server.answering import Answer, Respondent
from server.application import below_app


@dataclass(frozen=True)
class Ahead:
    """Where a chart's script asks, and where it puts the answer.

    Attributes
    ----------
    address : str
    container_key : str
        Of the chart that shows the answer.
    """

    address: str
    container_key: str

    def for_browser(self) -> dict[str, Any]:
        """Give it as the script gets it."""
        return {"address": self.address, "container": self.container_key}


def answer_ahead(name: str, container_key: str, answer: Answer) -> Ahead:
    """Let a chart's script of this session ask for something, from now on by this answer.

    Parameters
    ----------
    name : str
        Tells it from others of the session.
    container_key : str
        Of the chart that shows the answer.
    answer : callable
        As in `server.answering.Respondent`. It runs beside the pages, so nothing of Streamlit is at hand.
    """
    key = f"ahead/{name}"
    if key not in st.session_state:
        st.session_state[key] = Respondent(answer)
    respondent: Respondent = st.session_state[key]
    respondent.answer = answer
    return Ahead(below_app(respondent.address), container_key)


def numbers_in(query: Mapping[str, str], first: str, second: str) -> tuple[float, float]:
    """Read two numbers out of what was asked.

    Raises
    ------
    KeyError, ValueError
        Where they are not there.

    Examples
    --------
    >>> numbers_in({"x": "6.5", "y": "80"}, "x", "y")
    (6.5, 80.0)
    """
    return float(query[first]), float(query[second])

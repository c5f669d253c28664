"""What is shown at once after an act, ahead of the page that is made anew for it?

The script beside a map asks for the spectrum of a pixel in the moment of the click, and puts it into the
chart where it belongs (`server.answering`). A band's map is not asked for so: nearly all its time goes into
making it, and the page's run brings it as soon.
"""

import streamlit as st

from server.answering import Answer, Respondent
from server.application import below_app


def answer_ahead(name: str, container_key: str, answer: Answer) -> dict[str, str]:
    """Let a chart's script of this session ask for something, from now on by this answer.

    Parameters
    ----------
    name : str
        Tells it from others of the session.
    container_key : str
        Of the chart that shows the answer.
    answer : callable
        As in `server.answering.Respondent`. It runs beside the pages, so nothing of Streamlit is at hand.

    Returns
    -------
    dict
        ``address`` at which the script asks, and ``container``, as it gets them.
    """
    key = f"ahead/{name}"
    if key not in st.session_state:
        st.session_state[key] = Respondent(answer)
    respondent: Respondent = st.session_state[key]
    respondent.answer = answer
    return {"address": below_app(respondent.address), "container": container_key}

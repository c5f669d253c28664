"""Drawing of the guide: the list of its pages, or one of them."""

import streamlit as st

from widgets.guide.topics import Picture, Topic, sections, topic
from widgets.session.language import _

_WIDTH = 820  # screen pixels; longer lines are hard to read
_TOPIC = "guide-topic"  # session key: the name of the page that is shown


def show_guide() -> None:
    """Show the page of the guide that was chosen, else the list of all."""
    chosen = topic(st.session_state.get(_TOPIC))
    with st.container(width=_WIDTH):
        if chosen is None:
            _list_topics()
        else:
            _show_topic(chosen)


def _list_topics() -> None:
    st.write(_("The guide is in English. It needs no connection to the internet."))
    for title, topics in sections().items():
        st.header(title, anchor=False)
        with st.container(gap="xxsmall"):
            for each in topics:
                _button(each)


def _show_topic(shown: Topic) -> None:
    st.button(_("All pages of the guide"), icon=":material/arrow_back:", on_click=_choose, args=(None,))
    st.markdown(f"## {shown.title}")
    for part in shown.parts:
        if isinstance(part, Picture):
            st.image(part.path, alt=part.alt)
        else:
            st.markdown(part)
    related = [found for name in shown.related if (found := topic(name)) is not None]
    if related:
        st.header(_("See also"), anchor=False)
        with st.container(gap="xxsmall"):
            for each in related:
                _button(each)


def _button(leads_to: Topic) -> None:
    st.button(
        leads_to.title,
        key=f"guide-{leads_to.name}",
        type="tertiary",
        icon=":material/article:",
        on_click=_choose,
        args=(leads_to.name,),
    )


def _choose(name: str | None) -> None:
    st.session_state[_TOPIC] = name

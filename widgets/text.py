"""How does text from files reach the page, so that it is shown as it is and does nothing?"""

import re

import streamlit as st

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:^=&])")


def escaped(text: object) -> str:
    """Write a text so that Markdown shows it letter by letter, on one line.

    Examples
    --------
    >>> print(escaped("![x](http://host/a_b)"))
    \\!\\[x\\]\\(http\\://host/a\\_b\\)
    """
    return _MARKDOWN.sub(r"\\\1", " ".join(str(text).split()))


def show_error(error: BaseException) -> None:
    """Show what went wrong in a calm sentence."""
    st.error(escaped(error), icon=":material/error:")


def show_briefly(error: BaseException) -> None:
    """Show at the page's edge why what was just typed or chosen is not taken."""
    st.toast(escaped(error), icon=":material/error:", duration="long")


def show_warning(error: BaseException) -> None:
    """Show what does not fit yet, while the visitor is still at it."""
    st.warning(escaped(error), icon=":material/warning:")

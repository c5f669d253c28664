"""How does text from files reach the page, so that it is shown as it is and does nothing?"""

import re

import streamlit as st

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:^=&])")
# What Streamlit (1.67) looks for in the text that is left when Markdown is done, so that no backslash helps:
# addresses, of which it makes links, icons, its own logo, and signs of which it makes an arrow or a dash.
_TURNED = re.compile(
    r"(?<=:)(?=//|material|streamlit)|(?<=@)(?=[-\w])|(?<=www)(?=\.)"
    r"|(?<=(?<!\S)[-<>~])(?=[-=>](?!\S)|->(?!\S))",
    re.IGNORECASE,
)
_JOINER = "\u2060"  # takes no room and means nothing


def escaped(text: object) -> str:
    """Write a text so that Markdown shows it letter by letter, on one line.

    Examples
    --------
    >>> print(escaped("![x](a_b)"))
    \\!\\[x\\]\\(a\\_b\\)
    >>> escaped("http://host.org") == escaped("http:") + "\u2060" + escaped("//host.org")
    True
    """
    return _MARKDOWN.sub(r"\\\1", _TURNED.sub(_JOINER, " ".join(str(text).split())))


def show_error(error: BaseException) -> None:
    """Show what went wrong in a calm sentence."""
    st.error(escaped(error), icon=":material/error:")


def show_briefly(error: BaseException) -> None:
    """Show at the page's edge why what was just typed or chosen is not taken."""
    st.toast(escaped(error), icon=":material/error:", duration="long")


def show_warning(error: BaseException) -> None:
    """Show what does not fit yet, while the visitor is still at it."""
    st.warning(escaped(error), icon=":material/warning:")

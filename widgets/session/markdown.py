"""Text from files on the page: escaped for Markdown, and error messages."""

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
    """Escape a text so that Markdown shows it literally, on one line.

    Examples
    --------
    >>> print(escaped("![x](a_b)"))
    \\!\\[x\\]\\(a\\_b\\)
    >>> escaped("http://host.org") == escaped("http:") + "\u2060" + escaped("//host.org")
    True
    """
    return _MARKDOWN.sub(r"\\\1", _TURNED.sub(_JOINER, " ".join(str(text).split())))


def show_error(error: BaseException) -> None:
    """Show an error message on the page."""
    st.error(escaped(error), icon=":material/error:")


def show_briefly(error: BaseException) -> None:
    """Show for a few seconds why an input is not accepted."""
    st.toast(escaped(error), icon=":material/error:", duration="long")


def show_warning(error: BaseException) -> None:
    """Show a warning while the visitor is still working on it."""
    st.warning(escaped(error), icon=":material/warning:")

"""A text from a file is shown as it is, whatever it holds, and errors as sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from widgets.session.markdown import escaped

SIGNS = "\\`*_{}[]()#+-.!|~<>$:^=&"


@given(st.text(st.sampled_from(SIGNS + "ab 0")))
def test_every_sign_of_markdown_is_escaped_and_no_other(text: str):
    shown = escaped(text).replace("\u2060", "")
    expected = " ".join(text.split())
    assert shown == "".join(f"\\{sign}" if sign in SIGNS else sign for sign in expected)


@pytest.mark.parametrize("text", ["a\n# heading", "one\n\n- two", "tab\tand\r\nline"])
def test_a_text_stays_on_one_line(text: str):
    assert "\n" not in escaped(text)
    assert "\r" not in escaped(text)


@pytest.mark.parametrize(
    "text", ["https://host.org/a", "me@host.org", "www.host.org", ":material/delete:", "a -> b", "<- a"]
)
def test_what_streamlit_makes_of_a_text_beside_markdown_is_prevented(text: str):
    assert "\u2060" in escaped(text)
    assert escaped(text).replace("\u2060", "").replace("\\", "") == text


@pytest.mark.parametrize(("function", "kind"), [("show_error", "error"), ("show_warning", "warning")])
def test_an_error_is_shown_as_its_sentence(function: str, kind: str):
    def page(function: str) -> None:
        from maxrf_core.errors import DatastackError
        from widgets.session import markdown

        getattr(markdown, function)(DatastackError("my *scan*.datastack is damaged."))

    app = AppTest.from_function(page, args=(function,)).run()
    assert [each.value for each in getattr(app, kind)] == ["my \\*scan\\*\\.datastack is damaged\\."]

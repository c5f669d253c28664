"""What the server answers beside the pages is in the language that the visitor's browser prefers."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.language import translation
from server.request_language import preferred_locale
from tests.server.http_client import ask, put

EMPTY = "This file is empty; choose another one."
DUTCH = "Dit bestand is leeg; kies een ander."


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("nl", "nl"),
        ("nl-NL,nl;q=0.9,en;q=0.8", "nl-NL"),
        ("en;q=0.8, it-IT;q=0.9", "it-IT"),
        ("zh-Hant-TW", "zh-Hant-TW"),
        ("nl;q=0, it", "it"),
        ("", None),
        ("*", None),
        ("../../nl", None),
        ("nl;q=x", None),
    ],
)
def test_the_locale_with_the_largest_weight_is_preferred(header: str, locale: str | None):
    assert preferred_locale(header) == locale


@given(st.text(alphabet="nlIT-;q=01.*/, é\x00", max_size=60))
def test_no_header_makes_it_fail_or_leads_to_another_folder(header: str):
    locale = preferred_locale(header)
    assert locale is None or locale.replace("-", "").isalnum()
    translation(locale or "en")


def test_a_refused_upload_is_explained_in_the_language_of_the_browser(port: int, translations: Callable):
    translations({EMPTY: DUTCH})
    assert put(port, "a.rpl", b"", Accept_Language="nl-NL, en;q=0.5") == (413, {"error": DUTCH})
    assert put(port, "a.rpl", b"", Accept_Language="it") == (413, {"error": EMPTY})
    assert put(port, "a.rpl", b"") == (413, {"error": EMPTY})


def test_what_another_thread_finds_in_a_file_is_explained_in_that_language_too(
    port: int, translations: Callable
):
    translations({"is empty": "is leeg", "cannot be read": "kan niet worden gelezen"})
    status, answer = put(port, "a.png", b"no picture", Accept_Language="nl")
    assert status == 422
    assert "error" in answer


def test_a_link_that_is_too_old_is_explained_in_that_language(port: int, translations: Callable):
    translations({"This link is too old; reload the page in which it was.": "Deze link is te oud."})
    assert ask(port, "GET", "/made/guessed", Accept_Language="nl") == (404, b"Deze link is te oud.")

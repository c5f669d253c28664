"""Texts are in the language of the visitor's browser, on the page and beside it."""

import datetime
from collections.abc import Callable

from widgets.session import language


def test_a_date_is_written_in_the_visitors_language(translations: Callable):
    translations({"March": "maart"})
    day = datetime.date(2026, 3, 9)
    assert language.date_in_words(day) == "9 March 2026"
    with language.in_locale("nl-NL"):
        assert language.date_in_words(day) == "9 maart 2026"

"""The visitor's language, for texts of the app and of `maxrf_core.language`, whose markers the app uses."""

import datetime

import streamlit as st

from maxrf_core.language import (
    _,
    counted,
    current_locale,
    in_locale,
    marked,
    register_locale_source,
    translated,
)
from server.streamlit_internals import is_on_page

__all__ = [
    "_",
    "counted",
    "current_locale",
    "date_in_words",
    "in_locale",
    "marked",
    "translated",
    "visitor_locale",
]

MONTHS = (
    marked("January"),
    marked("February"),
    marked("March"),
    marked("April"),
    marked("May"),
    marked("June"),
    marked("July"),
    marked("August"),
    marked("September"),
    marked("October"),
    marked("November"),
    marked("December"),
)


def date_in_words(day: datetime.date) -> str:
    """Return a date in the visitor's language.

    Examples
    --------
    >>> date_in_words(datetime.date(2026, 11, 27))
    '27 November 2026'
    """
    return _("{day} {month} {year}").format(day=day.day, month=_(MONTHS[day.month - 1]), year=day.year)


def visitor_locale() -> str | None:
    """Return the locale of the visitor's browser, such as ``nl-NL``; None in a thread that serves no page."""
    return st.context.locale if is_on_page() else None


register_locale_source(visitor_locale)

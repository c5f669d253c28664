"""Texts on screen in the visitor's language: gettext, with English as the source.

A text is marked where it is shown, ``_("Open")``; numbers and names come in afterwards,
``_("{count} pixels").format(count=count)``. A constant is marked with `marked` and translated where it is
shown. ``make messages`` collects all marked texts into ``widgets/locale/maxrf4all.pot``; a translation is
``widgets/locale/LANGUAGE/LC_MESSAGES/maxrf4all.mo``.
"""

import datetime
import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

import streamlit as st

DOMAIN = "maxrf4all"
LOCALE = Path(__file__).resolve().parents[1] / "locale"
_beside_page: ContextVar[str | None] = ContextVar("locale", default=None)


def _(text: str) -> str:
    """Return a text in the visitor's language."""
    return translation(visitor_locale()).gettext(text) if text else ""  # gettext has a header under ""


def counted(one: str, more: str, count: int) -> str:
    """Return one of two texts in the visitor's language, by a count that fills their ``{count}``.

    Examples
    --------
    >>> counted("{count} pixel", "{count} pixels", 2)
    '2 pixels'
    """
    return translation(visitor_locale()).ngettext(one, more, count).format(count=count)


def marked(text: str) -> str:
    """Return a text as it is; it is collected for translation, and translated by `_` where it is shown."""
    return text


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


def visitor_locale() -> str:
    """Return the locale of the visitor's browser, such as ``nl-NL``."""
    return _beside_page.get() or st.context.locale or "en"


@contextmanager
def in_locale(locale: str) -> Iterator[None]:
    """Translate into the language of a locale, in a thread where Streamlit does not know the visitor.

    Parameters
    ----------
    locale : str
        As `visitor_locale` returned it on the visitor's page.
    """
    token = _beside_page.set(locale)
    try:
        yield
    finally:
        _beside_page.reset(token)


@lru_cache(maxsize=100)
def translation(locale: str) -> gettext.NullTranslations:
    """Return the translation for a browser's locale, such as ``nl-NL``; English if there is none.

    Parameters
    ----------
    locale : str
    """
    language = locale.replace("-", "_")
    return gettext.translation(DOMAIN, LOCALE, [language, language.split("_")[0]], fallback=True)

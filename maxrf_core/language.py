"""Sentences in the reader's language: gettext, with English as the source.

A text is marked where it is shown or raised, ``_("Open")``; numbers and names come in afterwards,
``_("{count} pixels").format(count=count)``. A constant is marked with `marked` and translated where it is
shown. ``make messages`` collects all marked texts into ``maxrf_core/locale/maxrf4all.pot``; a translation is
``maxrf_core/locale/LANGUAGE/LC_MESSAGES/maxrf4all.mo``.

Without a locale all is English, as in notebooks and on the command line. The app sets it: for its pages
by `register_locale_source`, for threads by `in_locale` and `call_in_locale`, for processes by MAXRF_LOCALE.
What is written to files is always English, see `Note`.
"""

import gettext
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

DOMAIN = "maxrf4all"
LOCALE = Path(__file__).resolve().parent / "locale"
ENGLISH = "en"
VARIABLE = "MAXRF_LOCALE"  # of the environment, for processes that the app starts

T = TypeVar("T")
R = TypeVar("R")
LocaleSource = Callable[[], str | None]

_set: ContextVar[str | None] = ContextVar("locale", default=None)
_sources: list[LocaleSource] = []


def _(text: str) -> str:
    """Return a text in the reader's language."""
    return translation(current_locale()).gettext(text) if text else ""  # gettext has a header under ""


def counted(one: str, more: str, count: int) -> str:
    """Return one of two texts in the reader's language, by a count that fills their ``{count}``.

    Examples
    --------
    >>> counted("{count} pixel", "{count} pixels", 2)
    '2 pixels'
    """
    return translation(current_locale()).ngettext(one, more, count).format(count=count)


def marked(text: str) -> str:
    """Return a text as it is; it is collected for translation, and translated by `_` where it is shown."""
    return text


class Note(str):
    """A sentence in English, as files keep it, that `translated` shows in the reader's language.

    For what is stored or cached, and so read by others than the one who caused it.

    Parameters
    ----------
    text : str
        English, with fields as of `str.format`.
    **fields
        Values of the fields; those that are notes are translated with the sentence.

    Examples
    --------
    >>> Note("{count} bytes too short", count=12)
    '12 bytes too short'
    """

    template: str
    fields: dict[str, Any]

    def __new__(cls, text: str, **fields: Any) -> "Note":
        """Fill the fields in English, and keep the parts for the translation."""
        note = super().__new__(cls, text.format(**fields) if fields else text)
        note.template, note.fields = text, fields
        return note


def translated(text: str) -> str:
    """Return a note or a marked constant in the reader's language; any other text as it is."""
    if not isinstance(text, Note) or not text.fields:
        return _(text)
    fields = {
        name: translated(value) if isinstance(value, Note) else value for name, value in text.fields.items()
    }
    return _(text.template).format(**fields)


def current_locale() -> str:
    """Return the locale of whoever reads this thread's texts, such as ``nl-NL``; ``en`` if it is unknown."""
    found = _set.get() or next(filter(None, (source() for source in _sources)), None)
    return found or os.environ.get(VARIABLE) or ENGLISH


def current_language() -> str:
    """Return the language in which `_` returns texts, such as ``nl``; ``en`` where nothing is translated."""
    language = translation(current_locale()).info().get("language", ENGLISH)
    return str(language).replace("_", "-")


@contextmanager
def in_locale(locale: str) -> Iterator[None]:
    """Translate into the language of a locale within a block.

    Parameters
    ----------
    locale : str
        Such as ``nl-NL``, as `current_locale` returned it on the visitor's page.

    Examples
    --------
    >>> with in_locale("nl-NL"):
    ...     current_locale()
    'nl-NL'
    """
    token = _set.set(locale)
    try:
        yield
    finally:
        _set.reset(token)


def call_in_locale(locale: str, work: Callable[[T], R], item: T) -> R:
    """Return ``work(item)``, called in a locale; for tasks that run in other threads or processes."""
    with in_locale(locale):
        return work(item)


def register_locale_source(source: LocaleSource) -> None:
    """Call a function for the reader's locale wherever none is set by `in_locale`.

    Parameters
    ----------
    source : callable
        Returns a locale, or None in threads that serve no reader.
    """
    if source not in _sources:
        _sources.append(source)


@lru_cache(maxsize=100)
def translation(locale: str) -> gettext.NullTranslations:
    """Return the translation for a locale, such as ``nl-NL``; English if there is none.

    Parameters
    ----------
    locale : str
    """
    language = locale.replace("-", "_")
    return gettext.translation(DOMAIN, LOCALE, [language, language.split("_")[0]], fallback=True)

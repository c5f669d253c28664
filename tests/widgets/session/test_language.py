"""Texts are in the language of the visitor's browser, on the page and beside it."""

import datetime
import gettext
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from widgets.session import language


@pytest.fixture
def translations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[dict[str, str]], None]]:
    """Return a function that installs a Dutch translation."""

    def install(texts: dict[str, str]) -> None:
        folder = tmp_path / "nl" / "LC_MESSAGES"
        folder.mkdir(parents=True)
        catalogue = Catalog(locale="nl")
        for text, translated in texts.items():
            catalogue.add(text, translated)
        with (folder / "maxrf4all.mo").open("wb") as file:
            write_mo(file, catalogue)

    monkeypatch.setattr(language, "LOCALE", tmp_path)
    language.translation.cache_clear()
    yield install
    language.translation.cache_clear()


def test_a_translation_is_found_by_the_browsers_locale(translations: Callable):
    translations({"Open": "Openen"})
    assert language.translation("nl-NL").gettext("Open") == "Openen"
    assert language.translation("it-IT").gettext("Open") == "Open"
    assert isinstance(language.translation("de"), gettext.NullTranslations)


def test_a_date_is_written_in_the_visitors_language(translations: Callable):
    translations({"March": "maart"})
    day = datetime.date(2026, 3, 9)
    assert language.date_in_words(day) == "9 March 2026"
    with language.in_locale("nl-NL"):
        assert language.date_in_words(day) == "9 maart 2026"


def test_what_is_answered_beside_a_page_is_in_the_visitors_language(monkeypatch: pytest.MonkeyPatch):
    asked = []
    monkeypatch.setattr(
        language, "translation", lambda name: asked.append(name) or gettext.NullTranslations()
    )
    with language.in_locale("nl-NL"):
        assert language._("Open") == "Open"
    language._("Open")
    assert asked == ["nl-NL", "en"]

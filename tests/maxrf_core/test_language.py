"""Sentences are in the reader's language, also those of threads and processes; files keep English."""

import gettext
from collections.abc import Callable

import pytest

from maxrf_core import language
from maxrf_core.errors import ScanError
from maxrf_core.readers.rpl_header import parse_header
from maxrf_core.workers import local_workers

MISSING = "{name} {what}: it lacks {listed}."
PIXEL = "the size that it gives for a pixel cannot be meant and was left out."


def test_a_translation_is_found_by_the_browsers_locale(translations: Callable):
    translations({"Open": "Openen"})
    assert language.translation("nl-NL").gettext("Open") == "Openen"
    assert language.translation("it-IT").gettext("Open") == "Open"
    assert isinstance(language.translation("de"), gettext.NullTranslations)


def test_what_is_answered_beside_a_page_is_in_the_visitors_language(monkeypatch: pytest.MonkeyPatch):
    asked = []
    monkeypatch.setattr(
        language, "translation", lambda name: asked.append(name) or gettext.NullTranslations()
    )
    with language.in_locale("nl-NL"):
        assert language._("Open") == "Open"
    language._("Open")
    assert asked == ["nl-NL", "en"]


def test_worker_threads_speak_the_language_of_whoever_started_them(translations: Callable):
    translations({MISSING: "In {name} ontbreken {listed}: {what}."})

    def refused(text: str) -> str:
        with pytest.raises(ScanError) as error:
            parse_header(text, "scan.rpl")
        return str(error.value)

    with language.in_locale("nl-NL"), local_workers(2) as workers:
        told = [sentence for _item, sentence in workers.in_order(refused, ["width 3\nheight 2"] * 3)]
    assert len(told) == 3
    assert all(sentence.startswith("In scan.rpl ontbreken") for sentence in told)


def test_a_note_is_kept_in_english_and_shown_translated(translations: Callable):
    translations({PIXEL: "de pixelmaat is weggelaten."})
    with language.in_locale("nl-NL"):
        note = language.Note("{name}: {note}", name="a.rpl", note=language.Note(PIXEL))
        assert note == f"a.rpl: {PIXEL}"
        assert language.translated(note) == "a.rpl: de pixelmaat is weggelaten."
    assert language.translated(note) == note


def test_a_process_that_the_app_starts_speaks_the_language_that_it_is_given(
    translations: Callable, monkeypatch: pytest.MonkeyPatch
):
    translations({"is empty": "is leeg"})
    assert language._("is empty") == "is empty"
    monkeypatch.setenv(language.VARIABLE, "nl-NL")
    assert language._("is empty") == "is leeg"

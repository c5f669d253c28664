"""A page says in the visitor's language what maxrf_core reports."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.runtime.context import ContextProxy

from tests.pages.conftest import Open

NO_DATASTACK = "{name} {what}; choose another file, or convert the raw scan again."


def test_a_page_shows_the_cores_error_in_the_language_of_the_visitors_browser(
    open_page: Open, data_folder: Path, translations: Callable, monkeypatch: pytest.MonkeyPatch
):
    translations({"is empty": "is leeg", NO_DATASTACK: "{name} {what}; kies een ander bestand."})
    (data_folder / "empty.datastack").touch()
    english = "empty\\.datastack is empty; choose another file, or convert the raw scan again\\."
    assert english in open_page("maps", "empty.datastack").error[0].value
    # The browser states its language; AppTest has no browser.
    monkeypatch.setattr(ContextProxy, "locale", property(lambda context: "nl-NL"))
    shown = open_page("maps", "empty.datastack").error[0].value
    assert "empty\\.datastack is leeg; kies een ander bestand" in shown

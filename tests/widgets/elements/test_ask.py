"""A question on the bench is answered there, and what was found is laid on it."""

from pathlib import Path

import pytest

from tests.pages.conftest import choice_of
from tests.pages.elements_scan import examined_folder, open_made

__all__ = ["examined_folder"]


def test_where_is_iron_is_answered_on_the_bench(examined_folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MAXRF_DATA", str(examined_folder))
    app = open_made("look")
    app.text_input(key="look-query").set_value("lead or iron").run()
    assert not app.exception
    [answered] = [each.value for each in app.info if "Lead is there for sure" in each.value]
    assert "iron is there for sure" in answered
    assert {"Pb-L", "Fe-K"} <= set(choice_of(app).bench.keys)
    before = choice_of(app).bench.keys
    app.text_input(key="look-query").set_value("arsenic").run()
    assert any("Arsenic is not found" in each.value for each in app.info)
    app.text_input(key="look-query").set_value("unobtainium").run()
    assert any("No element or pigment" in each.value for each in app.warning)
    assert choice_of(app).bench.keys == before

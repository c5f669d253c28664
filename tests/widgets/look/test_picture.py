"""Layers side by side: each in a chart of its own, the highest first, up to four."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.maxrf_core.elements.made_scan import COUNTS
from tests.pages.conftest import choice_of
from tests.pages.elements_scan import examined_folder, open_made
from tests.shown_charts import figure_of

__all__ = ["examined_folder"]


def test_each_layer_has_its_own_picture(examined_folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MAXRF_DATA", str(examined_folder))
    app = open_made("look")
    assert app.toggle(key="look-beside").disabled  # there is one layer only
    for family in [family for family in COUNTS if family not in choice_of(app).bench.keys][:2]:
        app.selectbox(key="look-add").set_value(family).run()
    app.toggle(key="look-beside").set_value(True).run()
    assert not app.exception
    shown = [figure_of(app, f"look-picture-{number}")["map"]["layers"] for number in range(3)]
    assert [[layer["key"] for layer in layers] for layers in shown] == [
        [key] for key in reversed(choice_of(app).bench.keys)
    ]
    # A hidden layer leaves its place to the others
    bench = choice_of(app).bench
    bench.show([replace(look, visible=look.key != bench.keys[-1]) for look in bench.looks])
    app.run()
    assert not app.exception
    [[first], [second]] = [figure_of(app, f"look-picture-{number}")["map"]["layers"] for number in range(2)]
    assert [first["key"], second["key"]] == bench.keys[1::-1]

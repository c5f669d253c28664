"""What Elements and Bands show is laid on the bench by a button, which then leads there."""

from pathlib import Path

import pytest

from maxrf_core.imaging.layer_keys import band_key
from tests.pages.conftest import choice_of, go_to
from tests.pages.elements_scan import examined_folder, open_made

__all__ = ["examined_folder"]


def test_an_element_and_a_band_are_laid_on_the_bench(examined_folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MAXRF_DATA", str(examined_folder))
    app = open_made("elements", element="Cu")
    app.button(key="lay-on-bench").click().run()
    assert choice_of(app).bench.keys == ["Cu-K"]
    go_to(app, "maps")
    app.button(key="lay-on-bench").click().run()
    band = band_key(choice_of(app).lo, choice_of(app).hi)
    assert choice_of(app).bench.keys == ["Cu-K", band]
    app.button(key="see-on-bench").click().run()
    assert not app.exception
    assert choice_of(app).part == "bench"
    assert choice_of(app).bench.keys == ["Cu-K", band]

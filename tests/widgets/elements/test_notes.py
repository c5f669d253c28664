"""What the page says of the whole scan is what was found."""

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core.elements.identify import ABSENT, Identification
from tests.pages.elements_scan import NAME, make_scan
from tests.shown_charts import figure_of
from tests.widgets.elements.made_examination import made_examination
from widgets.elements.notes import FIRST_MAP, first_element


def said_of(number: int) -> list[str]:
    """Return what is written of the made scan (0), or of one without elements (1)."""

    def page(number: int) -> None:
        from dataclasses import replace

        from maxrf_core.elements.identify import Identification
        from tests.widgets.elements.made_examination import made_examination
        from widgets.elements.notes import say_overall

        examination = made_examination()
        empty = replace(examination, identification=Identification((), "", ()))
        say_overall([examination, empty][number])

    app = AppTest.from_function(page, args=(number,), default_timeout=60).run()
    assert not app.exception
    return [each.value for each in app.markdown]


def test_sure_elements_are_listed_and_the_anode_is_not_among_the_possible():
    [said] = said_of(0)
    assert said.startswith("**Sure:** ")
    assert "Rh" not in said


def test_a_scan_of_noise_has_no_elements():
    assert said_of(1) == ["No element stands out from the noise of this scan."]


def test_the_first_element_is_a_sure_one():
    examination = made_examination()
    found = examination.identification.of(first_element(examination))
    assert found is not None
    assert found.status == "sure"
    absent = tuple(each for each in examination.identification.findings if each.status == ABSENT)
    nothing = replace(examination, identification=Identification(absent, "", ()))
    assert first_element(nothing) == "Fe"


def test_a_map_is_seen_while_the_elements_are_being_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def page(name: str) -> None:
        from widgets.elements.notes import show_meanwhile
        from widgets.session.choice import choice
        from widgets.session.scan import open_scan_of

        choice().lo, choice().hi = 6.2, 6.6
        show_meanwhile(open_scan_of(name))

    monkeypatch.setenv("MAXRF_DATA", str(tmp_path))
    height, width = make_scan(tmp_path / NAME).shape[:2]
    app = AppTest.from_function(page, args=(NAME,), default_timeout=60).run()
    assert not app.exception
    assert any("a map of all counts in a band: 6.2" in each.value for each in app.caption)
    layout = figure_of(app, FIRST_MAP)["layout"]
    assert layout["xaxis"]["range"] == [-0.5, width - 0.5]
    assert sorted(layout["yaxis"]["range"]) == [-0.5, height - 0.5]

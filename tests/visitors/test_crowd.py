"""Visitors at the same time are served correctly, and nobody sees another's data."""

from pathlib import Path

import pytest

from tests.browser.app_server import AppServer
from tests.visitors.conftest import DEMO, PHOTO
from tests.visitors.crowd import Crowd
from tests.visitors.session import Visitor

FEW = Crowd(visitors=2, photographers=2, uploaders=1, photo=PHOTO, each=1)
MANY = Crowd(visitors=8, photographers=5, uploaders=3, seconds=60, photo=PHOTO, each=3)


@pytest.mark.parametrize("crowd", [FEW, pytest.param(MANY, marks=pytest.mark.soak)], ids=["two", "eight"])
def test_visitors_at_once_get_what_each_asked_for_and_nothing_of_the_others(
    crowd: Crowd, app: AppServer, tmp_path: Path
):
    actions, _ = crowd.visit(app, DEMO, tmp_path)
    assert len(actions) > crowd.visitors * 12
    assert app.peak_memory() < 1e9


def test_a_file_that_was_made_waits_for_its_visitor_while_others_are_busy(app: AppServer):
    with Visitor(app.url) as anna, Visitor(app.url) as bert:
        for visitor in (anna, bert):
            visitor.visit("spectra", stack=DEMO)
        address = anna.ask_for_file("download-spectra-csv")
        for title in ("Bands", "Spectra", "Bands"):
            bert.open_page(title)
        answer = anna.cookies.get(f"{app.url}{address}")
        assert answer.status_code == 200
        assert answer.text.startswith("channel,keV,")
        assert 'filename="demo_spectra.csv"' in answer.headers["Content-Disposition"]

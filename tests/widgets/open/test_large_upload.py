"""The area for uploads says what may be uploaded, and its ticket admits the visitor's own files alone."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from server import transfer_tickets as tickets


@pytest.fixture
def area(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return a page with an area for raw scans of two files, on a server that takes 2.5 GB."""
    monkeypatch.setenv("MAXRF_UPLOAD_LIMIT", "2,5")

    def page() -> None:
        from widgets.open.large_upload import large_upload
        from widgets.session.visitor import owner

        large_upload("area", [[[".rpl"], [".raw", ".dat"]]], "Choose the files", "Only raw scans.")
        owner()

    return AppTest.from_function(page)


def sent(app: AppTest) -> dict[str, Any]:
    """Run the page; return what the script in the browser gets."""
    app.run()
    assert not app.exception
    [uploader] = app.get("bidi_component")
    data: dict[str, Any] = json.loads(uploader.proto.json)
    return data


def test_the_area_says_how_large_a_file_may_be_and_which_files_belong_together(area: AppTest):
    data = sent(area)
    assert "up to 2.5 GB" in data["note"]
    assert data["kinds"] == [[[".rpl"], [".raw", ".dat"]]]
    assert (data["label"], data["wanted"]) == ("Choose the files", "Only raw scans.")


def test_the_ticket_is_good_for_this_visitor_and_browser_alone(area: AppTest):
    data = sent(area)
    owner = tickets.read_upload(data["ticket"], "")
    assert owner is not None
    other = AppTest.from_function(area_of_another)
    assert tickets.read_upload(sent(other)["ticket"], "") != owner


def area_of_another() -> None:
    from widgets.open.large_upload import large_upload

    large_upload("area", [[[".datastack"]]], "Choose a file", "Only datastacks.")


def test_the_area_stays_as_it_is_while_the_page_runs_again(area: AppTest):
    first = sent(area)
    assert sent(area) == first
    _, since = area.session_state["upload-ticket"]
    area.session_state["upload-ticket"] = "the page's ticket", since - tickets.SECONDS / 4
    assert sent(area)["ticket"] == "the page's ticket"


def test_an_old_ticket_is_replaced_before_it_ends(area: AppTest):
    ticket = sent(area)["ticket"]
    _, since = area.session_state["upload-ticket"]
    area.session_state["upload-ticket"] = "an old one", since - tickets.SECONDS / 2 - 1
    renewed = sent(area)["ticket"]
    assert tickets.read_upload(renewed, "") == tickets.read_upload(ticket, "")

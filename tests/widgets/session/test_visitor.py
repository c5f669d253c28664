"""An upload belongs to the visitor who made it."""

from pathlib import Path

import pytest

from server.visitor_cookie import owner_id
from tests.pages.conftest import Open, arrive, choice_of, texts


def test_an_upload_opens_for_its_uploader_alone(
    open_page: Open, data_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MAXRF_SHARED", "1")
    app = open_page("open", stack=None)
    app.session_state["visitor-secret"] = "Anna's"
    identifier = arrive(owner_id("Anna's"), "my scan.datastack", data_folder / "demo.datastack").identifier
    stranger = open_page("open", stack=None)
    assert identifier not in str([button.key for button in stranger.button])
    assert "my scan" not in texts(stranger)
    told = open_page("maps", stack=identifier)  # by somebody to whom the address was sent
    assert "not here any more" in texts(told)
    app.run()
    app.button(key=f"open-{identifier}").click().run()
    assert choice_of(app).stack == identifier
    app.switch_page("pages/open.py").run()
    app.button(key=f"remove-{identifier}").click().run()
    assert not app.exception
    assert not list(data_folder.glob(".uploads/*/*/*"))

"""A page with uploads says where they are kept and for how long."""

from pathlib import Path

import pytest

from server.visitor_cookie import owner_id
from tests.pages.conftest import Open, arrive, choice_of, texts
from widgets.open.upload import kept_for


def test_on_ones_own_computer_an_upload_is_a_scan_like_others(open_page: Open, data_folder: Path):
    upload = arrive(owner_id("me"), "my scan.datastack", data_folder / "demo.datastack")
    (data_folder / "demo.datastack").unlink()
    app = open_page("open", stack=None)
    app.button(key=f"open-{upload.identifier}").click().run()
    assert choice_of(app).stack == "my scan.datastack"
    app.switch_page("pages/open.py").run()
    app.segmented_control(key="open-task").set_value("upload").run()
    assert "stays there" in texts(app)


@pytest.mark.parametrize(("hours", "words"), [("24", "24 hours"), ("168", "7 days"), ("60", "2.5 days")])
def test_visitors_of_a_server_see_for_how_long_their_uploads_stay(
    monkeypatch: pytest.MonkeyPatch, hours: str, words: str
):
    monkeypatch.setenv("MAXRF_SHARED", "1")
    monkeypatch.setenv("MAXRF_UPLOAD_TTL", hours)
    assert f"removed {words} after they were last opened" in kept_for()

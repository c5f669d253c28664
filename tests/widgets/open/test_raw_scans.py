"""A raw scan is chosen from the data folder or uploaded, in any format that can be read."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core.readers import RAW_FORMATS
from tests.pages.conftest import Open, texts


@pytest.fixture
def app(open_page: Open, data_folder: Path) -> AppTest:
    """Open the task *Convert a raw scan* with a scan in a sub-folder of the data folder."""
    (data_folder / "2024").mkdir()
    (data_folder / "2024" / "panel.rpl").write_text("width\t1\n")
    app = open_page("open", stack=None)
    return app.segmented_control(key="open-task").set_value("convert").run()


def test_the_scans_of_the_data_folder_are_listed_and_an_upload_is_offered(app: AppTest):
    assert app.selectbox(key="convert-source").options == ["2024/panel.rpl", "Upload one"]


def test_every_format_is_named_and_its_files_may_be_chosen(app: AppTest):
    app.selectbox(key="convert-source").select("Upload one").run()
    assert not app.exception
    assert [form.name for form in RAW_FORMATS if f"({form.name})" not in texts(app)] == []
    offered = [
        json.loads(each.proto.json) for each in app.get("bidi_component") if "kinds" in each.proto.json
    ]
    assert [data["kinds"] for data in offered] == [
        [[list(endings) for endings in form.files] for form in RAW_FORMATS if not form.scan_in_folder]
    ]
    assert [data["together"] for data in offered] == [[[".mca", ".spx", ".msa", ".txt"], [".edf", ".edf.gz"]]]


def test_visitors_of_a_read_only_server_are_not_told_to_put_files_there(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
):
    app.selectbox(key="convert-source").select("Upload one").run()
    assert "are listed here by themselves" in texts(app)
    monkeypatch.setenv("MAXRF_READ_ONLY", "1")
    app.run()
    assert "are listed here by themselves" not in texts(app)


def test_a_scan_that_cannot_be_read_is_told_in_one_sentence(app: AppTest):
    [error] = app.error
    assert "panel" in error.value

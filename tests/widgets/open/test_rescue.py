"""What a broken file still holds is rescued into a new one."""

from pathlib import Path

import numpy as np
import pytest

from maxrf_core import DataStack
from server.upload_check import CannotBeOpenedError
from server.visitor_cookie import owner_id
from tests.pages.conftest import Open, arrive, press
from widgets.open.large_upload import Arrived


def test_a_broken_upload_can_be_rescued(open_page: Open, data_folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MAXRF_SHARED", "1")
    content = (data_folder / "demo.datastack").read_bytes()
    (data_folder / "cut").write_bytes(content[:-1000])
    app = open_page("open", stack=None)
    app.session_state["visitor-secret"] = "Anna's"
    with pytest.raises(CannotBeOpenedError) as error:
        arrive(owner_id("Anna's"), "cut.datastack", data_folder / "cut")
    app.session_state["upload-broken"] = Arrived(error.value.identifier, "cut.datastack", str(error.value))
    app.segmented_control(key="open-task").set_value("upload").run()
    assert len(app.error) == 1
    press(app, "Rescue what it still holds")
    assert "maxrf_cube" in app.code[0].value
    press(app, "Open what was saved")
    rescued = next(data_folder.glob(".uploads/*/*/cut_rescued.datastack"))
    whole = DataStack(data_folder / "demo.datastack")
    assert np.array_equal(DataStack(rescued).spectrum(140, 150), whole.spectrum(140, 150))


def test_a_broken_scan_of_the_data_folder_can_be_rescued(open_page: Open, data_folder: Path):
    content = (data_folder / "demo.datastack").read_bytes()
    (data_folder / "cut.datastack").write_bytes(content[:-1000])
    app = open_page("maps", stack="cut.datastack")
    press(app, "Rescue what it still holds")
    assert (data_folder / "cut_rescued.datastack").is_file()
    assert (data_folder / "cut.datastack").read_bytes() == content[:-1000]

"""Older versions are dropped, and files of maxrf4u converted, without loss."""

from pathlib import Path

import numpy as np

from maxrf_core import DataStack
from server.conversions import conversions
from server.visitor_cookie import owner_id
from tests.pages.conftest import Open, press


def test_a_file_of_maxrf4u_opens_and_can_be_converted(open_page: Open, data_folder: Path, shared):
    original = shared("data/maxrf4u/v3_head_24x20x4096.datastack")
    (data_folder / "theirs.datastack").write_bytes(original.read_bytes())
    app = open_page("contents", stack="theirs.datastack")
    press(app, "Make a converted copy")
    [begun] = conversions.of(owner_id(app.session_state["visitor-secret"]))
    assert begun.wait(60)
    assert begun.identifier == "theirs_converted.datastack"
    assert DataStack(data_folder / "theirs_converted.datastack").read_list("test_list") == [
        [1, 2],
        [3, 5, 7],
        [1],
    ]
    assert (data_folder / "theirs.datastack").read_bytes() == original.read_bytes()


def test_older_versions_are_dropped_on_request(open_page: Open, data_folder: Path):
    ds = DataStack(data_folder / "demo.datastack")
    ds.append({"note": np.array([1])})
    ds.append({"note": np.array([2])})
    app = open_page("contents")
    press(app, "Drop them")
    kept = DataStack(data_folder / "demo.datastack")
    assert "note_" not in kept.names
    assert kept.read("note").tolist() == [2]

"""The expected error of a photograph lies over it in Compare, where it is stored with its points."""

import json

import numpy as np
import pytest

from maxrf_core import DataStack
from maxrf_core.registration.error_map import ErrorMap
from tests.pages.conftest import Open, viewer_data


def keep_error_map(ds: DataStack, values: np.ndarray) -> None:
    """Store the demo's registration again, with an error map."""
    height, width = ds.shape[:2]
    error_map = ErrorMap(values, (height, width))
    record = {"refined": {"accepted": True, "uncertainty": error_map.rms, "error_map": error_map.record()}}
    names = [entry.name for entry in ds.entries() if entry.name.startswith("imvis_")]
    shared = {"registration": "again"}
    notes = {name: {**ds.attributes(name), **shared} for name in names}
    notes["imvis_points"]["refinement"] = json.dumps(record)
    ds.append({name: ds.read(name) for name in names}, notes)


def test_the_expected_error_is_a_layer_of_its_own(open_page: Open, ds: DataStack):
    keep_error_map(ds, np.array([[0.1, 0.2], [0.4, 1.7]]))
    app = open_page("compare")
    app.toggle(key="compare-error").set_value(True).run()
    assert not app.exception
    panes = viewer_data(app)[0]["panes"]
    assert [pane["title"] for pane in panes][:2] == ["Photograph", "Expected error"]
    assert float(panes[1]["legend"]["limits"][1]) == pytest.approx(1.7, abs=0.05)

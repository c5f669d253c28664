"""The widget of the notebook and its script agree on what they exchange."""

import re
from pathlib import Path

import pytest

pytest.importorskip("anywidget")

import traitlets

from maxrf_core.registration import notebook_markers
from maxrf_core.registration.notebook_markers import NotebookMarkers

SIDES = ("src", "dst")


@pytest.fixture
def markers() -> NotebookMarkers:
    points = [[0.0, 0.0], [9.0, 0.0], [0.0, 9.0], [9.0, 9.0]]
    return NotebookMarkers(src_points=points, dst_points=points, src_size=[10, 10], dst_size=[10, 10])


def test_the_script_reads_and_writes_only_what_the_widget_exchanges(markers):
    script = Path(notebook_markers.__file__).with_suffix(".js").read_text(encoding="utf-8")
    used = re.findall(r"""(?:get|set|on)\(["'`](?:change:)?([^"'`]+)["'`]""", script)
    used = {name for name in used if "_" in name}
    assert {"${side}_points", "${side}_size", "${side}_url"} <= used
    exchanged = set(markers.get_state())
    for name in used:
        assert {name.replace("${side}", side) for side in SIDES} <= exchanged, name


def test_a_dragged_marker_is_exchanged_and_the_other_picture_stays(markers):
    before = markers.dst_points
    markers.set_state({"src_points": [[0.5, 0.25], [9, 0], [0, 9], [9, 9]]})
    assert markers.src_points[0] == [0.5, 0.25]
    assert markers.dst_points == before


@pytest.mark.parametrize("points", ["here", [["x", 1]], [1, 2]])
def test_points_that_are_no_numbers_are_refused(markers, points):
    with pytest.raises(traitlets.TraitError):
        markers.src_points = points
    assert markers.src_points[1] == [9, 0]


def test_the_widget_holds_the_whole_script(markers):
    assert "export" in markers.get_state()["_esm"]

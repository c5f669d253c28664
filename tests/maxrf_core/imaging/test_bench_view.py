"""A view as JSON: read back as it was, and refused if it is none."""

import json

import pytest

from maxrf_core.errors import PictureError
from maxrf_core.imaging.bench_view import BenchView
from maxrf_core.imaging.layers import LayerLook

VIEW = BenchView(
    "Ink", (LayerLook("Fe-K", high=90), LayerLook("Pb-L", colour="#ff8000")), (1.5, 30, 40, 2), (6.2, 6.6),
    ((3, 4),), ((1, 2, 3, 4),),
)  # fmt: skip


def test_a_view_is_read_back_as_it_was_kept():
    assert BenchView.from_dict(json.loads(json.dumps(VIEW.as_dict()))) == VIEW


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": 3},
        {"name": "x" * 100},
        {"layers": "all"},
        {"layers": [{}]},
        {"layers": [{"key": "a"}] * 50},
        {"zoom": [1, 2, 3]},
        {"zoom": [1, 2, 3, float("inf")]},
        {"band": ["6", "7"]},
        {"pixels": [[1.5, 2]]},
        {"pixels": [None]},
        {"regions": [[1, 2]]},
        {"regions": 7},
    ],
)
def test_what_is_no_view_is_refused(change):
    with pytest.raises(PictureError):
        BenchView.from_dict(VIEW.as_dict() | change)


def test_what_is_not_even_a_table_is_refused():
    with pytest.raises(PictureError, match="not the description of a view"):
        BenchView.from_dict(["Ink"])

"""Views are kept in the scan beside its data, one of each name."""

import json
import shutil

import numpy as np
import pytest

from maxrf_core import DataStack
from maxrf_core.datastack.stored_views import keep_view, remove_view, stored_views
from maxrf_core.imaging.bench_view import BenchView
from maxrf_core.imaging.layers import LayerLook


@pytest.fixture
def ds(made_demo, tmp_path):
    path = tmp_path / "demo.datastack"
    shutil.copy(made_demo / "demo.datastack", path)
    return DataStack(path)


def test_a_view_is_there_when_the_scan_is_opened_again(ds):
    view = BenchView("Tinte, Blätter", (LayerLook("Fe-K"),), (0, 10, 20, 0))
    before = ds.read("maxrf_maxspectrum")
    keep_view(ds, view)
    again = DataStack(ds.path)
    assert stored_views(again) == [view]
    np.testing.assert_array_equal(again.read("maxrf_maxspectrum"), before)


def test_a_view_takes_the_place_of_one_with_its_name_and_can_be_removed(ds):
    keep_view(ds, BenchView("Ink"))
    keep_view(ds, BenchView("Sky"))
    keep_view(ds, BenchView("Ink", band=(6.2, 6.6)))
    assert [(view.name, view.band) for view in stored_views(ds)] == [("Sky", None), ("Ink", (6.2, 6.6))]
    remove_view(ds, "Sky")
    remove_view(ds, "Ink")
    assert stored_views(ds) == []


def test_what_other_programs_wrote_under_that_name_is_left_out(ds):
    texts = ["no JSON", json.dumps({"name": 3}), json.dumps(BenchView("Ink").as_dict()), "[" * 100_000]
    ds.append({"views": np.array(texts, dtype=np.str_)})
    assert [view.name for view in stored_views(ds)] == ["Ink"]
    ds.append({"views": np.zeros((3, 4))})
    assert stored_views(ds) == []

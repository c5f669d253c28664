"""A mosaic tells what it was made of: scans with their identity, places, relative errors and factors."""

import json

import numpy as np
import pytest

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.mosaic.make import make_mosaic, plan_mosaic
from maxrf_core.mosaic.placed_scan import placed_scans
from maxrf_core.mosaic.record import read_record
from maxrf_core.mosaic.survey import survey
from maxrf_core.registration.register import checksum
from tests.maxrf_core.mosaic.made_parts import RIGHT, make_both


def test_it_tells_what_it_was_made_of(tmp_path):
    paths = make_both(tmp_path, off=(3, 0))
    plan = plan_mosaic(survey(placed_scans(paths)), match_counts=True)
    ds = DataStack(make_mosaic(plan, tmp_path / "mosaic.datastack"))
    record = json.loads(str(ds.read("mosaic")))
    assert [scan["file"] for scan in record["scans"]] == ["left.datastack", "right.datastack"]
    assert [scan["sha256"] for scan in record["scans"]] == [checksum(path) for path in paths]
    assert record["photo"]["sha256"] == "a" * 64
    np.testing.assert_allclose(record["photo_to_mosaic"], plan.grid.from_photo.matrix)
    assert record["adjusted"] is True
    (overlap,) = record["overlaps"]
    assert overlap["contradicts_registrations"] is True
    assert overlap["measured"]["rms_px"] == pytest.approx(3, abs=0.15)
    assert overlap["measured"]["rms_mm"] == pytest.approx(1.5, abs=0.08)
    assert overlap["measured_after_adjustment"]["rms_px"] < 0.2
    factor = record["scans"][1]["factors"]["Fe-K"]
    assert factor["factor"] == pytest.approx(1 / RIGHT.dose, abs=4 * factor["error"])
    assert ds.about["pixel_size_mm"] == pytest.approx([0.5, 0.5])


def test_a_record_is_read_back_and_one_of_another_program_is_none(tmp_path):
    paths = make_both(tmp_path, off=(3, 0))
    assert read_record(DataStack(paths[0])) is None
    found = survey(placed_scans(paths))
    ds = DataStack(make_mosaic(plan_mosaic(found), tmp_path / "mosaic.datastack"))
    told = read_record(ds)
    assert told.files == ("left.datastack", "right.datastack")
    assert told.overlaps[0].before == pytest.approx(found.overlaps[0].distance)
    assert told.overlaps[0].after == pytest.approx(found.overlaps[0].distance_after)
    assert not told.is_matched
    record = json.loads(str(ds.read("mosaic")))
    record["scans"][1]["fitted_for_the_mosaic"] = ["Hg-L"]
    ds.append({"mosaic": np.array(json.dumps(record))})
    assert read_record(ds).fitted == {"right.datastack": ("Hg-L",)}
    for wrong in ("no JSON", "[1, 2]", '{"scans": [{}]}'):
        ds.append({"mosaic": np.array(wrong)})
        assert read_record(ds) is None

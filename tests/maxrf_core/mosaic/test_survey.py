"""A survey tells how far scans are apart, what their registrations expect, and whether it adjusted them."""

import pytest

from maxrf_core.mosaic.in_words import survey_notes
from maxrf_core.mosaic.placed_scan import placed_scans
from maxrf_core.mosaic.survey import survey
from tests.maxrf_core.mosaic.made_parts import RIGHT, make_both, make_part


def test_scans_in_their_places_are_left_there(tmp_path):
    found = survey(placed_scans(make_both(tmp_path)))
    (each,) = found.overlaps
    assert each.distance < 0.12
    assert each.expected == pytest.approx(1.2, abs=0.4)  # two registrations, each a click of one pixel
    assert not each.is_suspicious
    assert not found.is_adjusted
    assert each.distance_after is None
    assert "Scans 1 and 2" not in " ".join(survey_notes(found))


def test_a_scan_displaced_by_three_pixels_is_told_and_brought_back(tmp_path):
    found = survey(placed_scans(make_both(tmp_path, off=(3, 0))))
    (each,) = found.overlaps
    assert each.distance == pytest.approx(3.0, abs=0.15)
    assert each.is_suspicious
    assert found.is_adjusted
    assert each.distance_after < 0.2


def test_scans_stay_where_they_are_registered_on_request(tmp_path):
    found = survey(placed_scans(make_both(tmp_path, off=(3, 0))), adjusted=False)
    assert not found.is_adjusted
    assert found.overlaps[0].is_suspicious
    assert found.scans[1].correction.matrix.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


def test_scans_that_do_not_overlap_are_said_not_to(tmp_path):
    part = type(RIGHT)(140.0, 6.0, 0.0, 100, 30)
    left, _right = make_both(tmp_path)
    found = survey(placed_scans([left, make_part(tmp_path / "far.datastack", part)]))
    assert found.overlaps == []
    assert "do not are placed by their registrations alone" in " ".join(survey_notes(found))

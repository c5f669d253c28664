"""Patches go to GeoJSON and back without losing a pixel; what is no GeoJSON is refused with a sentence."""

import json

import numpy as np
import pytest
from hypothesis import given

from maxrf_core.errors import PatchError
from maxrf_core.patches import geojson
from maxrf_core.patches.geojson import format_geojson, parse_geojson
from maxrf_core.patches.patch import Patch
from tests.maxrf_core.patches.drawn_patches import SHAPE, any_patches, told

SQUARE = [[1, 1], [4, 1], [4, 4], [1, 4], [1, 1]]


def feature(coordinates, kind="Polygon", **properties) -> dict:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def parsed(found) -> list[Patch]:
    return parse_geojson(json.dumps(found).encode(), SHAPE)


@given(any_patches)
def test_patches_come_back_with_exactly_their_pixels(patches):
    text = format_geojson(patches, SHAPE)
    assert told(parse_geojson(text.encode(), SHAPE)) == told(patches)


def test_a_lasso_is_written_as_it_was_drawn_closed_and_in_map_pixels():
    patch = Patch.polygon([(1.25, 1), (9.5, 2), (4, 8.125)], SHAPE, "sky — ciel", "#56b4e9")
    found = json.loads(format_geojson([patch], SHAPE))
    [written] = found["features"]
    assert written["geometry"] == {
        "type": "Polygon",
        "coordinates": [[[1.25, 1], [9.5, 2], [4, 8.125], [1.25, 1]]],
    }
    assert written["properties"]["name"] == "sky — ciel"
    assert "centre of the top-left pixel" in written["properties"]["coordinates"]
    assert found["map_shape"] == list(SHAPE)


def test_rings_run_as_the_standard_asks_and_holes_follow_their_polygon():
    mask = np.zeros(SHAPE, bool)
    mask[1:6, 1:6] = True
    mask[3, 3] = False
    [written] = json.loads(format_geojson([Patch("ring", "#000000", mask)], SHAPE))["features"]
    outer, hole = (np.array(ring) for ring in written["geometry"]["coordinates"])
    areas = [_area(outer), _area(hole)]
    assert areas == [25, -1]


def _area(closed: np.ndarray) -> float:
    (x, y), (next_x, next_y) = closed[:-1].T, closed[1:].T
    return float((x * next_y - next_x * y).sum() / 2)


def test_files_of_other_programs_are_taken_with_what_they_tell():
    [patch] = parsed(feature([SQUARE], name="\tupper sky ", color="#ABCDEF"))
    assert (patch.name, patch.colour, patch.pixels) == ("upper sky", "#abcdef", 9)
    [patch] = parsed({"type": "Polygon", "coordinates": [[[x, y, 100.0] for x, y in SQUARE]]})
    assert (patch.name, patch.colour) == ("Patch A", "#e69f00")
    [patch] = parsed(feature([SQUARE[:-1]], name=7, color=[1, 2, 3]))
    assert (patch.name, patch.pixels) == ("Patch A", 9)


def test_polygons_that_overlap_are_joined_and_a_hole_is_left_out():
    moved = [[x + 2, y + 2] for x, y in SQUARE]
    [patch] = parsed(feature([[SQUARE], [moved]], "MultiPolygon"))
    assert patch.pixels == 9 + 9 - 1
    hole = [[2, 2], [3, 2], [3, 3], [2, 3], [2, 2]]
    [patch] = parsed(feature([SQUARE, hole]))
    assert patch.pixels == 8
    assert len(patch.outline) == 2


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ({}, "no features or polygons"),
        ([], "no features or polygons"),
        ({"type": "FeatureCollection", "features": []}, "holds no polygon"),
        ({"type": "FeatureCollection", "features": [3]}, "no features or polygons"),
        (feature([1, 2], "Point"), "Point, which has no area"),
        ({"type": "Feature", "geometry": None}, "None, which has no area"),
        (feature([]), "no rings"),
        (feature([[]]), "no rings"),
        (feature(7), "no rings"),
        (feature([[[1, 2], [3, 4]]]), "fewer than three corners"),
        (feature([[[1, 2], [3, 4], [1, 2]]]), "fewer than three corners"),
        (feature([[[1, 2], [3, "x"], [5, 6]]]), "no pair of numbers"),
        (feature([[[1, 2], [3], [5, 6]]]), "no pair of numbers"),
        (feature([[[1, 2], [3, 10**400], [5, 6]]]), "no pair of numbers"),
        (feature([[[100, 2], [103, 2], [100, 6]]], name="far"), "far lies outside the scan"),
        ({"type": "FeatureCollection", "map_shape": [3, 3], "features": []}, "for a map of 3 × 3 pixels"),
        ({"type": "FeatureCollection", "features": [feature([SQUARE])] * 101}, "more than 100 patches"),
    ],
)
def test_what_is_no_patch_of_this_scan_is_refused_with_a_sentence(found, reason):
    with pytest.raises(PatchError, match=reason):
        parsed(found)


@pytest.mark.parametrize("content", [b"", b"PNG\xff\xfe", b"[" * 200_000, b'{"type": "Feat'])
def test_what_is_no_json_is_refused(content):
    with pytest.raises(PatchError, match="no JSON"):
        parse_geojson(content, SHAPE)


def test_a_corner_at_infinity_is_refused():
    content = json.dumps(feature([SQUARE])).replace("4", "Infinity", 1).encode()
    with pytest.raises(PatchError, match="at infinity"):
        parse_geojson(content, SHAPE)


def test_what_would_fill_memory_or_time_is_refused(monkeypatch):
    many = feature([[SQUARE]] * 50, "MultiPolygon")
    assert parsed(many)[0].pixels == 9
    monkeypatch.setattr(geojson, "MAX_DRAWN_PIXELS", 100)
    with pytest.raises(PatchError, match="too many and too large"):
        parsed(many)
    monkeypatch.setattr(geojson, "MAX_CORNERS", 100)
    with pytest.raises(PatchError, match="more than 100 corners"):
        parsed(many)
    monkeypatch.setattr(geojson, "MAX_TEXT_BYTES", 100)
    with pytest.raises(PatchError, match="larger than"):
        parsed(many)

"""Georeference Annotations hold the points of a photograph, and say that the map is not on the earth."""

import json

import numpy as np
import pytest

from maxrf_core.errors import RegistrationError
from maxrf_core.registration.exchange.iiif import DEGREES, georeference_annotation
from maxrf_core.registration.points_io import read_points
from tests.maxrf_core.registration.exchange.placed import SIZES, eight_times, in_perspective


def test_points_count_from_the_upper_left_corner_and_north_is_up():
    annotation, departure = georeference_annotation(eight_times())
    first, _second, third, _fourth = annotation["body"]["features"]
    np.testing.assert_allclose(first["properties"]["resourceCoords"], [4, 4])
    assert first["properties"]["mapCoords"] == [0, 0]
    np.testing.assert_allclose(first["geometry"]["coordinates"], [0.5 * DEGREES, -0.5 * DEGREES])
    np.testing.assert_allclose(third["properties"]["resourceCoords"], [636, 476])
    np.testing.assert_allclose(third["geometry"]["coordinates"], [79.5 * DEGREES, -59.5 * DEGREES])
    assert annotation["body"]["transformation"] == {"type": "polynomial", "options": {"order": 1}}
    assert "not a place on the earth" in annotation["summary"]["en"][0]
    assert annotation["target"]["selector"]["value"].count(",") == 4
    assert departure == 0


def test_a_perspective_is_a_spline_through_a_grid_within_a_tenth_of_a_pixel():
    placed = in_perspective(np.array([[0.0, 0], [600, 20], [560, 470], [10, 440]]))
    annotation, departure = georeference_annotation(placed, "https://example.org/iiif/photo")
    assert annotation["body"]["transformation"] == {"type": "thinPlateSpline"}
    assert 0 < departure < 0.1
    assert annotation["target"]["source"]["type"] == "ImageService3"


def test_a_page_with_one_annotation_is_read():
    annotation = georeference_annotation(eight_times())[0]
    found = read_points(json.dumps({"type": "AnnotationPage", "items": [annotation]}), **SIZES)
    assert (found.kind, found.about["model"], found.about["photo_shape"]) == ("iiif", "affine", [480, 640])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"features": [{"properties": {"resourceCoords": [1, 2]}}]}, "map of the earth"),
        ({"features": [{"properties": {"resourceCoords": "ab", "mapCoords": [1, 2]}}]}, "no points"),
        ({"features": 7}, "no points"),
        ({}, "no points"),
    ],
)
def test_points_on_the_earth_and_what_is_no_points_is_refused(change, reason):
    with pytest.raises(RegistrationError, match=reason):
        read_points(json.dumps({"motivation": "georeferencing", "body": change}), **SIZES)
    with pytest.raises(RegistrationError, match="one annotation"):
        read_points('{"type": "AnnotationPage", "items": []}', **SIZES)

"""JSON of a transform that bends holds the numbers from which others compute it."""

import json

import numpy as np

from maxrf_core.registration.error_map import ErrorMap
from maxrf_core.registration.exchange.transform_json import as_json
from maxrf_core.registration.photo_transform import PhotoTransform
from tests.maxrf_core.registration.exchange.placed import MAP, PHOTO, eight_times

SRC = np.vstack([eight_times().src, [[300.0, 250.0]]])
DST = np.vstack([eight_times().dst, [[39.0, 33.0]]])


def test_a_spline_can_be_computed_by_its_formula():
    placed = PhotoTransform.of_points(SRC, DST, "thin-plate-spline", PHOTO, MAP)
    told = as_json(placed)["map_to_photo"]
    nodes, weights, affine = (np.array(told[key]) for key in ("nodes", "weights", "affine"))
    place = np.array([20.0, 10.0])
    distance = np.hypot(*(nodes - place).T)
    by_hand = affine[0] + place @ affine[1:] + (distance**2 * np.log(distance)) @ weights
    np.testing.assert_allclose(by_hand, placed.to_photo.apply([place])[0])


def test_a_piecewise_affine_transform_tells_its_triangles_and_what_was_shifted():
    attributes = {"row_displacement_px": 0.5, "photo_sha256": "ab", "turned": np.int64(90)}
    placed = PhotoTransform.of_points(SRC, DST, "piecewise-affine", PHOTO, MAP, attributes=attributes)
    told = as_json(placed)
    assert len(told["map_to_photo"]["nodes"]) == len(SRC) + 4
    assert (told["row_displacement_px"], told["turned"], told["frames"]["photo"]["sha256"]) == (0.5, 90, "ab")


def test_the_error_map_goes_with_the_transform():
    error_map = ErrorMap(np.array([[0.1, 0.2], [0.3, 0.4]]), (MAP[0], MAP[1])).record()
    record = {"refined": {"accepted": True, "uncertainty": 0.3, "error_map": error_map}}
    attributes = {"refinement": json.dumps(record)}
    placed = PhotoTransform.of_points(SRC, DST, "homography", PHOTO, MAP, attributes=attributes)
    assert as_json(placed)["error_map"] == error_map
    assert "error_map" not in as_json(PhotoTransform.of_points(SRC, DST, "homography", PHOTO, MAP))

"""A transform survives every format that is written, to a millionth of a pixel where the format holds it."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core.errors import RegistrationError
from maxrf_core.registration.exchange.write import TRANSFORM_KINDS, write_transform
from maxrf_core.registration.points_io import read_points
from tests.maxrf_core.registration.exchange.placed import (
    MAP,
    PHOTO,
    SIZES,
    departure,
    eight_times,
    in_perspective,
    quadrangles,
)

PERSPECTIVE = [kind for kind in TRANSFORM_KINDS if kind != "world-file"]


@settings(max_examples=25, deadline=None)
@given(quadrangles, st.sampled_from(PERSPECTIVE), st.booleans())
def test_a_perspective_survives_to_a_millionth_of_a_pixel(corners, kind, mirrored):
    placed = in_perspective(corners, mirrored=mirrored)
    found = read_points(write_transform(placed, kind).content, **SIZES)
    assert found.kind == kind
    assert departure(found, placed) < 1e-6


@settings(max_examples=10, deadline=None)
@given(quadrangles, st.sampled_from(list(TRANSFORM_KINDS)))
def test_an_affine_transform_survives_every_format(corners, kind):
    placed = in_perspective(corners, "affine")
    written = write_transform(placed, kind)
    assert "off by" not in written.note
    assert departure(read_points(written.content, **SIZES), placed) < 1e-6


def test_a_world_file_of_a_perspective_tells_its_largest_departure():
    placed = in_perspective(np.array([[0.0, 0], [600, 20], [560, 470], [10, 440]]))
    written = write_transform(placed, "world-file")
    found = read_points(written.content, **SIZES)
    off = np.hypot(*(placed.transform.apply(found.src) - found.dst).T).max()
    told = float(written.note.split("off by up to ")[1].split()[0])
    assert 0 < off <= told * 1.05
    assert told == pytest.approx(placed.affine_part()[1], rel=0.05)


def test_json_tells_both_directions_the_pixel_convention_both_frames_and_the_error():
    placed = in_perspective(np.array([[0.0, 0], [600, 20], [560, 470], [10, 440]]))
    found = json.loads(write_transform(placed, "json").content)
    to_map, to_photo = (np.array(found[key]["matrix"]) for key in ("photo_to_map", "map_to_photo"))
    np.testing.assert_allclose(to_map @ to_photo / (to_map @ to_photo)[2, 2], np.eye(3), atol=1e-9)
    corner = to_map @ [600, 20, 1]
    np.testing.assert_allclose(corner[:2] / corner[2], [79.5, -0.5], atol=1e-9)
    convention = found["pixel_convention"]
    assert (convention["x"], convention["y"], convention["origin"]) == (
        "right",
        "down",
        "centre of the top-left pixel",
    )
    assert found["frames"]["photo"] == {"name": "photograph", "width": PHOTO[1], "height": PHOTO[0]}
    assert found["frames"]["map"] == {"name": "map", "width": MAP[1], "height": MAP[0]}
    assert found["expected_error"][0]["basis"] == "assumed"


def test_a_matrix_alone_is_read_as_pairs_that_reproduce_it():
    whole = json.loads(write_transform(eight_times("homography"), "json").content)
    for key in ("photo_to_map", "map_to_photo"):
        alone = json.dumps({key: whole[key], "frames": whole["frames"]})
        found = read_points(alone)
        assert departure(found, eight_times()) < 1e-9
        assert found.about["photo_shape"] == list(PHOTO)
    with pytest.raises(RegistrationError, match="no 3×3 matrix"):
        read_points('{"photo_to_map": {"matrix": [[1, 2], "three"]}}', **SIZES)


@pytest.mark.parametrize("kind", ["qgis", "bigwarp", "butterfly"])
def test_points_are_written_for_the_programs_that_take_points(kind):
    found = read_points(write_transform(eight_times(), kind).content, **SIZES)
    np.testing.assert_allclose(found.src, eight_times().src, atol=1e-9)


def test_an_unknown_kind_is_refused():
    with pytest.raises(RegistrationError, match="no kind 'xml' of transform; there are json, world-file"):
        write_transform(eight_times(), "xml")

"""The error that a path tells is that of its registrations together."""

import numpy as np
import pytest

from maxrf_core.registration.frame_graph import FrameGraph
from maxrf_core.transform.models import find_model
from tests.maxrf_core.registration.registered_pictures import INFRARED, PLACES, VISIBLE, add_picture, scan

DRAWS = 400


def test_errors_of_two_registrations_add_as_their_squares_do(tmp_path):
    """As often as both are clicked anew, with errors of one map pixel, the place is off by what is told."""
    ds = scan(tmp_path)
    add_picture(ds, "imvis")
    add_picture(ds, "imir")
    path = FrameGraph(ds).path("imir", "imvis")
    for edge in path.edges:
        edge.attributes["click_error"] = 1.0
    place = np.array([[90.0, 40.0]])
    random = np.random.default_rng(7)
    on_map = VISIBLE.inverse().apply(place)
    infrared = INFRARED.apply(on_map)
    refit, off = find_model("homography").refit, []
    for _draw in range(DRAWS):
        clicked = [PLACES + random.normal(0, np.sqrt(0.5), PLACES.shape) for _ in range(2)]
        there = refit(INFRARED.inverse(), INFRARED.apply(PLACES), clicked[0]).apply(infrared)
        again = refit(VISIBLE.inverse(), VISIBLE.apply(PLACES), clicked[1])
        off.append(again.inverse().apply(there) - place)
    measured = np.sqrt(np.mean(np.sum(np.square(off), axis=2)))
    assert path.errors_at(place)[0] == pytest.approx(measured, rel=0.1)


def test_the_error_is_told_in_pixels_of_where_the_path_ends(tmp_path):
    ds = scan(tmp_path)
    add_picture(ds, "imvis", on_map=PLACES[:4])  # four points, so that a click error of 1 is assumed
    path = FrameGraph(ds).path("imvis", "map")
    edge = path.edges[0]
    assert path.error == pytest.approx(edge.error, rel=0.2)
    assert path.reversed().error == pytest.approx(edge.error_on_photo, rel=0.2)
    assert 2.2 < edge.error_on_photo / edge.error < 2.8  # its pixels to a map pixel


def test_nothing_known_is_not_zero(tmp_path):
    ds = scan(tmp_path)
    add_picture(ds, "imvis")  # whose six points fit exactly, since they were made to
    path = FrameGraph(ds).path("map", "imvis")
    assert np.isnan(path.error)


def test_other_straight_rows_than_then_count_as_error(tmp_path):
    ds = scan(tmp_path)
    add_picture(ds, "imvis", on_map=PLACES[:4])
    edge, moved = (FrameGraph(each).edges[0] for each in (ds, ds.straightened(0.8)))
    assert moved.errors_at([[20, 20]])[0] ** 2 - edge.errors_at([[20, 20]])[0] ** 2 == pytest.approx(0.32)

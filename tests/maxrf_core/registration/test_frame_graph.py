"""From any picture of a painting one comes to any other by the registrations that are stored."""

import numpy as np
import pytest

from maxrf_core.errors import RegistrationError
from maxrf_core.registration.frame_graph import FrameGraph
from tests.maxrf_core.registration.registered_pictures import (
    INFRARED,
    PLACES,
    VISIBLE,
    add_picture,
    scan,
    sha_of,
)


@pytest.mark.parametrize("model", ["homography", "thin-plate-spline", "piecewise-affine"])
def test_the_infrared_is_placed_on_the_photograph_by_way_of_the_maps(tmp_path, model):
    ds = scan(tmp_path)
    add_picture(ds, "imvis", model=model)
    add_picture(ds, "imir", model=model)
    graph = FrameGraph(ds)
    assert [frame.kind for frame in graph.frames] == ["map", "photograph", "photograph"]
    path = graph.path("imir", "imvis.tif")
    assert [frame.title for frame in path.frames] == ["imir.tif", "scan", "imvis.tif"]
    np.testing.assert_allclose(path.transform.apply(INFRARED.apply(PLACES)), VISIBLE.apply(PLACES), atol=1e-6)
    back = path.reversed().transform
    np.testing.assert_allclose(back.apply(VISIBLE.apply(PLACES)), INFRARED.apply(PLACES), atol=1e-5)


def test_two_scans_join_through_the_photograph_on_which_both_are_registered(tmp_path):
    first, second = scan(tmp_path, "left"), scan(tmp_path, "right")
    add_picture(first, "imvis", file="painting.tif")
    add_picture(second, "imvis", file="painting.tif", shift=(10, -3))
    graph = FrameGraph(first, second)
    assert [frame.key for frame in graph.frames[:2]] == ["map", "map:right"]
    assert len(graph.frames) == 3  # it is one photograph
    assert graph.frame(sha_of("painting.tif")[:8]).title == "painting.tif"
    path = graph.path("left", "right")
    np.testing.assert_allclose(path.transform.apply([[25, 20]]), [[15, 23]], atol=1e-6)
    assert graph.map_of(second) == path.end


def test_scans_on_different_photographs_do_not_join(tmp_path):
    first, second = scan(tmp_path, "left"), scan(tmp_path, "right")
    add_picture(first, "imvis", file="one.tif")
    add_picture(second, "imvis", file="other.tif")
    with pytest.raises(RegistrationError, match="leads from left to right"):
        FrameGraph(first, second).path("left", "right")


def test_of_two_registrations_of_a_photograph_the_more_precise_one_is_used_unless_one_is_named(tmp_path):
    ds = scan(tmp_path)
    rough = add_picture(ds, "imvis", on_map=PLACES[:4], moved=2.0)
    jitter = np.random.default_rng(2).normal(0, 0.2, PLACES.shape)
    precise = add_picture(ds, "imvis", moved=jitter)
    graph = FrameGraph(ds)
    assert len(graph.frames) == 2
    assert len(graph.edges_between(*graph.frames)) == 2
    assert graph.path("map", "imvis").edges[0].name == precise
    assert graph.path("map", rough).edges[0].name == rough
    assert graph.path(precise, "map").edges[0].name == precise


def test_what_cannot_be_relied_on_is_told_and_not_used(tmp_path):
    ds, other = scan(tmp_path), scan(tmp_path, "other", (44, 50))
    add_picture(other, "imvis")
    names = ("imvis_reg_highres", "imvis_points")
    notes = [other.attributes(name) for name in names]
    ds.append({name: other.read(name) for name in names}, dict(zip(names, notes, strict=True)))
    graph = FrameGraph(ds)
    assert not graph.edges[0].is_sound
    with pytest.raises(RegistrationError, match="imvis_reg_highres: it was made on maps of 50 × 44 pixels"):
        graph.path("map", "imvis")


def test_without_points_the_frame_is_the_registered_picture_itself(tmp_path):
    """As maxrf4u stores it."""
    ds = scan(tmp_path)
    ds.append({"imvis_reg_highres": np.ones((120, 150)), "imvis_extent": np.array([-0.5, 49.5, 39.5, -0.5])})
    path = FrameGraph(ds).path("map", "imvis_reg_highres")
    np.testing.assert_allclose(path.transform.apply([[0, 0], [49, 39]]), [[1, 1], [148, 118]], atol=1e-9)
    assert np.isnan(path.error)


def test_a_frame_that_is_not_there_is_told_with_those_that_are(tmp_path):
    ds = scan(tmp_path)
    add_picture(ds, "imvis")
    with pytest.raises(RegistrationError, match=r"no picture 'imuv'.* map, imvis_reg_highres"):
        FrameGraph(ds).path("map", "imuv")

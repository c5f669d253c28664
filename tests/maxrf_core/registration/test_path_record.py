"""What a file says of the registrations that it was made through is JSON, and leaves out what is unknown."""

import json

import numpy as np

from maxrf_core.registration.frame_graph import FrameGraph
from maxrf_core.registration.path_record import error_in_words, path_record
from tests.maxrf_core.registration.registered_pictures import PLACES, add_picture, scan, sha_of


def test_a_path_through_the_maps_tells_both_registrations(tmp_path):
    ds = scan(tmp_path)
    add_picture(ds, "imir", model="piecewise-affine")
    add_picture(ds, "imvis")
    record = json.loads(json.dumps(path_record(FrameGraph(ds).path("imir", "imvis")), allow_nan=False))
    assert (record["from"]["sha256"], record["to"]["name"]) == (sha_of("imir.tif"), "imvis.tif")
    infrared, visible = record["registrations"]
    assert (infrared["registered_picture"], infrared["model"]) == ("imir_reg_highres", "piecewise-affine")
    assert infrared["points_on_map"] == PLACES.tolist()
    assert infrared["expected_error_map_px"] > 0
    assert "expected_error_map_px" not in visible  # points that were made to fit tell nothing
    assert "expected_error_px" not in record


def test_the_error_is_told_in_words(tmp_path):
    ds = scan(tmp_path)
    add_picture(ds, "imir")
    add_picture(ds, "imvis", on_map=PLACES[:4])
    graph = FrameGraph(ds)
    assert error_in_words(graph.path("map", "imvis")).endswith(
        "if every click is one map pixel off, it is off by about 2.2 pixels of imvis.tif."
    )
    add_picture(ds, "imuv", moved=np.random.default_rng(1).normal(0, 0.2, PLACES.shape))
    assert error_in_words(FrameGraph(ds).path("map", "imuv")).startswith("Expected error: 0.")
    assert error_in_words(graph.path("map", "imir")) == "How precisely it fits is not known."

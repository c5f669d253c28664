"""Layers of a picture: brightness, colours, and what lies over what, as the browser blends them."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.errors import PictureError
from maxrf_core.imaging.layers import HUES, SCALES, LayerLook, blend, brightness
from tests.colour_vision import min_difference, seen_by_deuteranope

# What the browser's blending is tested with, too (tests/js/layer_blend.test.js)
CASES = json.loads((Path(__file__).parents[2] / "data" / "blended_layers.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_layers_are_blended_as_in_the_browser(case):
    layers = []
    for each in case["layers"]:
        look = LayerLook.from_dict(each["look"])
        if "pixels" in each:
            layers.append((look, np.array(each["pixels"], np.uint8).reshape(1, -1, 4)))
        else:
            layers.append((look, np.array([each["values"]], np.float64)))
    assert blend(layers).ravel().tolist() == case["blended"]


@given(
    st.lists(st.floats(-1e3, 1e6), min_size=1, max_size=30),
    st.sampled_from(SCALES),
    st.floats(0.3, 4),
)
def test_more_counts_are_never_darker(values, scale, gamma):
    shown = brightness(np.sort([values]), LayerLook("Fe-K", low=0, high=500, scale=scale, gamma=gamma))
    assert (np.diff(shown) >= 0).all()
    assert shown.min() >= 0
    assert shown.max() <= 255


def test_two_elements_in_one_place_are_seen_as_the_sum_of_their_hues():
    iron, lead = (
        LayerLook(key, high=10, colour=hue) for key, hue in (("Fe-K", "#ff0000"), ("Pb-L", "#00ff00"))
    )
    picture = blend([(iron, np.array([[10, 0, 10]])), (lead, np.array([[0, 10, 10]]))])
    assert picture[0, :, :3].tolist() == [[255, 0, 0], [0, 255, 0], [255, 255, 0]]


def test_the_hues_of_layers_differ_for_the_colour_blind():
    seen = [seen_by_deuteranope(hue) for hue in HUES]
    assert min_difference(seen[:3]) > 60
    assert min_difference(seen) > 40


@pytest.mark.parametrize(
    "told",
    [
        None,
        {"high": 3},
        {"key": "Fe-K", "low": "0"},
        {"key": "Fe-K", "opacity": 2},
        {"key": "Fe-K", "gamma": 0},
        {"key": "Fe-K", "high": float("nan")},
        {"key": "Fe-K", "scale": "cubic"},
        {"key": "Fe-K", "colour": "#12345"},
        {"key": "Fe-K", "colour": "rainbow"},
        {"key": "Fe-K", "visible": 1},
        {"key": "x" * 300},
        {"key": "Fe-K", "other": 1},
    ],
)
def test_what_describes_no_layer_is_refused(told):
    with pytest.raises(PictureError, match="not the description"):
        LayerLook.from_dict(told)


def test_a_look_is_kept_as_json_and_read_back():
    look = LayerLook("Pb-L", False, 0.5, -3, 90, "log", 2.0, HUES[0])
    assert LayerLook.from_dict(json.loads(json.dumps(look.as_dict()))) == look


def test_layers_of_different_sizes_are_refused():
    with pytest.raises(PictureError, match="same size"):
        blend([(LayerLook("a"), np.zeros((2, 2))), (LayerLook("b"), np.zeros((2, 3)))])
    with pytest.raises(PictureError):
        blend([])

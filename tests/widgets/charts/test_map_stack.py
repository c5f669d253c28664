"""A map of layers as the browser gets it: values as whole numbers, the same layer under the same name."""

import numpy as np
import pytest

from maxrf_core.imaging.layers import LayerLook
from widgets.charts.component import Zoom
from widgets.charts.map_layers import Part
from widgets.charts.map_stack import MapLayer, PhotoLayer, looks_for_browser, parts_of, stack_drawing
from widgets.session.map_data import MapData


def map_layer(values, key="Fe-K"):
    return MapLayer(key, "Fe", MapData(np.asarray(values, np.float32), key), "net counts")


def photo_layer(fineness=3.0):
    return PhotoLayer(
        "photo:a",
        "Photograph",
        "a",
        fineness,
        lambda part, times: np.zeros((2 * times, 4 * times, 4), np.uint8),
    )


def numbers(layer, part, times=1):
    return np.frombuffer(layer.array(part, times), "<u2")


def test_values_can_be_read_back_from_the_numbers():
    values = np.random.default_rng(1).normal(50, 20, (6, 5)).astype(np.float32)
    values[2, 3] = np.nan
    layer = map_layer(values)
    told = numbers(layer, Part(0, 0, 5, 6)).reshape(6, 5)
    low, high = layer.range
    back = np.where(told == 65535, np.nan, low + told.astype(float) * (high - low) / 65534)
    np.testing.assert_allclose(back, values, atol=(high - low) / 65534)


@pytest.mark.parametrize("values", [np.full((3, 4), 7.0), np.full((3, 4), np.nan), np.zeros((3, 4))])
def test_a_map_without_differences_can_be_sent(values):
    told = numbers(map_layer(values), Part(0, 0, 4, 3))
    assert set(told.tolist()) <= {0, 65535}


def test_blocks_are_means():
    layer = map_layer(np.arange(16).reshape(4, 4))
    low, high = layer.range
    told = numbers(layer, Part(0, 0, 4, 4, block=2))
    np.testing.assert_allclose(low + told * (high - low) / 65534, [2.5, 4.5, 10.5, 12.5], atol=1e-3)


def test_of_a_large_map_what_is_seen_is_sent_pixel_by_pixel_above_the_whole():
    shape = (1692, 1592)
    assert [part.block for part in parts_of(shape, None)] == [3]
    coarse, fine = parts_of(shape, Zoom((99.5, 199.5), (399.5, 299.5)))
    assert (coarse.left, coarse.right, coarse.bottom) == (0, 1592, 1692)
    assert fine.block == 1
    assert fine.left <= 100
    assert fine.right >= 199


def test_a_layer_keeps_its_names_when_another_one_comes():
    iron, lead = map_layer(np.eye(4)), map_layer(np.ones((4, 4)), "Pb-L")
    _figure, alone, _arrays = stack_drawing([iron], (4, 4), None, drag="pan")
    _figure, both, arrays = stack_drawing([iron, lead], (4, 4), None, drag="pan")
    assert alone["parts"][0]["arrays"][0] == both["parts"][0]["arrays"][0]
    assert len(set(both["parts"][0]["arrays"])) == 2
    assert np.frombuffer(arrays[both["parts"][0]["arrays"][0]](), "<u2").sum() == 4 * 65534


def test_beside_a_photograph_pixels_of_the_map_are_drawn_larger():
    _figure, about, arrays = stack_drawing(
        [map_layer(np.zeros((2, 4))), photo_layer(3.0)], (2, 4), None, drag="pan"
    )
    part = about["parts"][0]
    assert part["times"] == 3
    assert part["extent"] == (-0.5, 3.5, 1.5, -0.5)
    assert len(arrays[part["arrays"][1]]()) == (2 * 3) * (4 * 3) * 4
    assert about["layers"][1]["range"] is None


def test_the_browser_gets_looks_with_their_number():
    assert looks_for_browser([LayerLook("Fe-K", high=9)], 4) == {
        "number": 4,
        "layers": [LayerLook("Fe-K", high=9).as_dict()],
    }

"""Colour bars: a tick lies where its value has its colour."""

import numpy as np
import pytest

from maxrf_core.figures.colour_bar import colour_bar
from maxrf_core.figures.view_layers import MapValues
from maxrf_core.imaging.layers import SCALES, LayerLook, brightness

VALUES = np.linspace(-10, 500, 2000, dtype=np.float32).reshape(40, 50)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("gamma", [1.0, 2.0])
def test_a_tick_lies_where_a_pixel_of_its_value_has_its_colour(scale, gamma):
    look = LayerLook("Fe-K", high=300, scale=scale, gamma=gamma)
    bar = colour_bar(look, MapValues("Fe-K", "Fe", VALUES, "counts"))
    places, values = zip(*bar.ticks, strict=True)
    assert (values[0], values[-1]) == ("≤ 0", "≥ 300")  # what the ends stand for
    assert len(values) > 3
    shown = brightness(VALUES, look).ravel() / 255
    for place, value in list(zip(places, values, strict=True))[1:-1]:
        nearest = np.abs(VALUES.ravel() - float(value)).argmin()
        assert place == pytest.approx(shown[nearest], abs=0.01)


def test_the_label_tells_scale_gamma_and_opacity():
    look = LayerLook("Fe-K", high=300, scale="sqrt", gamma=1.5, opacity=0.6, colour="#ff8000")
    bar = colour_bar(look, MapValues("Fe-K", "Fe", VALUES, "counts"))
    assert bar.label == "Fe, counts, square root, gamma 1.5, 60% opaque"
    assert bar.colours[0, -1].tolist() == [255, 128, 0]


def test_a_map_without_values_and_one_of_one_value_have_a_bar():
    for look in (LayerLook("Fe-K"), LayerLook("Fe-K", low=3, high=3)):
        assert colour_bar(look, MapValues("Fe-K", "Fe", np.full((2, 2), np.nan), "counts")).ticks

"""A map's figure ends where its outer pixels end, and a photograph lies where its extent says."""

import numpy as np
import plotly.graph_objects as go
import pytest

from widgets.charts.map_figure import map_figure, overlay_figure
from widgets.charts.map_layers import MapPicture, part_to_draw
from widgets.session.map_data import MapData


def a_map(height: int, width: int) -> MapPicture:
    return MapPicture(MapData(np.ones((height, width))), 0, 1)


def overlay(photo: np.ndarray, opacity: float = 0.5) -> go.Figure:
    return overlay_figure(
        photo, (-0.5, 39.5, 29.5, -0.5), a_map(30, 40), part_to_draw((30, 40)), opacity=opacity
    )


def test_a_map_ends_where_its_outer_pixels_end():
    figure = map_figure(a_map(280, 300), part_to_draw((280, 300)))
    (whole,) = figure.layout.images
    assert (whole.x, whole.y, whole.sizex, whole.sizey) == (-0.5, -0.5, 300, 280)
    assert tuple(figure.layout.xaxis.range) == (-0.5, 299.5)
    assert tuple(figure.layout.yaxis.range) == (279.5, -0.5)
    assert figure.layout.yaxis.scaleanchor == "x"


@pytest.mark.parametrize("photo_kind", ["grey", "RGB", "RGBA", "16 bit"])
def test_a_photograph_of_any_kind_lies_where_its_extent_says(photo_kind):
    shape = {"grey": (60, 80), "16 bit": (60, 80)}.get(photo_kind, (60, 80, len(photo_kind)))
    photo = np.full(shape, 200, np.uint16 if photo_kind == "16 bit" else np.uint8)
    *_, laid = overlay(photo).layout.images
    assert (laid.xref, laid.x, laid.y, laid.sizex, laid.sizey) == ("x", -0.5, -0.5, 40, 30)


def test_the_overlay_has_the_photograph_above_with_its_opacity():
    *_, laid = overlay(np.zeros((60, 80, 3), np.uint8), opacity=0.3).layout.images
    assert (laid.layer, laid.opacity) == ("above", 0.3)

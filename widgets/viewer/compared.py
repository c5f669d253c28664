"""Two pictures in one place: one over the other, or the edges of one over the other."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
import streamlit as st
from PIL import Image

from maxrf_core.registration.compare import edges
from maxrf_core.transform.coordinates import Extent, image_extent
from widgets.charts.map_layers import MapPicture, Part
from widgets.session.language import _
from widgets.session.map_data import MapData
from widgets.viewer.layers import Layer, lines, map_layer
from widgets.viewer.registered_photos import Photo
from widgets.viewer.viewer import Legend, Pane, Way, show_pictures
from widgets.viewer.ways import EDGES, WAYS

NAME = "compare"  # of the viewer, by which its zoom is kept
EDGE_COLOUR = (255, 60, 0)  # differs from grey, from a photograph's browns, and from all maps' colours
NOISE = 1.5  # pixels of a map over which it is smoothed before edges are looked for
GRAIN = 1.0  # the same of a photograph


@dataclass(frozen=True, eq=False)
class Compared:
    """A picture that is compared with another one.

    Attributes
    ----------
    title : str
    layer : Layer
    edges : callable
        Return the layer of its edges, of which there are as many as a share of its pixels in percent.
    legend : Legend, optional
        Of its colours.
    """

    title: str
    layer: Layer
    edges: Callable[[int], Layer]
    legend: Legend | None = None

    @classmethod
    def of_photo(cls, photo: Photo) -> "Compared":
        """Return a photograph as it is."""
        return cls(_("Photograph"), photo.layer(), lambda share: edges_of_photo(photo, share))

    @classmethod
    def of_map(cls, place: str, title: str, picture: MapPicture) -> "Compared":
        """Return a map of counts."""
        layer = map_layer(place, picture)
        return cls(
            title, layer, lambda share: edges_of_map(picture.data, share, True), Legend.of_map(picture)
        )


def show_two(way: str, shape: tuple[int, int], over: Compared, base: Compared, fineness: float) -> None:
    """Show two pictures in one place.

    Parameters
    ----------
    way : str
        One of `widgets.viewer.ways.WAYS`, but those of several places and the difference.
    shape : (height, width)
        Of the map.
    over, base : Compared
    fineness : float
        Pixels to a map pixel of the finer one.
    """
    if way == EDGES:
        _show_edges(shape, over, base, fineness)
        return
    title = _("{first} and {second}").format(first=over.title, second=base.title)
    chips = (over.title, base.title)
    show_pictures(
        NAME,
        shape,
        [base.layer, over.layer],
        [Pane(title, base.layer.place, over.layer.place, base.legend, chips)],
        way=cast("Way", way),
        label=_(WAYS[way].label),
        fineness=fineness,
    )


def _show_edges(shape: tuple[int, int], over: Compared, base: Compared, fineness: float) -> None:
    place = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        of_over = st.segmented_control(
            _("Edges of"),
            [True, False],
            format_func=lambda which: (over if which else base).title,
            default=True,
            required=True,
            key="compare-edges-of",
        )
        share = st.slider(_("How many edges"), 1, 40, 8, format="%d%%", key="compare-edges-share", width=240)
    one, other = (over, base) if of_over else (base, over)
    drawn = one.edges(share)
    title = _("Edges of {first} on {second}").format(first=one.title, second=other.title)
    pane = Pane(title, other.layer.place, drawn.place, other.legend)
    with place:
        show_pictures(NAME, shape, [other.layer, drawn], [pane], way="above", fineness=fineness)


def edges_of_photo(photo: Photo, share: int) -> Layer:
    """Return the edges of a photograph as a layer."""

    def draw(_part: Part) -> Image.Image:
        # A third of a map pixel wide, so that they are seen where the photograph is much finer
        found = edges(photo.brightness(), share / 100, GRAIN)
        wide = max(1, round(found.shape[1] / photo.scan.shape[1] / 3))
        return lines(cv2.dilate(found.astype(np.uint8), np.ones((wide, wide), np.uint8)), EDGE_COLOUR)

    look = photo.scan.version, photo.name, share
    return _unzoomed(photo.overview().shape[:2], photo.overview_extent(), look, draw)


def edges_of_map(data: MapData, share: int, is_counts: bool) -> Layer:
    """Return the edges of a map as a layer; those of counts are looked for in their square root."""

    def draw(_part: Part) -> Image.Image:
        # The noise of the square root is the same everywhere (Bartlett 1936)
        values = np.sqrt(np.maximum(data.values, 0)) if is_counts else data.values
        return lines(edges(values, share / 100, NOISE), EDGE_COLOUR)

    return _unzoomed(data.shape, image_extent(*data.shape), (data.name, share), draw)


def _unzoomed(
    shape: tuple[int, int], extent: Extent, look: Hashable, draw: Callable[[Part], Image.Image]
) -> Layer:
    """Return a layer that is sent whole, at its own resolution."""
    return Layer(EDGES, shape, extent, (EDGES, look), draw, largest=max(shape))

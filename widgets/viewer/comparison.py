"""Ways to compare a registered photograph with band maps."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import streamlit as st
from PIL import Image

from maxrf_core.errors import MaxrfError
from maxrf_core.registration.compare import Difference, difference, edges
from maxrf_core.transform.coordinates import Extent, image_extent
from widgets.charts.map_layers import MapPicture, Part, in_hex, indexed
from widgets.session.language import _, marked
from widgets.session.map_data import block_means
from widgets.session.markdown import show_warning
from widgets.session.scan import Version
from widgets.viewer.layers import Layer, lines, map_layer
from widgets.viewer.registered_photos import PHOTO, Photo
from widgets.viewer.viewer import Legend, Pane, Way, show_pictures

EDGE_COLOUR = (255, 60, 0)  # differs from grey, from a photograph's browns, and from all maps' colours
MAX_MAPS = 3
NOISE = 1.5  # pixels of a map over which it is smoothed before edges are looked for
GRAIN = 1.0  # the same of a photograph

# From less to more than expected: ColorBrewer's RdBu, which the colour-blind can distinguish too.
_LESS, _EQUAL, _MORE = (33, 102, 172), (247, 247, 247), (178, 24, 43)
DIVERGING = np.rint(
    [np.interp(np.linspace(0, 2, 256), [0, 1, 2], three) for three in zip(_LESS, _EQUAL, _MORE, strict=True)]
).T.astype(np.uint8)


@dataclass(frozen=True, eq=False)
class NamedMap:
    """A map and its title, such as "Fe Ka"."""

    title: str
    picture: MapPicture


@dataclass(frozen=True)
class _Method:
    """A way to compare: its name, a hint, and the function that shows it."""

    title: str
    hint: str
    show: Callable[[Photo, list[NamedMap]], None]


def show_comparison(way: str, photo: Photo, maps: list[NamedMap]) -> None:
    """Show a photograph and maps in one of the `WAYS`.

    Parameters
    ----------
    way : str
    photo : Photo
    maps : list of NamedMap
        Up to three; all but side by side, only the first is shown.
    """
    WAYS[way].show(photo, maps)
    st.caption(_(WAYS[way].hint))


def _beside(photo: Photo, maps: list[NamedMap]) -> None:
    named = {f"map-{number}": each for number, each in enumerate(maps, start=1)}
    panes = [Pane(_("Photograph"), PHOTO)]
    panes += [Pane(each.title, place, legend=_legend(each)) for place, each in named.items()]
    layers = [photo.layer(), *(map_layer(place, each.picture) for place, each in named.items())]
    _show(photo, layers, panes)


def _in_one_place(way: Way, label: str) -> Callable[[Photo, list[NamedMap]], None]:
    def show(photo: Photo, maps: list[NamedMap]) -> None:
        first = maps[0]
        pane = Pane(first.title, "map-1", PHOTO, _legend(first), chips=(_("Photograph"), first.title))
        _show(photo, [map_layer("map-1", first.picture), photo.layer()], [pane], way, _(label))

    return show


def _edges(photo: Photo, maps: list[NamedMap]) -> None:
    first, place = maps[0], st.container()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        of_photo = st.segmented_control(
            _("Edges of"),
            [True, False],
            format_func=lambda which: _("the photograph") if which else _("the map"),
            default=True,
            required=True,
            key="compare-edges-of",
        )
        share = st.slider(_("How many edges"), 1, 40, 8, format="%d%%", key="compare-edges-share", width=240)
    below = map_layer("map-1", first.picture) if of_photo else photo.layer()
    title = (_("Edges on {map}") if of_photo else _("Edges of {map}")).format(map=first.title)
    drawn = _edges_of_photo(photo, share) if of_photo else _edges_of_map(photo.scan.version, first, share)
    legend = _legend(first) if of_photo else None
    with place:
        _show(photo, [below, drawn], [Pane(title, below.place, drawn.place, legend)], "above")


def _difference(photo: Photo, maps: list[NamedMap]) -> None:
    first = maps[0]
    try:
        found = _difference_of(photo.scan.version, photo.name, first.picture.data.name, photo, first)
    except MaxrfError as error:
        show_warning(error)
        return
    values = found.values  # NaN where there is no photograph, or no value in the map
    known = np.abs(values[np.isfinite(values)])
    limit = max(float(np.percentile(known, 99)) if known.size else 0.0, 0.01)
    layer = Layer(
        "difference",
        photo.scan.shape,
        image_extent(*photo.scan.shape),
        ("difference", photo.scan.version, photo.name, first.picture.data.name),
        lambda part: indexed(block_means(values[part.pixels], part.block), -limit, limit, DIVERGING),
    )
    told = f"{limit * 100:.0f} %"
    legend = Legend(in_hex(DIVERGING), (f"−{told}", f"+{told}"), _("brightness"))
    _show(
        photo, [layer], [Pane(_("Difference from {map}").format(map=first.title), layer.place, legend=legend)]
    )
    st.caption(
        _("The map explains {share} of the differences in brightness within the photograph.").format(
            share=f"{found.explained:.0%}"
        )
    )


def _show(photo: Photo, layers: list[Layer], panes: list[Pane], way: Way = "beside", label: str = "") -> None:
    fineness = photo.layer().fineness
    show_pictures("compare", photo.scan.shape, layers, panes, way=way, label=label, fineness=fineness)


def _legend(named: NamedMap) -> Legend:
    return Legend.of_map(named.picture)


def _edges_of_photo(photo: Photo, share: int) -> Layer:
    def draw(_part: Part) -> Image.Image:
        # A third of a map pixel wide, so that they are seen where the photograph is much finer
        found = edges(photo.brightness(), share / 100, GRAIN)
        wide = max(1, round(found.shape[1] / photo.scan.shape[1] / 3))
        return lines(cv2.dilate(found.astype(np.uint8), np.ones((wide, wide), np.uint8)), EDGE_COLOUR)

    look = "edges", photo.scan.version, photo.name, share
    return _unzoomed("edges", photo.overview().shape[:2], photo.overview_extent(), look, draw)


def _edges_of_map(version: Version, named: NamedMap, share: int) -> Layer:
    def draw(_part: Part) -> Image.Image:
        # Of the counts' square root, whose noise is the same everywhere (Bartlett 1936)
        root = np.sqrt(np.maximum(named.picture.data.values, 0))
        return lines(edges(root, share / 100, NOISE), EDGE_COLOUR)

    shape = named.picture.shape
    look = "edges", version, named.picture.data.name, share
    return _unzoomed("edges", shape, image_extent(*shape), look, draw)


def _unzoomed(
    place: str, shape: tuple[int, int], extent: Extent, look: tuple, draw: Callable[[Part], Image.Image]
) -> Layer:
    """Return a layer that is sent whole, at its own resolution."""
    return Layer(place, shape, extent, look, draw, largest=max(shape))


@st.cache_resource(max_entries=3, show_spinner=False)
def _difference_of(
    version: Version, name: str, map_name: object, _photo: Photo, _named: NamedMap
) -> Difference:
    with st.spinner(_("Comparing …")):
        return difference(_photo.brightness_on_map(), _named.picture.data.values)


WAYS = {
    "beside": _Method(
        marked("Side by side"), marked("Zoom or move one picture, and the others follow."), _beside
    ),
    "swipe": _Method(
        marked("Swipe"),
        marked("Drag the edge across the pictures, or move it with the arrow keys."),
        _in_one_place("swipe", marked("Edge between the photograph and the map")),
    ),
    "blink": _Method(
        marked("Blink"),
        marked("What jumps does not fit; what comes and goes is in one of the two only."),
        _in_one_place("blink", marked("Changes a second")),
    ),
    "over": _Method(
        marked("Overlay"),
        marked("The photograph lies over the map."),
        _in_one_place("opacity", marked("Opacity of the photograph")),
    ),
    "checker": _Method(
        marked("Checkerboard"),
        marked("Lines that go on from square to square fit."),
        _in_one_place("checker", marked("Size of the squares")),
    ),
    "edges": _Method(marked("Edges"), marked("Edges of one picture are drawn over the other one."), _edges),
    "difference": _Method(
        marked("Difference"),
        marked(
            "Red: the photograph is brighter than it usually is where the map has this value. Blue: darker."
        ),
        _difference,
    ),
}

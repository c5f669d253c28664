"""Viewer for pictures on one map, side by side or over one another, with one common zoom.

Streamlit has no such component, and Plotly redraws too slowly for an edge that is dragged. So a component of
our own draws the pictures in the browser, where swiping, blinking and zooming need no server. It requests
more only if the visitor has zoomed beyond what it has, and then reports the visible part.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import streamlit as st

from maxrf_core.imaging.colormaps import COLORMAPS
from maxrf_core.transform.coordinates import pixel_at, pixels_within
from widgets.charts.component import numbers
from widgets.charts.map_layers import MapPicture, Region, in_hex, marks_for_browser
from widgets.session.language import _, marked
from widgets.session.own_component import own_component
from widgets.viewer.layers import COARSEST, Layer, Seen, for_viewer, part_seen

Way = Literal["beside", "swipe", "blink", "opacity", "checker", "above"]

# Texts that the scripts show, by the name that they have there.
_TEXTS = {
    "zoomOut": marked("Zoom out"),
    "zoomIn": marked("Zoom in"),
    "fit": marked("Fit"),
    "showAll": marked("Show everything"),
    "ownPixels": marked("Show the photograph's own pixels"),
    "rectangle": marked("Rectangle"),
    "drawsRectangle": marked("A drag draws a rectangle"),
    "move": marked("Move"),
    "movesPictures": marked("A drag moves the pictures"),
    "smooth": marked("Smooth"),
    "percent": marked("{value} percent"),
    "screenPixels": marked("{value} pixels of the screen"),
    "pause": marked("Pause"),
    "blink": marked("Blink"),
    "startAndStop": marked("Start and stop blinking"),
    "change": marked("Change"),
    "showOther": marked("Show the other picture"),
    "changesPerSecond": marked("{value} changes a second"),
}
_component = own_component("maxrf_viewer", "viewer/viewer.js")


@dataclass(frozen=True)
class Legend:
    """Legend of a picture's colours.

    Attributes
    ----------
    colours : sequence of str
        As CSS has them, from the first to the last.
    limits : (str, str)
        Meaning of the first and the last colour.
    units : str
    """

    colours: Sequence[str]
    limits: tuple[str, str]
    units: str

    @classmethod
    def of_map(cls, picture: MapPicture) -> "Legend":
        """Return the legend of a map."""
        colours = in_hex(COLORMAPS[picture.colormap])
        return cls(colours, (f"{picture.vmin:.3g}", f"{picture.vmax:.3g}"), _(picture.units))


@dataclass(frozen=True)
class Pane:
    """One of the places in which pictures are shown.

    Attributes
    ----------
    title : str
    base : str
        The place of the layer that is shown.
    over : str, optional
        The place of another one, which is combined with it in the viewer's way.
    legend : Legend, optional
    chips : (str, str), optional
        Names for the layer over and the one below it, written into the picture.
    """

    title: str
    base: str
    over: str | None = None
    legend: Legend | None = None
    chips: tuple[str, str] | None = None


@dataclass
class _Viewer:
    """State of one viewer of this session."""

    seen: Seen | None = None
    of: tuple[int, int] | None = None  # the shape of the map that it belongs to
    sent: dict[str, tuple[Hashable, dict[str, Any]]] = field(default_factory=dict)  # by place, and of what

    def pictures(self, layers: Sequence[Layer]) -> dict[str, dict[str, Any]]:
        """Return what the browser gets of some layers by place; compressed anew only if it differs."""
        sent: dict[str, tuple[Hashable, dict[str, Any]]] = {}
        for layer in layers:
            for which, part in (("whole", layer.whole), ("part", part_seen(layer, self.seen))):
                place, wanted = f"{layer.place}-{which}", (layer.look, part)
                last = self.sent.get(place, (None, {}))
                if last[0] != wanted:
                    last = wanted, {"url": None} if part is None else for_viewer(layer, part)
                sent[place] = last
        self.sent = sent
        return {place: told for place, (_, told) in sent.items()}


def show_pictures(
    name: str,
    shape: tuple[int, int],
    layers: Sequence[Layer],
    panes: Sequence[Pane],
    *,
    way: Way = "beside",
    label: str = "",
    fineness: float | None = None,
    marks: Sequence[tuple[int, int]] = (),
    regions: Sequence[Region] = (),
    on_pixel: Callable[[int, int], None] | None = None,
    on_region: Callable[[int, int, int, int], None] | None = None,
) -> None:
    """Show pictures that lie on one map, zoomed and moved as one.

    Parameters
    ----------
    name : str
        Identifies this viewer in the session; its zoom is kept under it.
    shape : (height, width)
        Of the map; all coordinates are in its pixels.
    layers : sequence of Layer
    panes : sequence of Pane
        Up to four.
    way : {"beside", "swipe", "blink", "opacity", "checker", "above"}
        How a pane's second layer is combined with its first: left of an edge, by turns, mixed, in every
        second square, or simply above it.
    label : str
        Label of the control for that way.
    fineness : float, optional
        Pixels to a map pixel of the picture that a button shows pixel by pixel.
    marks, regions
        As in `widgets.charts.map_layers.marks_for_browser`.
    on_pixel : callable, optional
        Called with the map's pixel (x, y) that was clicked in any pane, before the page runs again.
    on_region : callable, optional
        Called with the first and last pixel (x0, y0, x1, y1) of a rectangle that was drawn. Without it a drag
        moves the pictures.
    """
    viewer = _viewer_of(name, shape)
    container = f"viewer-{name}"
    key = f"{container}-views"

    def looked() -> None:
        seen = numbers(st.session_state[key].seen, 5)
        if seen is not None and seen[4] > 0:
            viewer.seen = Seen(*seen)

    def clicked() -> None:
        place = numbers(st.session_state[key].click, 2)
        pixel = pixel_at(place[0], place[1], shape) if place else None
        if pixel and on_pixel is not None:
            on_pixel(*pixel)

    def drawn() -> None:
        box = numbers(st.session_state[key].box, 4)
        region = pixels_within((box[0], box[2]), (box[1], box[3]), shape) if box else None
        if region and on_region is not None:
            on_region(*region)

    with st.container(key=container, gap=None):
        _component(
            key=key,
            data={
                "container": container,
                "viewer": name,
                "shape": list(shape),
                "panes": [_told(pane, on_pixel is not None) for pane in panes],
                "mix": {"way": way, "label": label},
                "fineness": fineness,
                "coarsest": COARSEST,
                "texts": {name: _(text) for name, text in _TEXTS.items()},
                "marks": marks_for_browser(marks, regions),
                "clicks": on_pixel is not None,
                "selects": on_region is not None,
            },
            on_seen_change=looked,
            on_click_change=clicked,
            on_box_change=drawn,
        )
        for place, told in viewer.pictures(layers).items():
            _component(key=f"{container}-{place}", data={"container": container, "place": place, **told})


def _told(pane: Pane, clicks: bool) -> dict[str, Any]:
    legend, shown = pane.legend, pane.title
    if pane.chips:
        shown = _("{first} and {second}").format(first=pane.chips[0], second=pane.chips[1])
    says = _("{shown}. Arrow keys move the cross, plus and minus zoom.").format(shown=shown)
    return {
        "title": pane.title,
        "base": pane.base,
        "over": pane.over,
        "legend": legend and {"colours": legend.colours, "limits": legend.limits, "units": legend.units},
        "chips": pane.chips,
        "says": f"{says} {_('Enter takes the pixel.')}" if clicks else says,
    }


def _viewer_of(name: str, shape: tuple[int, int]) -> _Viewer:
    viewer: _Viewer = st.session_state.setdefault(f"viewer/{name}", _Viewer())
    if viewer.of != shape:
        viewer.seen, viewer.of = None, shape
    return viewer

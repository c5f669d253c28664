"""State of a chart in a visitor's session: its figures by name, and the zoom that was last seen.

A figure's name is the hash of its content. The browser fetches figures under an address that nobody can
guess; one that it knows by its name, such as that of a preview, it does not fetch again.
"""

import hashlib
import json
import re
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from server.quick_answers import QuickAnswer
from server.settings import below_app
from widgets.charts.component import Zoom

KEPT_FIGURES = 4  # of a chart: what is shown, and what the browser may still be fetching


@dataclass(frozen=True, eq=False)
class Drawing:
    """A figure and what the browser needs beside it.

    Parameters
    ----------
    figure : Figure
    axes : (str, str)
        What the two axes mean; a zoom of one applies to another figure where it means the same.
    map : dict, optional
        Of a map: limits and colours of its colour bar, and where its values lie
        (`widgets.charts.map_layers.map_for_browser`).
    values : callable, optional
        Return the values of the map for hovering, (rows, columns) float32.
    arrays : mapping of str to callable, optional
        Of a map with layers: return the values of a layer by their name.
    """

    figure: go.Figure
    axes: tuple[str, str]
    map: dict[str, Any] | None = None
    values: Callable[[], np.ndarray] | None = None
    arrays: Mapping[str, Callable[[], bytes]] = field(default_factory=dict)

    def content(self) -> dict[str, Any]:
        """Return all that the browser gets, but the values."""
        shown = json.loads(self.figure.to_json())
        shown["layout"].pop("template", None)  # the page's own colours and fonts take its place
        return shown | {"axes": self.axes, "map": self.map}


@dataclass(frozen=True, eq=False)
class Published:
    """A drawing as it is sent.

    Attributes
    ----------
    name : str
        Hash of the content.
    content : bytes
        JSON.
    drawing : Drawing
    """

    name: str
    content: bytes
    drawing: Drawing


@dataclass
class Chart:
    """State of one chart of this session.

    Attributes
    ----------
    zoom : Zoom
        The one that the browser last told.
    begun : int
        How often the page has set the zoom itself.
    asked : int
        Number of the last preview of it that was requested.
    draw_curve : callable, optional
        Return the drawing that shows a curve in this chart, for previews.
    shown : Published, optional
        What the page shows.
    """

    zoom: Zoom = field(default_factory=Zoom)
    begun: int = 0
    asked: int = 0
    draw_curve: Callable[[Any], Published] | None = None
    shown: Published | None = None
    _known: OrderedDict[Hashable, Published] = field(default_factory=OrderedDict)
    _lock: Any = field(default_factory=Lock)
    _quick: QuickAnswer | None = None

    def zoom_to(self, zoom: Zoom) -> None:
        """Note what the browser shows now."""
        self.zoom = zoom

    def begin(self, zoom: Zoom) -> None:
        """Have the browser show this part."""
        self.zoom = zoom
        self.begun += 1

    def publish(self, identity: Hashable, draw: Callable[[], Drawing]) -> Published:
        """Return a drawing by its name, made only if it is not known.

        Parameters
        ----------
        identity : hashable
            Stands for all that the drawing depends on.
        draw : callable
            Return the drawing.
        """
        with self._lock:
            known = self._known.get(identity)
        if known is None:
            drawing = draw()
            content = json.dumps(drawing.content())
            name = hashlib.blake2b(content.encode(), digest_size=16).hexdigest()
            known = Published(name, f'{{"hash": "{name}", {content[1:]}'.encode(), drawing)
        with self._lock:
            self._known[identity] = known
            self._known.move_to_end(identity)
            for old in [key for key, each in self._known.items() if each is not self.shown]:
                if len(self._known) <= KEPT_FIGURES:
                    break
                del self._known[old]
        return known

    @property
    def address(self) -> str:
        """Where the browser fetches figures and values of this chart."""
        if self._quick is None:
            self._quick = QuickAnswer(self._answer)
        return below_app(self._quick.address)

    def _answer(self, query: Mapping[str, str]) -> bytes:
        """Return a figure, the values of one as little-endian float32, or those of a layer, by their name."""
        if "array" in query:
            return self._array(query["array"])
        wanted = query.get("figure") or query.get("values")
        with self._lock:
            found = next((each for each in self._known.values() if each.name == wanted), None)
        if found is None:
            raise ValueError("the chart shows another figure by now")
        if "figure" in query:
            return found.content
        if found.drawing.values is None:
            raise ValueError("the figure is not a map")
        return np.ascontiguousarray(found.drawing.values(), "<f4").tobytes()

    def _array(self, name: str) -> bytes:
        with self._lock:
            drawings = [each.drawing for each in self._known.values() if name in each.drawing.arrays]
        if not drawings:
            raise ValueError("the chart shows other layers by now")
        return drawings[0].arrays[name]()


def chart_of(name: str) -> Chart:
    """Return the state of this session's chart of that name."""
    chart: Chart = st.session_state.setdefault(f"chart/{name}", Chart())
    return chart


def chart_key(name: str) -> str:
    """Return the key of a chart's component, a valid CSS name for any name of an array."""
    is_plain = re.fullmatch(r"[\w-]{1,100}", name, re.ASCII)
    return f"chart-{name if is_plain else hashlib.blake2b(name.encode(), digest_size=16).hexdigest()}"

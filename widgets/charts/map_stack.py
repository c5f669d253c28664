"""A map of several layers, element maps and photographs, which the browser blends into one picture.

The browser gets the values of each layer once, as whole numbers; contrast, colours and opacity are applied
there, without the server. `chart_layers.js` draws what is made here.
"""

import hashlib
import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from maxrf_core.imaging.colormaps import COLORMAPS
from maxrf_core.imaging.layers import LayerLook
from widgets.charts.chart_state import Chart, Drawing, Published
from widgets.charts.component import Zoom
from widgets.charts.map_figure import Drag, bare_map_figure, map_axes
from widgets.charts.map_layers import COARSE_SIZE, PICTURE_SIZE, Part, part_to_draw
from widgets.session.language import _
from widgets.session.map_data import MapData, block_means

HIGHEST, MISSING = 65534, 65535  # numbers that stand for the highest value, and for none
MAX_TIMES = 8  # pixels of the picture to a pixel of the map, along a side, where a photograph is finer


@dataclass(frozen=True, eq=False)
class MapLayer:
    """A layer with the values of a map.

    Attributes
    ----------
    key : str
    title : str
        "Fe", "Pb L".
    data : MapData
    units : str
        In the visitor's language.
    sigma : callable, optional
        Return the standard deviation of each value, (height, width).
    """

    key: str
    title: str
    data: MapData
    units: str
    sigma: Callable[[], np.ndarray] | None = None

    @property
    def range(self) -> tuple[float, float] | None:
        """The lowest and the highest value."""
        low, high = self.data.limits(0, 100)
        return float(low), float(high)

    @property
    def identity(self) -> Hashable:
        """What its values depend on."""
        return self.data.name

    def array(self, part: Part, times: int) -> bytes:
        """Return its values in a part: little-endian whole numbers of two bytes, row by row."""
        low, high = self.data.limits(0, 100)
        values = block_means(self.data.values[part.pixels], part.block)
        numbers = np.full(values.shape, MISSING, "<u2")
        exists = np.isfinite(values)
        scaled = (values[exists].astype(np.float64) - low) * (HIGHEST / (high - low) if high > low else 0.0)
        numbers[exists] = np.rint(np.clip(scaled, 0, HIGHEST))
        return numbers.tobytes()


@dataclass(frozen=True, eq=False)
class PhotoLayer:
    """A photograph that lies on the map.

    Attributes
    ----------
    key, title : str
    look : hashable
        What its pixels depend on.
    fineness : float
        Its pixels to a map pixel.
    draw : callable
        Return its pixels in a part of the map, with so many to a block, (height, width, 4) uint8.
    """

    key: str
    title: str
    look: Hashable
    fineness: float
    draw: Callable[[Part, int], np.ndarray]
    units: str = ""

    @property
    def range(self) -> tuple[float, float] | None:
        """None: it has no values."""
        return None

    @property
    def identity(self) -> Hashable:
        """What its pixels depend on."""
        return self.look

    def array(self, part: Part, times: int) -> bytes:
        """Return its pixels in a part: red, green, blue, opacity."""
        return np.ascontiguousarray(self.draw(part, times), np.uint8).tobytes()


Layer = MapLayer | PhotoLayer


def parts_of(shape: tuple[int, int], zoom: Zoom | None) -> list[Part]:
    """Return the parts of a map to draw: what is seen as finely as a screen shows it, the whole below it.

    Examples
    --------
    >>> parts_of((300, 200), None)
    [Part(left=0, top=0, right=200, bottom=300, block=1)]
    >>> [part.block for part in parts_of((1692, 1592), Zoom((99.5, 199.5), (399.5, 299.5)))]
    [5, 1]
    """
    seen = part_to_draw(shape, zoom)
    fine = replace(seen, block=math.ceil(seen.step))
    whole = Part(0, 0, shape[1], shape[0])
    if fine.size == whole.size:
        return [fine]
    coarse = max(whole.right / COARSE_SIZE[0], whole.bottom / COARSE_SIZE[1])
    return [replace(whole, block=math.ceil(coarse)), fine]


def stack_drawing(
    layers: Sequence[Layer],
    shape: tuple[int, int],
    zoom: Zoom | None,
    *,
    drag: Drag,
    pixel_size: tuple[float, float] | None = None,
) -> tuple[Any, dict[str, Any], dict[str, Callable[[], bytes]]]:
    """Return a map of layers: its figure, what the browser needs beside it, and the layers' values.

    Parameters
    ----------
    layers : sequence of Layer
        Maps of that shape, and photographs.
    shape : (height, width)
    zoom : Zoom, optional
        What is seen.
    drag : {"pan", "select", "lasso"}
        What a drag does.
    pixel_size : (x, y), optional
        Of a map pixel in mm.

    Returns
    -------
    figure : Figure
    described : dict
        As `chart_layers.js` reads it.
    arrays : dict of str to callable
        Return the values of a layer in a part, by their name.
    """
    parts = parts_of(shape, zoom)
    arrays: dict[str, Callable[[], bytes]] = {}
    described = [_described(part, layers, arrays) for part in parts]
    fine = parts[-1]
    about = {
        "layers": [
            {"key": each.key, "title": each.title, "units": each.units, "range": each.range}
            for each in layers
        ],
        "parts": described,
        "colormaps": {name: ["#" + bytes(row).hex() for row in table] for name, table in COLORMAPS.items()},
        "rows": described[-1]["rows"],
        "columns": described[-1]["columns"],
        "left": fine.left,
        "top": fine.top,
        "block": fine.block,
        "texts": {"missing": _("no value"), "mean": _("mean of {block} × {block} pixels")},
        "crisp": fine.block == 1,
        "extent": fine.extent,
        "shape": shape,
        "pixelSize": pixel_size,
        "finest": 0.0 if fine.block == 1 else fine.block,
    }
    return bare_map_figure(shape, drag=drag), about, arrays


def publish_layers(
    chart: Chart,
    layers: Sequence[Layer],
    shape: tuple[int, int],
    *,
    zoom: Zoom,
    drag: Drag,
    pixel_size: tuple[float, float] | None = None,
) -> Published:
    """Return a map of layers as the browser fetches it for a chart; runs in a preview's thread too.

    Parameters
    ----------
    chart : Chart
    layers, shape, drag, pixel_size
        As in `stack_drawing`.
    zoom : Zoom
        The one that was last seen, also of another map.
    """
    axes = map_axes(shape)
    zoom = zoom.on(axes)
    told = [(each.key, each.title, each.identity) for each in layers]

    def drawing() -> Drawing:
        figure, about, arrays = stack_drawing(layers, shape, zoom, drag=drag, pixel_size=pixel_size)
        return Drawing(figure, axes, about, arrays=arrays)

    return chart.publish((repr(told), parts_of(shape, zoom)[-1], drag, pixel_size), drawing)


def looks_for_browser(looks: Sequence[LayerLook], number: int) -> dict[str, Any]:
    """Return looks as `chart_layers.js` reads them, the lowest layer first."""
    return {"number": number, "layers": [look.as_dict() for look in looks]}


def _described(part: Part, layers: Sequence[Layer], arrays: dict[str, Callable[[], bytes]]) -> dict[str, Any]:
    """Return what the browser needs to draw a part; add the values of the layers in it to the arrays."""
    finest = max((each.fineness for each in layers if isinstance(each, PhotoLayer)), default=0.0)
    columns = math.ceil((part.right - part.left) / part.block)
    rows = math.ceil((part.bottom - part.top) / part.block)
    fitting = min(PICTURE_SIZE[0] / columns, PICTURE_SIZE[1] / rows, finest * part.block, MAX_TIMES)
    times = max(1, math.floor(fitting))
    names = []
    for layer in layers:
        kind = "map" if isinstance(layer, MapLayer) else f"photo-{times}"
        text = repr((layer.identity, part))
        name = f"{kind}-{hashlib.blake2b(text.encode(), digest_size=12).hexdigest()}"
        arrays[name] = partial(layer.array, part, times)
        names.append(name)
    left, top = part.left - 0.5, part.top - 0.5
    extent = left, left + columns * part.block, top + rows * part.block, top
    return {"rows": rows, "columns": columns, "times": times, "extent": extent, "arrays": names}

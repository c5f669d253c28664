"""The pixels of a picture on the map that are sent to the browser.

The browser gets the whole picture at about the resolution of a screen, once; and zoomed in, the visible part
as finely as the screen shows it. Pixels are averaged over whole blocks, so that their positions stay exact.
"""

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image

from maxrf_core.imaging.colormaps import COLORMAPS
from maxrf_core.registration.placed_photo import part_extent
from maxrf_core.transform.coordinates import Extent, image_extent, map_to_image
from widgets.charts.data_url import data_url
from widgets.charts.map_layers import MapPicture, Part, indexed
from widgets.session.map_data import block_means

OVERVIEW = 1600  # pixels to a side, at most, of the whole picture
MAX_PART_PIXELS = 3_000_000  # of a part
MARGIN = 1.4  # width and height of a part, relative to what is visible
COARSEST = 0.75  # picture pixels to a screen pixel that still look sharp
MAX_PNG_LENGTH = 1_300_000  # characters up to which a picture is sent as PNG
ALWAYS_LOSSLESS = 300_000  # pixels that always fit into MAX_PNG_LENGTH
MIN_GAIN = 4  # a part as fine as the whole is sent if it has so many times fewer pixels: it may be lossless
MAX_PNG_BYTES = 3_000_000  # uncompressed bytes up to which PNG is tried
QUALITY = 88  # of a JPEG


@dataclass(frozen=True)
class Seen:
    """The visible part of the map.

    Attributes
    ----------
    left, right, bottom, top : float
        In map pixels.
    scale : float
        Screen pixels to a map pixel.
    """

    left: float
    right: float
    bottom: float
    top: float
    scale: float


@dataclass(frozen=True, eq=False)
class Layer:
    """A picture that lies on the map.

    Attributes
    ----------
    place : str
        Its name in the view: "photo", "map-1".
    shape : (height, width)
        In its own pixels.
    extent : (left, right, bottom, top)
        Its outer edges in map pixels.
    look : hashable
        Identifies its content.
    draw : callable
        Draw a `Part` of it, each block as one pixel: an image in grey, RGB, or a palette.
    largest : int
        Pixels to a side of the whole as it is sent.
    """

    place: str
    shape: tuple[int, int]
    extent: Extent
    look: Hashable
    draw: Callable[[Part], Image.Image] = field(repr=False)
    largest: int = OVERVIEW

    @property
    def fineness(self) -> float:
        """Its pixels to a map pixel, across."""
        return self.shape[1] / abs(self.extent[1] - self.extent[0])

    @property
    def whole(self) -> Part:
        """All of it, as it is sent first."""
        height, width = self.shape
        return Part(0, 0, width, height, math.ceil(max(height, width) / self.largest))


def part_seen(layer: Layer, seen: Seen | None) -> Part | None:
    """Return the part of a picture to send in addition to the whole.

    Parameters
    ----------
    layer : Layer
    seen : Seen, optional

    Returns
    -------
    Part or None
        None if the whole is fine enough, or nothing of it is visible.

    Examples
    --------
    >>> layer = Layer("photo", (4800, 4400), (-0.5, 439.5, 479.5, -0.5), "a", lambda part: None)
    >>> layer.whole
    Part(left=0, top=0, right=4400, bottom=4800, block=3)
    >>> part_seen(layer, Seen(99.5, 199.5, 149.5, 99.5, scale=8.0))
    Part(left=800, top=900, right=2200, bottom=1600, block=1)
    >>> part_seen(layer, Seen(-0.5, 439.5, 479.5, -0.5, scale=2.0)) is None
    True
    """
    whole = layer.whole
    if seen is None or (whole.block == 1 and whole.size <= ALWAYS_LOSSLESS):
        return None
    block = max(1, math.floor(layer.fineness / (seen.scale * COARSEST)))
    corners = map_to_image([[seen.left, seen.top], [seen.right, seen.bottom]], layer.extent, layer.shape)
    (left, top), (right, bottom) = np.sort(corners, axis=0) + 0.5
    columns, rows = _grown(left, right, whole.right), _grown(top, bottom, whole.bottom)
    if columns is None or rows is None:
        return None
    size = (columns[1] - columns[0]) * (rows[1] - rows[0])
    block = max(block, math.ceil(math.sqrt(size / MAX_PART_PIXELS)))
    if block > whole.block or (block == whole.block and size > whole.size / MIN_GAIN):
        return None
    (left, right), (top, bottom) = (
        (first // block * block, min(-(-last // block) * block, length))
        for (first, last), length in ((columns, whole.right), (rows, whole.bottom))
    )
    return Part(left, top, right, bottom, block)


def map_layer(place: str, picture: MapPicture) -> Layer:
    """Return a map as a layer that can be zoomed down to its own pixels."""

    def draw(part: Part) -> Image.Image:
        means = block_means(picture.data.values[part.pixels], part.block)
        return indexed(means, picture.vmin, picture.vmax, COLORMAPS[picture.colormap])

    return Layer(place, picture.shape, image_extent(*picture.shape), picture.look, draw)


def for_viewer(layer: Layer, part: Part) -> dict[str, Any]:
    """Return what the script in the browser needs to draw a part of a picture.

    Parameters
    ----------
    layer : Layer
    part : Part

    Returns
    -------
    dict
        ``url`` of the picture and its ``extent``; ``clip``, the extent of the layer, beyond which the last
        blocks may reach; ``crisp`` where every pixel of the layer is one of the picture; ``exact`` if
        it is compressed without loss; ``fine`` and ``finest``: pixels to a map pixel, of the picture and of
        the layer.
    """
    image = layer.draw(part)
    url, exact = _packed(image)
    return {
        "url": url,
        "extent": list(drawn_extent(layer, part, image.size)),
        "clip": list(layer.extent),
        "crisp": part.block == 1,
        "exact": exact,
        "fine": layer.fineness / part.block,
        "finest": layer.fineness,
    }


def drawn_extent(layer: Layer, part: Part, size: tuple[int, int]) -> Extent:
    """Return the outer edges, in map pixels, of a part that was drawn: its last blocks may reach further.

    Parameters
    ----------
    layer : Layer
    part : Part
    size : (width, height)
        Of the drawn picture.
    """
    return part_extent(layer.extent, layer.shape, (part.left, part.top), part.block, size[::-1])


def lines(mask: np.ndarray, colour: tuple[int, int, int]) -> Image.Image:
    """Draw a mask (height, width) in one colour on a transparent image."""
    image = Image.fromarray(mask.astype(np.uint8))
    image.putpalette([0, 0, 0, *colour])
    image.info["transparency"] = 0
    return image


def _grown(first: float, last: float, length: int) -> tuple[int, int] | None:
    """Widen a range of pixels about its middle and keep it inside the picture; None where it lies outside."""
    if last <= 0 or first >= length:
        return None
    first, last = max(0.0, first), min(float(length), last)
    more = (last - first) * (MARGIN - 1) / 2
    return max(0, math.floor(first - more)), min(length, max(1, math.ceil(last + more)))


def _packed(image: Image.Image) -> tuple[str, bool]:
    """Return a picture as a data URL, lossless if that is small or something is transparent."""
    is_clear = "transparency" in image.info
    if is_clear or image.width * image.height * len(image.getbands()) <= MAX_PNG_BYTES:
        url = data_url(image, "PNG", compress_level=1)
        if is_clear or len(url) <= MAX_PNG_LENGTH:
            return url, True
    return data_url(image.convert("RGB"), "JPEG", quality=QUALITY), False

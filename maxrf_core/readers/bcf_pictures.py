"""Pictures inside a Bruker .bcf file: those of the map, and the overview with the map's place in it."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from maxrf_core.language import _
from maxrf_core.transform.scan_picture import ScanPicture, corners_of_rectangle

SAME_SHAPE = 0.02  # relative difference of two ratios of width to height that count as equal


def pictures_in_bcf(header: Any, shape: tuple[int, ...]) -> tuple[ScanPicture, ...]:
    """Return the pictures of a .bcf file.

    Parameters
    ----------
    header : object
        RosettaSciIO's ``HyperHeader``.
    shape : (height, width) or more
        Of the map.

    Returns
    -------
    tuple of ScanPicture
        A picture of the map's own shape shows just the map. In an overview the file marks the map with a
        rectangle; without one it is not known where it lies.
    """
    found = []
    for item in getattr(getattr(header, "image", None), "images", []):
        pixels = _pixels(item)
        if pixels is not None:
            whole = (0, 0, pixels.shape[1] - 1, pixels.shape[0] - 1)
            corners = corners_of_rectangle(whole, shape) if _is_same_shape(pixels.shape, shape) else None
            found.append(ScanPicture(_title(item, _("Picture of the map")), pixels, corners))
    for item in getattr(getattr(header, "overview", None), "images", []):
        pixels = _pixels(item)
        if pixels is not None:
            rectangle = _rectangle(item, header)
            corners = None if rectangle is None else corners_of_rectangle(rectangle, shape)
            title = _("Overview, {title}").format(title=_title(item, ""))
            found.append(ScanPicture(title.strip(", "), pixels, corners))
    return tuple(found)


def _pixels(item: Mapping[str, Any]) -> np.ndarray | None:
    pixels = np.asarray(item["data"])
    fits = pixels.ndim == 2 and pixels.size and pixels.dtype.kind == "u" and pixels.dtype.itemsize <= 2
    return np.array(pixels, pixels.dtype.newbyteorder("=")) if fits else None


def _title(item: Mapping[str, Any], otherwise: str) -> str:
    title = str(item["metadata"].get("General", {}).get("title") or "").strip()
    return title[:80] or otherwise


def _is_same_shape(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return bool(abs(one[1] * other[0] / (one[0] * other[1]) - 1) < SAME_SHAPE)


def _rectangle(item: Mapping[str, Any], header: Any) -> tuple[float, float, float, float] | None:
    """Return the first and last pixel of the map in the overview, which RosettaSciIO gives in lengths."""
    marker = item["metadata"].get("Markers", {}).get("overview")
    if not marker or not (header.x_res > 0 and header.y_res > 0):
        return None
    ((x, y),) = marker["offsets"]
    half_width, half_height = marker["widths"][0] / 2, marker["heights"][0] / 2
    left, right = (x - half_width) / header.x_res, (x + half_width) / header.x_res
    top, bottom = (y - half_height) / header.y_res, (y + half_height) / header.y_res
    height, width = np.shape(item["data"])[:2]
    if not (0 <= round(left, 3) < right <= width and 0 <= round(top, 3) < bottom <= height):
        return None
    return round(left, 6), round(top, 6), round(right, 6), round(bottom, 6)

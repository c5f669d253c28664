"""Patches as GeoJSON (RFC 7946), in map pixels instead of longitude and latitude."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from maxrf_core.cube.polygons import pixels_inside
from maxrf_core.errors import PatchError
from maxrf_core.language import _
from maxrf_core.patches.outlines import Rings, is_simple, polygons_of
from maxrf_core.patches.patch import COLOUR, MAX_PATCHES, Patch, nearest_name, next_name_and_colour
from maxrf_core.transform.coordinates import pixels_within

CONVENTION = "map pixels: 0, 0 is the centre of the top-left pixel, x runs to the right, y down"
MAX_TEXT_BYTES = 10_000_000
MAX_CORNERS = 500_000
MAX_DRAWN_PIXELS = 1_000_000_000  # of all frames of a patch's polygons
MAX_CHECKED = 2000  # corners of a drawn outline up to which it is looked whether it crosses itself
NAME_KEYS, COLOUR_KEYS = ("name", "Name", "label"), ("colour", "color", "stroke", "fill")


def format_geojson(patches: Sequence[Patch], shape: Sequence[int]) -> str:
    """Return patches as a GeoJSON text, a FeatureCollection.

    Parameters
    ----------
    patches : sequence of Patch
    shape : (height, width) or more
        Of the scan; written as ``map_shape``.

    Returns
    -------
    str
        A drawn outline stays as it is where it is one ring that does not cross itself; other patches have the
        borders of their pixels.

    Examples
    --------
    >>> text = format_geojson([Patch.rectangle((0, 0), (1, 0), (4, 4), "sky", "#56b4e9")], (4, 4))
    >>> json.loads(text)["features"][0]["geometry"]["coordinates"]
    [[[-0.5, -0.5], [1.5, -0.5], [1.5, 0.5], [-0.5, 0.5], [-0.5, -0.5]]]
    """
    features = []
    for patch in patches:
        polygons = [_closed(rings) for rings in _polygons(patch)]
        single = len(polygons) == 1
        geometry = {
            "type": "Polygon" if single else "MultiPolygon",
            "coordinates": polygons[0] if single else polygons,
        }
        told = {"name": patch.name, "colour": patch.colour, "coordinates": CONVENTION}
        features.append({"type": "Feature", "properties": told, "geometry": geometry})
    height, width = (int(length) for length in shape[:2])
    whole = {"type": "FeatureCollection", "coordinates": CONVENTION, "map_shape": [height, width]}
    return json.dumps({**whole, "features": features}, ensure_ascii=False, allow_nan=False)


def parse_geojson(content: bytes, shape: Sequence[int]) -> list[Patch]:
    """Return the patches of a GeoJSON text.

    Parameters
    ----------
    content : bytes
        UTF-8: a FeatureCollection, a Feature, a Polygon or a MultiPolygon. Coordinates are map pixels with
        the centre of the top-left pixel at 0, 0.
    shape : (height, width) or more
        Of the scan; what exceeds it is cut off.

    Raises
    ------
    PatchError
        If it is none, holds something without an area, or was made for a map of another size.
    """
    if len(content) > MAX_TEXT_BYTES:
        raise PatchError(_("it is larger than {limit} MB.").format(limit=MAX_TEXT_BYTES // 1_000_000))
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise PatchError(_("it is no JSON text.")) from error
    _check_map(found, shape)
    patches: list[Patch] = []
    corners = 0
    for number, feature in enumerate(_features(found)):
        if number == MAX_PATCHES:
            raise PatchError(_("it holds more than {count} patches.").format(count=MAX_PATCHES))
        polygons = list(_polygons_in(feature.get("geometry")))
        corners += sum(len(ring) for rings in polygons for ring in rings)
        if corners > MAX_CORNERS:
            raise PatchError(_("its outlines have more than {count:,} corners.").format(count=MAX_CORNERS))
        told = feature.get("properties")
        patches.append(_patch(told if isinstance(told, dict) else {}, polygons, shape, patches))
    if not patches:
        raise PatchError(_("it holds no polygon."))
    return patches


def _polygons(patch: Patch) -> list[Rings]:
    drawn = patch.drawn
    if len(drawn) == 1 and len(drawn[0]) <= MAX_CHECKED and is_simple(drawn[0]):
        return [list(drawn)]
    return polygons_of(patch.mask)


def _closed(rings: Rings) -> list[list[list[float]]]:
    return [[*ring.tolist(), ring[0].tolist()] for ring in rings]


def _check_map(found: Any, shape: Sequence[int]) -> None:
    """Refuse a text that tells the shape of another map."""
    told = found.get("map_shape") if isinstance(found, dict) else None
    if isinstance(told, list) and len(told) == 2 and told != [int(length) for length in shape[:2]]:
        words = _("it is for a map of {told} pixels, and this scan has {own} (rows × columns).")
        own = " × ".join(str(length) for length in shape[:2])
        raise PatchError(words.format(told=" × ".join(f"{length!s:.20}" for length in told), own=own))


def _features(found: Any) -> Iterator[dict[str, Any]]:
    """Yield the features of what was read."""
    kind = found.get("type") if isinstance(found, dict) else None
    if kind == "FeatureCollection":
        features = found.get("features")
        for feature in features if isinstance(features, list) else ():
            yield from _features(feature if _is(feature, "Feature") else None)
    elif kind == "Feature":
        yield found
    elif kind in ("Polygon", "MultiPolygon"):
        yield {"geometry": found}
    else:
        raise PatchError(_("it is no GeoJSON: it has no features or polygons."))


def _is(found: Any, kind: str) -> bool:
    return isinstance(found, dict) and found.get("type") == kind


def _polygons_in(geometry: Any) -> Iterator[Rings]:
    """Yield the polygons of a geometry, each as its outer ring and its holes."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        words = _("it holds {kind!s:.40}, which has no area: only Polygon and MultiPolygon are taken.")
        raise PatchError(words.format(kind=kind))
    polygons = geometry.get("coordinates")
    for rings in [polygons] if kind == "Polygon" else _listed(polygons):
        yield [_ring(ring) for ring in _listed(rings)]


def _listed(values: Any) -> list[Any]:
    if not isinstance(values, list) or not values:
        raise PatchError(_("one of its polygons has no rings of corners."))
    return values


def _ring(corners: Any) -> np.ndarray:
    """Return a ring without the corner that closes it."""
    listed = _listed(corners)
    try:
        ring = np.array([[float(x), float(y)] for x, y, *_height in listed], np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise PatchError(_("a corner of its polygons is no pair of numbers.")) from error
    if len(ring) > 1 and (ring[0] == ring[-1]).all():
        ring = ring[:-1]
    if len(ring) < 3 or not np.isfinite(ring).all():
        raise PatchError(_("one of its rings has fewer than three corners, or one at infinity."))
    return ring


def _patch(
    told: dict[str, Any], polygons: list[Rings], shape: Sequence[int], others: Sequence[Patch]
) -> Patch:
    new_name, new_colour = next_name_and_colour(others)
    name = nearest_name(next((told[key] for key in NAME_KEYS if isinstance(told.get(key), str)), ""))
    colour = next((told[key] for key in COLOUR_KEYS if isinstance(told.get(key), str)), "")
    mask = _mask_of(polygons, (shape[0], shape[1]))
    if not mask.any():
        words = _("{name} lies outside the scan, or holds no pixel's centre.")
        raise PatchError(words.format(name=name or new_name))
    drawn = tuple(polygons[0]) if len(polygons) == 1 else ()
    if not COLOUR.fullmatch(colour.lower()):
        colour = new_colour
    return Patch(name or new_name, colour, mask, drawn)


def _mask_of(polygons: Sequence[Rings], shape: tuple[int, int]) -> np.ndarray:
    """Return the pixels that are inside any of some polygons, of which each is drawn in its own frame."""
    if len(polygons) == 1:
        return pixels_inside(polygons[0], shape)
    mask: np.ndarray = np.zeros(shape, bool)
    drawn = 0
    for rings in polygons:
        low, high = (end(np.concatenate(rings), axis=0) for end in (np.min, np.max))
        frame = pixels_within((low[0], high[0]), (low[1], high[1]), shape)
        if frame is None:
            continue
        left, top, right, bottom = frame
        height, width = bottom + 1 - top, right + 1 - left
        drawn += height * width
        if drawn > MAX_DRAWN_PIXELS:
            raise PatchError(_("its polygons are too many and too large: join them."))
        moved = [ring - (left, top) for ring in rings]
        mask[top : bottom + 1, left : right + 1] |= pixels_inside(moved, (height, width))
    return mask

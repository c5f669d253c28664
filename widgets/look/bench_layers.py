"""Layers that can lie on the bench: element maps, bands of energies, registered photographs."""

import math

import numpy as np

from maxrf_core.datastack.scan_elements import shown_findings
from maxrf_core.datastack.stored_maps import first_map, units_of_map
from maxrf_core.elements.combined_maps import DIFFERENCE, Combination
from maxrf_core.elements.identify import SURE
from maxrf_core.errors import MaxrfError
from maxrf_core.imaging.layer_keys import (
    BAND,
    MAP,
    band_of,
    map_key,
    map_of,
    photo_key,
    photo_of,
    photo_title,
    title_of,
)
from maxrf_core.imaging.layers import HUES, LayerLook
from maxrf_core.registration.placed_photo import lay_on_grid
from widgets.charts.band_controls import band_name
from widgets.charts.band_map import NET_PER_PIXEL
from widgets.charts.map_layers import MapPicture, Part
from widgets.charts.map_stack import Layer, MapLayer, PhotoLayer
from widgets.elements.examination import Examination
from widgets.look.combined import combined_layer
from widgets.session.band_map_cache import cached_map
from widgets.session.bench import Bench
from widgets.session.choice import Choice, choice
from widgets.session.language import _
from widgets.session.map_data import MapData
from widgets.session.navigation import outside_page
from widgets.session.scan import Scan
from widgets.viewer.layers import Seen, drawn_extent, part_seen
from widgets.viewer.registered_photos import Photo, registered_photo, registered_photos

DARKEST, BRIGHTEST = 0.5, 99.0  # percentiles of a band map


def layer_of(scan: Scan, examination: Examination | None, key: str) -> Layer | None:
    """Return a layer by its key, or None if the scan has none of that name.

    Parameters
    ----------
    scan : Scan
    examination : Examination, optional
        Of the scan, for element maps.
    key : str
        A family such as "Fe-K", "ratio:Pb-L:Pb-M", "band:6.2:6.6", "map:Fe_Ka", or "photo:imvis_reg".
    """
    band, photo = band_of(key), photo_of(key)
    if band is not None:
        return band_layer(scan, key)
    if name := map_of(key):
        return stored_layer(scan, key) if name in scan.map_names else None
    if photo is not None:
        return photo_layer(registered_photo(scan, photo), key) if photo in registered_photos(scan) else None
    if Combination.from_key(key):
        return combined_layer(scan, examination, key, title_of)
    if examination is None or key not in examination.maps.names:
        return None
    tube = examination.analysis.instrument.tube
    data = cached_map((scan.version, tube, key), lambda _told: np.asarray(examination.shown(key)[0]))
    return MapLayer(key, title_of(key), data, _(NET_PER_PIXEL), lambda: np.asarray(examination.shown(key)[1]))


def first_look(layer: Layer, bench: Bench, colormap: str | None = None) -> LayerLook:
    """Return the look with which a layer is laid on the bench.

    A second map gives both a hue of their own, whose light adds up; a photograph lies below all maps.

    Parameters
    ----------
    layer : Layer
    bench : Bench
    colormap : str, optional
        Of the only map; by default the visitor's, who is not known in another thread.
    """
    if isinstance(layer, PhotoLayer):
        return LayerLook(layer.key)
    limits = layer.data.limits(DARKEST, BRIGHTEST)
    low = limits[0] if layer.key.startswith((BAND, DIFFERENCE, MAP)) else 0.0
    high = max(limits[1], low + 1e-6)
    if not bench.maps:
        return LayerLook(layer.key, low=low, high=high, colour=colormap or choice().colormap)
    used = {look.colour for look in bench.looks}
    hue = next((each for each in HUES if each not in used), HUES[-1])
    return LayerLook(layer.key, low=low, high=high, colour=hue)


def toggle_layer(scan: Scan, examination: Examination | None, now: Choice, key: str) -> None:
    """Lay a layer on the bench, or take it off."""
    if key in now.bench.keys:
        now.bench.remove(key, now.colormap)
        return
    with outside_page():
        layer = layer_of(scan, examination, key)
    if layer is not None:
        now.bench.add(first_look(layer, now.bench))


def photo_keys(scan: Scan) -> list[str]:
    """Return the keys of the scan's registered photographs, the newest first."""
    return [photo_key(name) for name in registered_photos(scan)]


def stored_keys(scan: Scan) -> list[str]:
    """Return the keys of the element maps that other programs made."""
    return [map_key(name) for name in scan.map_names]


def stored_layer(scan: Scan, key: str) -> MapLayer:
    """Return an element map that another program made as a layer."""
    name = map_of(key) or ""
    return MapLayer(key, name, scan.stored_map(name), _(units_of_map(scan.ds, name)))


def first_keys(scan: Scan, examination: Examination | None) -> list[str]:
    """Return the keys of the layers on a new bench: that of the strongest element that is sure, if any.

    Of a file without spectra it is the map of iron, else the first one.
    """
    if not scan.has_spectra:
        name = first_map(scan.map_names)
        return [] if name is None else [map_key(name)]
    findings = shown_findings(examination.identification) if examination else []
    sure = [each.family for each in findings if each.status == SURE] or [each.family for each in findings]
    return sure[:1]


def photo_layer(photo: Photo, key: str) -> PhotoLayer:
    """Return a registered photograph as a layer."""
    layer = photo.layer()

    def draw(part: Part, times: int) -> np.ndarray:
        scale = times / part.block
        left, top = part.left - 0.5, part.top - 0.5
        rows, columns = (
            math.ceil((last - first) / part.block) * times
            for first, last in ((part.top, part.bottom), (part.left, part.right))
        )
        seen = Seen(left, left + columns / scale, top + rows / scale, top, scale)
        chosen = part_seen(layer, seen) or layer.whole
        image = layer.draw(chosen)
        placed = drawn_extent(layer, chosen, image.size)
        pixels = np.asarray(image.convert("RGB"))
        return lay_on_grid(pixels, placed, (left, top), scale, (rows, columns))

    return PhotoLayer(
        key, photo_title(key, _("Photograph")), (photo.scan.version, photo.name), layer.fineness, draw
    )


def band_layer(
    scan: Scan, key: str, data: MapData | None = None, now: Choice | None = None
) -> MapLayer | None:
    """Return the layer of a band, or None if the scan has no such band.

    Parameters
    ----------
    scan : Scan
    key : str
        Such as "band:6.2:6.6".
    data : MapData, optional
        Its map, if that is known.
    now : Choice, optional
        By default that of the visitor, who is not known in another thread.
    """
    band = band_of(key)
    try:
        if band is None:
            return None
        channels = scan.axis.channels(*band)
    except MaxrfError:
        return None
    shown, count = data or scan.band_map(*band), channels.stop - channels.start

    def sigma() -> np.ndarray:
        return np.sqrt(np.maximum(shown.values, 0) / count)

    known = None if scan.is_smoothed else sigma
    return MapLayer(key, band_name(scan, *band, now), shown, _(MapPicture.units), known)

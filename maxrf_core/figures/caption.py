"""Caption of a figure, in English as all that is written to files."""

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from maxrf_core._version import SOFTWARE
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.pixel_size import pixel_size_of
from maxrf_core.datastack.scan_peaks import smoothing_of
from maxrf_core.elements.combined_maps import MIN_SHARE
from maxrf_core.errors import MaxrfError
from maxrf_core.figures.grid import Grid
from maxrf_core.figures.overlay import Overlay
from maxrf_core.figures.view_layers import (
    COUNTS,
    RATIO_OF_MAPS,
    RATIO_UNITS,
    MapValues,
    ViewLayer,
    families_of,
    stored_maps_of,
)
from maxrf_core.imaging.layer_keys import map_of, title_of
from maxrf_core.imaging.profile import line_length
from maxrf_core.mosaic.record import RECORD
from maxrf_core.names import CUBE
from maxrf_core.registration.local_error import expected_error
from maxrf_core.registration.placed_photo import PlacedPhoto
from maxrf_core.spectrum.elements import MONOCHROMATIC, tube_attributes
from maxrf_core.spectrum.line_names import line_group


def caption_of(
    ds: DataStack,
    layers: Mapping[str, ViewLayer],
    grid: Grid,
    tube: Mapping[str, object] | None = None,
    overlay: Overlay | None = None,
) -> str:
    """Return the caption of a picture.

    Parameters
    ----------
    ds : DataStack
    layers : mapping of str to MapValues or PlacedPhoto
        What the picture shows.
    grid : Grid
        Of the picture.
    tube : mapping, optional
        ``tube_anode`` and ``tube_kV`` with which element maps were fitted, if the file does not tell them.
    overlay : Overlay, optional
        What is drawn over the picture.
    """
    maps = [each for each in layers.values() if isinstance(each, MapValues)]
    photos = [each for each in layers.values() if isinstance(each, PlacedPhoto)]
    return " ".join(
        [
            _scan(ds, grid),
            *_elements(maps, ds, tube or {}),
            *_bands([each for each in maps if each.units == COUNTS]),
            *_stored_maps([each.title for each in maps if map_of(each.key)], RECORD in ds.names),
            *_combined_maps([each for each in maps if stored_maps_of(each.key)]),
            *(_treatment(ds, grid) if maps else []),
            *(photo_sentence(each, grid) for each in photos),
            *_overlay(ds, overlay or Overlay()),
            f"{SOFTWARE}.",
        ]
    )


def photo_sentence(photo: PlacedPhoto, grid: Grid) -> str:
    """Say which photograph it is, and how precisely it lies on the map in the middle of the picture."""
    notes = photo.ds.attributes(photo.name, latest=False)
    named = str(notes["photo"])[:80] if notes.get("photo") else photo.name
    left, right, bottom, top = grid.extent
    count, told = _precision(photo, ((left + right) / 2, (top + bottom) / 2))
    points = f", registered by {count} points" if count else ""
    return f"Photograph: {named}{points}; {told}."


def _scan(ds: DataStack, grid: Grid) -> str:
    title = str(ds.about.get("title") or "").strip()
    named = f"{title} ({ds.path.name})" if title and title != ds.path.stem else ds.path.name
    height, width, _channels = ds.shape
    if (grid.right - grid.left, grid.bottom - grid.top) == (width, height):
        return f"{named}, {width} × {height} pixels."
    part = f"x {grid.left}–{grid.right - 1}, y {grid.top}–{grid.bottom - 1}"
    return f"{named}, pixels {part} of {width} × {height}."


def _elements(maps: Sequence[MapValues], ds: DataStack, tube: Mapping[str, object]) -> Iterable[str]:
    families = dict.fromkeys(family for each in maps for family in families_of(each.key))
    named = [title_of(name) if line_group(name) else name.replace("-", " ") for name in families]
    if not named:
        return
    stated = {name: value for name, value in tube.items() if value is not None}
    known = {**tube_attributes(ds.about), **stated}
    added = f" ({_source(known)})" if known else ""
    yield f"Net counts of the {_listed(named)} lines, from fits of each pixel's spectrum{added}."
    if any(each.units == RATIO_UNITS for each in maps):
        yield "A ratio has a value where its second map is above the detection limit."


def _source(known: Mapping[str, object]) -> str:
    """Return the source of the rays: "Rh tube, 50 kV"."""
    anode, kv = known.get("tube_anode"), known.get("tube_kV")
    if anode == MONOCHROMATIC:
        return "monochromatic beam" if kv is None else f"monochromatic beam, {kv:g} keV"
    return ", ".join([*([f"{anode} tube"] if anode else []), *([] if kv is None else [f"{kv:g} kV"])])


def _bands(maps: Iterable[MapValues]) -> Iterable[str]:
    named = [each.title for each in maps]
    if named:
        bands = "band" if len(named) == 1 else "bands"
        yield f"Counts per channel in the {bands} {_listed(named)}, background included."


def _stored_maps(names: list[str], is_mosaic: bool) -> Iterable[str]:
    if names and is_mosaic:
        one, more = "The map {} is joined from several scans.", "The maps {} are joined from several scans."
        yield (one if len(names) == 1 else more).format(_listed(names))
    elif names:
        one, more = "The map {} is as another program made it.", "The maps {} are as others made them."
        yield (one if len(names) == 1 else more).format(_listed(names))


def _combined_maps(maps: Sequence[MapValues]) -> Iterable[str]:
    for each in maps:
        yield f"{each.title} is of maps as others made them."
    if any(each.units == RATIO_OF_MAPS for each in maps):
        yield (
            "A ratio has a value where its second map is above its detection limit, or, if the map has no "
            f"errors, above {MIN_SHARE:.0%} of its brightest values."
        )


def _treatment(ds: DataStack, grid: Grid) -> Iterable[str]:
    """Say what was done with the maps: smoothing, averaging, straight rows."""
    smoothing = smoothing_of(ds, CUBE) if ds.has_spectra else 0.0
    if smoothing:
        yield f"The scan's spectra are smoothed (sigma {smoothing:g} channels); the maps are not smoothed."
    else:
        yield "Maps are not smoothed."
    if grid.block > 1:
        yield f"A pixel of the picture is the mean of {grid.block:.2g} × {grid.block:.2g} pixels."
    if ds.row_displacement:
        yield f"Odd rows are shifted back by {ds.row_displacement:.2f} pixels."


def _overlay(ds: DataStack, overlay: Overlay) -> Iterable[str]:
    if overlay.pixel is not None:
        yield "The ring is around pixel x {}, y {}.".format(*overlay.pixel)
    if overlay.line is not None:
        size = pixel_size_of(ds)
        in_mm = f" ({line_length(overlay.line, size):.3g} mm)" if size else ""
        yield f"The line is {line_length(overlay.line):.3g} pixels{in_mm} long."


def _precision(photo: PlacedPhoto, place: tuple[float, float]) -> tuple[int, str]:
    """Return the number of points of a registration, and how precise it is at a place of the map."""
    unknown = "how precisely it fits is not known"
    if photo.arrays.points is None:
        return 0, unknown
    try:
        pairs = np.asarray(photo.ds.read(photo.arrays.points, latest=False))
        notes = photo.ds.attributes(photo.arrays.points, latest=False)
        error = expected_error(pairs, notes, place)
    except (MaxrfError, ValueError, IndexError, TypeError):  # by other programs
        return 0, unknown
    if error is None or error.basis == "assumed" or not math.isfinite(error.length):
        return len(pairs), unknown
    size = pixel_size_of(photo.ds)
    in_mm = f" ({error.length * max(size):.2g} mm)" if size else ""
    rough = ", a rough estimate" if error.is_rough else ""
    where = "in the middle of the picture"
    return len(pairs), f"off by about {error.length:.2g} map pixels{in_mm} {where}{rough}"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

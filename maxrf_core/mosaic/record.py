"""What a mosaic was made of, as JSON: its scans with their places, the overlaps and the factors of counts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from maxrf_core._version import SOFTWARE
from maxrf_core.datastack.binned_cache import cube_state
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import DatastackError
from maxrf_core.mosaic.count_ratio import Factor
from maxrf_core.mosaic.grid import Grid
from maxrf_core.mosaic.placed_scan import PlacedScan
from maxrf_core.mosaic.relative_error import RelativeError
from maxrf_core.mosaic.scan_maps import ScanMaps
from maxrf_core.mosaic.survey import Overlap, Survey
from maxrf_core.names import CUBE, newest
from maxrf_core.registration.register import checksum

RECORD = "mosaic"  # the array
VERSION = 1
CHOICE = "each pixel is from the scan whose border is farthest away; nothing is blended"


def record_text(
    found: Survey, grid: Grid, factors: Sequence[dict[str, Factor]] | None, pixel_size: float | None
) -> str:
    """Return the record of a mosaic as JSON text, see docs/format.md.

    Parameters
    ----------
    found : Survey
    grid : Grid
    factors : sequence of dict of str to Factor, or None
        Of each scan, if the counts were matched.
    pixel_size : float or None
        Millimetres of a pixel.
    """
    photo = found.scans[0].photo
    record = {
        "version": VERSION,
        "software": SOFTWARE,
        "photo": {"name": photo.title, "sha256": photo.sha256, "shape": list(photo.shape)},
        "pixel_convention": "x, y; the centre of the top-left pixel is 0, 0",
        "photo_to_mosaic": grid.from_photo.matrix.tolist(),
        "pixel_size_mm": pixel_size,
        "seams": CHOICE,
        "adjusted": found.is_adjusted,
        "scans": [
            _scan(maps, grid, None if factors is None else factors[number])
            for number, maps in enumerate(found.maps)
        ],
        "overlaps": [_overlap(each, found) for each in found.overlaps],
    }
    return json.dumps(record, indent=1, allow_nan=False)


@dataclass(frozen=True)
class RecordedOverlap:
    """An overlap of two scans as a mosaic's record tells it, in pixels of the first scan.

    Attributes
    ----------
    scans : (int, int)
        Numbers of the scans, from 1.
    before, after : float or None
        Measured distance, root mean square, by the registrations and after the adjustment; None if it was
        not measured.
    expected : float or None
        What the registrations led to expect; None if not known.
    """

    scans: tuple[int, int]
    before: float | None
    after: float | None
    expected: float | None


@dataclass(frozen=True)
class Recorded:
    """What a mosaic's record tells of its scans.

    Attributes
    ----------
    files : tuple of str
        Names of the scans' files.
    overlaps : tuple of RecordedOverlap
    is_matched : bool
        Whether counts were matched.
    fitted : dict of str to tuple of str
        Elements that were fitted in a scan though not found there, by the file's name.
    """

    files: tuple[str, ...]
    overlaps: tuple[RecordedOverlap, ...]
    is_matched: bool
    fitted: dict[str, tuple[str, ...]] = field(default_factory=dict)


def read_record(ds: DataStack) -> Recorded | None:
    """Return what a mosaic tells of its scans; None if it tells nothing, or nothing that can be read.

    Parameters
    ----------
    ds : DataStack
    """
    if RECORD not in ds.names:
        return None
    try:
        told = json.loads(str(ds.read(RECORD)))
        files = tuple(str(scan["file"]) for scan in told["scans"])
        overlaps = tuple(
            RecordedOverlap(
                (int(each["scans"][0]), int(each["scans"][1])),
                _rms(each["measured"]),
                _rms(each["measured_after_adjustment"]),
                None if each["expected_px"] is None else float(each["expected_px"]),
            )
            for each in told["overlaps"]
        )
        fitted = {
            str(scan["file"]): tuple(map(str, scan["fitted_for_the_mosaic"]))
            for scan in told["scans"]
            if scan.get("fitted_for_the_mosaic")
        }
        return Recorded(files, overlaps, any("factors" in scan for scan in told["scans"]), fitted)
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):  # of another program
        return None


def _rms(measured: dict[str, Any] | None) -> float | None:
    return None if measured is None else float(measured["rms_px"])


def _scan(maps: ScanMaps, grid: Grid, factors: dict[str, Factor] | None) -> dict[str, Any]:
    scan = maps.scan
    told = scan.registration
    record: dict[str, Any] = {
        "file": scan.ds.path.name,
        **identity_of(scan),
        "shape": list(scan.shape),
        "created": scan.ds.about.get("created"),
        "registration": told.attributes.get("registration"),
        "model": told.model,
        "points": told.points.tolist(),
        "correction_in_photo": scan.correction.matrix.tolist(),
        "outline": grid.from_photo.apply(scan.outline()).round(3).tolist(),
        "fitted_for_the_mosaic": list(maps.fitted),
        "without_a_map": list(maps.blank),
    }
    if factors is not None:
        record["factors"] = {
            name: {"factor": each.value, "error": each.error if np.isfinite(each.error) else None}
            for name, each in factors.items()
        }
    return record


def identity_of(scan: PlacedScan) -> dict[str, str]:
    """Return by what a scan's file is recognised.

    Returns
    -------
    dict
        ``cube_checksum``, see docs/format.md, or the ``sha256`` of a file without a cube of counts.
    """
    try:
        state = cube_state(scan.ds.path, newest(CUBE, scan.ds.names)) if scan.ds.has_spectra else None
    except DatastackError:  # a file of maxrf4u
        state = None
    return {"sha256": checksum(scan.ds.path)} if state is None else {"cube_checksum": state.checksum}


def _overlap(each: Overlap, found: Survey) -> dict[str, Any]:
    return {
        "scans": [each.first + 1, each.second + 1],
        "pixels": each.pixels,
        "expected_px": each.expected,
        "measured": _measured(each.measured, each.scale, found),
        "measured_after_adjustment": _measured(each.adjusted, each.scale, found),
        "contradicts_registrations": each.is_suspicious,
        "count_ratios": {
            name: {"ratio": ratio.ratio, "counting_error": ratio.counting, "scatter": ratio.scatter}
            for name, ratio in each.ratios.items()
        },
    }


def _measured(error: RelativeError | None, scale: float, found: Survey) -> dict[str, Any] | None:
    if error is None:
        return None
    return {
        "shift_px": (error.shift / scale).tolist(),
        "rms_px": error.rms / scale,
        "rms_mm": found.in_mm(error.rms / scale),
        "largest_px": error.largest / scale,
        "uncertainty_px": error.uncertainty / scale,
        "patches": len(error.patches),
    }

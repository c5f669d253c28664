"""Scans that may be tiles of one painting, by their places on the stage or by their names."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from maxrf_core.conversion.found_scans import FoundScan

MAX_GAP = 0.05  # between neighbours, of the smaller side of a tile
MAX_OVERLAP = 0.5  # of the smaller tile; scans of one place are repetitions


@dataclass(frozen=True)
class TileGroup:
    """Scans that may be tiles of one painting.

    Attributes
    ----------
    scans : tuple of FoundScan
        At least two.
    by_place : bool
        True if they lie side by side on the stage, False if only their names are alike.
    """

    scans: tuple[FoundScan, ...]
    by_place: bool


def tile_groups(scans: Sequence[FoundScan]) -> list[TileGroup]:
    """Return the groups of scans that may be tiles of one painting.

    Parameters
    ----------
    scans : sequence of FoundScan

    Returns
    -------
    list of TileGroup
        First those whose places on the stage tell it. Of the other scans, those of one folder whose names
        differ in numbers only, and whose channels and size of a pixel are alike.
    """
    sound = [scan for scan in scans if not scan.error and scan.shape[2]]
    groups = [TileGroup(tuple(each), True) for each in _neighbours(sound)]
    told = {id(scan) for scan in sound if "origin_mm" in scan.about}
    return groups + [
        TileGroup(tuple(each), False) for each in _like_named(sound) if not told.issuperset(map(id, each))
    ]


def _neighbours(scans: Sequence[FoundScan]) -> Iterator[list[FoundScan]]:
    """Yield the groups of scans that are connected by touching one another on the stage."""
    placed = [scan for scan in scans if {"origin_mm", "pixel_size_mm"} <= scan.about.keys()]
    while placed:
        group, waiting = list[FoundScan](), [placed.pop(0)]
        while waiting:
            scan = waiting.pop()
            group.append(scan)
            touching = [other for other in placed if _kind(other) == _kind(scan) and _touch(scan, other)]
            waiting += touching
            placed = [other for other in placed if not any(other is each for each in touching)]
        if len(group) > 1:
            yield sorted(group, key=lambda scan: scan.shown)


def _touch(one: FoundScan, other: FoundScan) -> bool:
    """Return True if two tiles are neighbours: they nearly touch or overlap, and are not of one place."""
    (low, high), (low_other, high_other) = _box(one), _box(other)
    common = np.minimum(high, high_other) - np.maximum(low, low_other)  # negative for a gap
    sizes = np.stack([high - low, high_other - low_other])
    if (common < -MAX_GAP * sizes.min(axis=0)).any():
        return False
    return bool(np.prod(np.maximum(common, 0)) <= MAX_OVERLAP * sizes.prod(axis=1).min())


def _box(scan: FoundScan) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and the largest x and y of a scan on the stage, in mm."""
    step = np.asarray(scan.about["pixel_size_mm"], np.float64)
    low = np.asarray(scan.about["origin_mm"], np.float64) - step / 2
    return low, low + step * scan.shape[1::-1]


def _like_named(scans: Sequence[FoundScan]) -> list[list[FoundScan]]:
    groups: dict[tuple[object, ...], list[FoundScan]] = {}
    for scan in scans:
        skeleton = re.sub("[0-9]+", "#", scan.shown)
        if "#" in skeleton.rpartition("/")[2] and scan.choice is None:
            key = (scan.shown.rpartition("/")[0], skeleton, *_kind(scan))
            groups.setdefault(key, []).append(scan)
    return [group for group in groups.values() if len(group) > 1]


def _kind(scan: FoundScan) -> tuple[object, ...]:
    """Return what tiles of one painting have in common: format, channels and size of a pixel."""
    size = scan.about.get("pixel_size_mm")
    return scan.format, scan.shape[2], None if size is None else tuple(np.round(size, 4).tolist())

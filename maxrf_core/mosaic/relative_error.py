"""How far two overlapping scans are apart: patches of the same element maps, matched in the overlap."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from maxrf_core.autoalign.edge_features import normalise_noise
from maxrf_core.autoalign.patch_matching import Matches, match
from maxrf_core.autoalign.pyramid import Level, translation
from maxrf_core.autoalign.robust_fit import Clicks, fit_magsac, fit_weighted
from maxrf_core.mosaic.grid import Grid, Tile
from maxrf_core.mosaic.scan_maps import Places, ScanMaps
from maxrf_core.transform.homography import Homography

REACH = 12  # pixels that scans may be apart, to each side
PATCH_SIZE = 24  # pixels
BLUR = 1.0  # pixels
TOLERANCE = 1.0  # pixels
MIN_CORRELATION = 0.3
MIN_MATCHES = 8
MIN_SHARE = 0.3  # of the patches that have edges, which have to agree
MAX_TILES = 9  # of an overlap, in which patches are matched
MAX_MAPS = 6  # that are compared together
MIN_SIDE = 20  # pixels of an overlap
SHARED = 7.0  # patches that count as one, since they share pixels; measured: see docs/registration.md
MIN_UNCERTAINTY = 0.02  # pixels
EDGE = 5  # pixels along the border of a scan whose edges are not used


@dataclass(frozen=True, eq=False)
class MatchedPatches:
    """Patches that two scans show, at their places by each scan's registration.

    Attributes
    ----------
    first, second : ndarray, (n, 2), float64
        x, y in photograph pixels: where the first scan shows them, and where the second does.
    weight : ndarray, (n, 2, 2), float64
        Inverse covariance of their distance, per photograph pixel².
    """

    first: np.ndarray
    second: np.ndarray
    weight: np.ndarray

    def __len__(self) -> int:
        return len(self.first)

    def __getitem__(self, which: np.ndarray) -> "MatchedPatches":
        return MatchedPatches(self.first[which], self.second[which], self.weight[which])


@dataclass(frozen=True, eq=False)
class RelativeError:
    """Measured distance between two scans in their overlap, in photograph pixels.

    Attributes
    ----------
    shift : ndarray, (2,), float64
        How much further right and down the second scan shows the same things, on average.
    rms, largest : float
        Length of the distance over the overlap, root mean square and at most.
    uncertainty : float
        Of `shift`: its expected error, root mean square.
    patches : MatchedPatches
        Those that agree.
    """

    shift: np.ndarray
    rms: float
    largest: float
    uncertainty: float
    patches: MatchedPatches


def measure(first: ScanMaps, second: ScanMaps, grid: Grid, box: Tile) -> RelativeError | None:
    """Measure how far two scans are apart in their overlap.

    The maps of all elements that both scans have are compared by their edges, as *Refine* compares maps with
    a photograph; so different counts do not matter.

    Parameters
    ----------
    first, second : ScanMaps
    grid : Grid
        With pixels of about the size of the scans'.
    box : (slice, slice)
        Part of the grid that holds the overlap.

    Returns
    -------
    RelativeError or None
        None if the overlap is too small, or shows too little to be measured.
    """
    found = [_matches(first, second, grid, tile) for tile in _spread_tiles(grid, box)]
    matches = [each for each in found if each is not None and len(each)]
    if not matches:
        return None
    together = Matches.joined(matches)
    size = grid.scale
    start = fit_magsac(Homography(np.eye(3)), together, TOLERANCE, MIN_MATCHES)
    if start is None:
        start = _median_shift(together)
    rows, columns = box
    shape = rows.stop - rows.start, columns.stop - columns.start
    moved = translation(columns.start, rows.start)
    start = moved.inverse() @ start @ moved
    inner = _moved(together, -columns.start, -rows.start)
    corners = np.array([[0, 0], [shape[1], 0], [shape[1], shape[0]], [0, shape[0]]], float)
    clicks = Clicks(start.inverse().apply(corners), corners, REACH / 2)
    fit = fit_weighted(start, [inner], clicks, shape, TOLERANCE)
    agrees = np.hypot(*(fit.transform.apply(inner.on_photo) - inner.on_map).T) < TOLERANCE
    if agrees.sum() < max(MIN_MATCHES, MIN_SHARE * len(inner)):
        return None
    inner = inner[agrees]
    distance = fit.transform.inverse().apply(inner.on_map) - inner.on_map
    lengths = np.hypot(*distance.T)
    patches = _patches(inner, fit.transform, grid, box)
    return RelativeError(
        distance.mean(axis=0) * size,
        float(np.sqrt(np.mean(lengths**2))) * size,
        float(lengths.max()) * size,
        _uncertainty(patches, size),
        patches,
    )


def _uncertainty(patches: MatchedPatches, size: float) -> float:
    """Return the error of the mean distance that follows from the scatter of the patches."""
    covariance = SHARED * np.linalg.inv(patches.weight.sum(axis=0))
    return max(MIN_UNCERTAINTY * size, float(np.sqrt(np.trace(covariance))))


def _patches(matches: Matches, fit: Homography, grid: Grid, box: Tile) -> MatchedPatches:
    """Return matches of a box in the photograph, with weights scaled by their scatter about a fit."""
    origin = np.array([box[1].start, box[0].start])
    places = [
        (each + origin) * grid.scale + (grid.left, grid.top) for each in (matches.on_map, matches.on_photo)
    ]
    correlation = np.clip(matches.correlation, 0, 0.95)
    weight = matches.stiffness * (correlation / (1 - correlation))[:, None, None]
    left = fit.apply(matches.on_photo) - matches.on_map
    scatter = np.einsum("ni,nij,nj->n", left, weight, left)
    weight = weight / max(1e-12, float(scatter.mean()) / 2)
    return MatchedPatches(places[0], places[1], weight / grid.scale**2)


def _matches(first: ScanMaps, second: ScanMaps, grid: Grid, tile: Tile) -> Matches | None:
    """Match patches of a tile; places are pixels of the grid."""
    if min(each.stop - each.start for each in tile) < MIN_SIDE:
        return None
    places = [Places(maps.scan, grid, tile) for maps in (first, second)]
    names = _clearest(first, second, places)
    if not names:
        return None
    stacks = [
        np.dstack([maps.sample(name, place, errors=False).values for name in names])
        for maps, place in zip((first, second), places, strict=True)
    ]
    exists = [np.isfinite(stack).all(axis=2) for stack in stacks]
    around = np.ones((2 * EDGE + 1, 2 * EDGE + 1), np.uint8)
    both = cv2.erode((exists[0] & exists[1]).astype(np.uint8), around, borderValue=1).astype(bool)
    if not both.any():
        return None
    one, other = (
        normalise_noise(_filled(stack, known), counts=True)
        for stack, known in zip(stacks, exists, strict=True)
    )
    same = Homography(np.eye(3))
    level = Level(1, one, other, exists[1], same, same)
    found = match(level, same, REACH, size=PATCH_SIZE, overlap=2, blur=BLUR)
    x, y = np.rint(found.on_map).astype(int).T
    keep = found.inside & (found.correlation > MIN_CORRELATION) & both[y, x]
    return _moved(found[keep], tile[1].start, tile[0].start)


def _clearest(first: ScanMaps, second: ScanMaps, places: Sequence[Places]) -> list[str]:
    """Return the common maps with the most structure above their noise."""
    ranked = []
    for name in (each for each in first.names if each in second.names):
        seen = [
            maps.sample(name, place, errors=False)
            for maps, place in zip((first, second), places, strict=True)
        ]
        ranked.append((min(_structure(each.values) for each in seen), name))
    return [name for structure, name in sorted(ranked, reverse=True) if structure > 0][:MAX_MAPS]


def _structure(values: np.ndarray) -> float:
    """Return the spread of a map's smoothed values in relation to its noise between neighbours."""
    steps, exists = np.abs(np.diff(values, axis=1)), np.isfinite(values)
    if np.isfinite(steps).sum() < MIN_SIDE:
        return 0.0
    smooth = cv2.blur(np.where(exists, values, np.median(values[exists])), (5, 5))
    return float(np.std(smooth[exists]) / (np.nanmedian(steps) + 1e-9))


def _filled(stack: np.ndarray, exists: np.ndarray) -> np.ndarray:
    """Return maps whose missing pixels have the values of the nearest others."""
    if exists.all():
        return stack
    labels = cv2.distanceTransformWithLabels(
        (~exists).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )[1]
    nearest = np.zeros(int(labels.max()) + 1, np.int64)
    nearest[labels[exists]] = np.flatnonzero(exists)
    filled: np.ndarray = stack.reshape(-1, stack.shape[2])[nearest[labels]]
    return filled


def _spread_tiles(grid: Grid, box: Tile) -> list[Tile]:
    """Return tiles spread over a box: all if they are few."""
    tiles = list(grid.tiles(box))
    if len(tiles) <= MAX_TILES:
        return tiles
    chosen = np.linspace(0, len(tiles) - 1, MAX_TILES).round().astype(int)
    return [tiles[number] for number in chosen]


def _median_shift(matches: Matches) -> Homography:
    x, y = np.median(matches.on_map - matches.on_photo, axis=0)
    return translation(float(x), float(y))


def _moved(matches: Matches, x: float, y: float) -> Matches:
    by = np.array([x, y])
    return replace(matches, on_map=matches.on_map + by, on_photo=matches.on_photo + by)

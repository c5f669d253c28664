"""Survey of overlapping scans: where they lie, how far they are apart, and how their counts compare."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from maxrf_core.language import _
from maxrf_core.mosaic.adjust import Adjustment, adjust
from maxrf_core.mosaic.count_ratio import CountRatio, count_ratios
from maxrf_core.mosaic.grid import Grid, Tile, grid_over, shared_box
from maxrf_core.mosaic.placed_scan import PlacedScan
from maxrf_core.mosaic.relative_error import RelativeError, measure
from maxrf_core.mosaic.scan_maps import ScanMaps
from maxrf_core.progress import Progress, silent

SUSPICIOUS = 2.5  # times the expected distance, beyond which the registrations contradict each other


@dataclass(frozen=True, eq=False)
class Overlap:
    """Overlap of two scans. Lengths are in pixels of the first scan of the survey.

    Attributes
    ----------
    first, second : int
        Numbers of the scans, from 0.
    pixels : int
        Of the survey's grid that both cover.
    expected : float or None
        Distance that the registrations lead to expect, root mean square; None if one of them tells no error.
    measured : RelativeError or None
        By the registrations, in photograph pixels; None if the overlap shows too little.
    adjusted : RelativeError or None
        The same after the joint adjustment, if there was one.
    ratios : dict of str to CountRatio
        Counts of the second scan in relation to the first, by element.
    scale : float
        Photograph pixels to a pixel of the first scan of the survey.
    """

    first: int
    second: int
    pixels: int
    expected: float | None
    measured: RelativeError | None
    adjusted: RelativeError | None
    ratios: dict[str, CountRatio]
    scale: float

    @property
    def distance(self) -> float | None:
        """Measured distance by the registrations, root mean square in pixels of the first scan."""
        return None if self.measured is None else self.measured.rms / self.scale

    @property
    def distance_after(self) -> float | None:
        """Measured distance after the joint adjustment; None without one."""
        return None if self.adjusted is None else self.adjusted.rms / self.scale

    @property
    def uncertainty(self) -> float | None:
        """Uncertainty of `distance`."""
        return None if self.measured is None else self.measured.uncertainty / self.scale

    @property
    def is_suspicious(self) -> bool:
        """Whether the scans are further apart than their registrations can explain."""
        if self.distance is None or self.uncertainty is None:
            return False
        allowed = SUSPICIOUS * max(self.expected if self.expected is not None else 0.5, self.uncertainty)
        return self.distance > allowed


@dataclass(frozen=True, eq=False)
class Survey:
    """What is known of several scans on one photograph before a mosaic is made of them.

    Attributes
    ----------
    scans : list of PlacedScan
        With their corrections, if the joint adjustment is better.
    maps : list of ScanMaps
        Of these scans.
    overlaps : list of Overlap
    adjustment : Adjustment or None
        None if nothing could be measured, or it was not wanted; used only if `Adjustment.is_better`.
    """

    scans: list[PlacedScan]
    maps: list[ScanMaps]
    overlaps: list[Overlap]
    adjustment: Adjustment | None

    @property
    def is_adjusted(self) -> bool:
        """Whether the scans were moved a little to meet in their overlaps."""
        return self.adjustment is not None and self.adjustment.is_better

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the maps that any scan has, those of the first scan first."""
        return tuple(dict.fromkeys(name for maps in self.maps for name in maps.names))

    def in_mm(self, pixels: float) -> float | None:
        """Convert pixels of the first scan to millimetres; None if its pixel size is not known."""
        size = self.scans[0].pixel_size
        return None if size is None else pixels * size


def survey(scans: Sequence[PlacedScan], *, adjusted: bool = True, progress: Progress | None = None) -> Survey:
    """Measure the overlaps of scans that are registered on one photograph.

    Parameters
    ----------
    scans : sequence of PlacedScan
        From `placed_scans`.
    adjusted : bool
        Adjust the scans jointly where that is measured to be better.
    progress : callable, optional
        Called with the fraction done and the current step; an exception from it stops the work.

    Returns
    -------
    Survey

    Raises
    ------
    RegistrationError
        If the scans cover too large a part of the photograph.
    CalibrationError
        If a scan with spectra has no energies.
    """
    report = progress or silent
    scans = list(scans)
    maps = [
        ScanMaps(scan, partial(_reading, report, number, len(scans))) for number, scan in enumerate(scans)
    ]
    names = dict.fromkeys(name for each in maps for name in each.names)
    for number, each in enumerate(maps):
        each.fit_missing(tuple(names), partial(_fitting, report, number, len(scans)))
    grid = _survey_grid(scans)
    report(0.5, _("comparing the overlaps"))
    boxes = _shared_boxes(scans, grid)
    measured = {
        (one, other): measure(maps[one], maps[other], grid, box) for (one, other), box in boxes.items()
    }
    patches = {pair: each.patches for pair, each in measured.items() if each is not None}
    adjustment = adjust(scans, patches) if adjusted else None
    after: dict[tuple[int, int], RelativeError | None] = {}
    if adjustment is not None and adjustment.is_better:
        report(0.7, _("adjusting the scans together"))
        pairs = zip(scans, adjustment.corrections, strict=True)
        scans = [scan.corrected(correction) for scan, correction in pairs]
        maps = [each.moved(scan) for each, scan in zip(maps, scans, strict=True)]
        grid = _survey_grid(scans)
        boxes = _shared_boxes(scans, grid)
        after = {pair: measure(maps[pair[0]], maps[pair[1]], grid, box) for pair, box in boxes.items()}
    overlaps, scale = [], scans[0].scale
    for (one, other), box in boxes.items():
        report(0.8, _("comparing the counts"))
        ratios, pixels = count_ratios(maps[one], maps[other], grid, box)
        if pixels:
            expected = _expected(scans[one], scans[other], grid, box, scale)
            found = measured.get((one, other)), after.get((one, other))
            overlaps.append(Overlap(one, other, pixels, expected, *found, ratios, scale))
    return Survey(scans, maps, overlaps, adjustment)


def _reading(report: Progress, number: int, count: int, fraction: float, doing: str) -> None:
    report(0.3 * (number + fraction) / count, doing)


def _fitting(report: Progress, number: int, count: int, fraction: float, doing: str) -> None:
    report(0.3 + 0.2 * (number + fraction) / count, doing)


def _survey_grid(scans: Sequence[PlacedScan]) -> Grid:
    """Return a grid whose pixels are as large as the largest ones of the scans."""
    grid = grid_over(scans)
    scale = max(scan.scale for scan in scans)
    height, width = (max(1, int(np.ceil(side * grid.scale / scale))) for side in grid.shape)
    shift = (scale - grid.scale) / 2
    return Grid(grid.left + shift, grid.top + shift, scale, height, width)


def _shared_boxes(scans: Sequence[PlacedScan], grid: Grid) -> dict[tuple[int, int], Tile]:
    boxes = [grid.box(scan.outline()) for scan in scans]
    shared = {
        (one, other): shared_box(boxes[one], boxes[other])
        for one in range(len(scans))
        for other in range(one + 1, len(scans))
    }
    return {pair: box for pair, box in shared.items() if box is not None}


def _expected(one: PlacedScan, other: PlacedScan, grid: Grid, box: Tile, scale: float) -> float | None:
    """Return the distance that two registrations lead to expect in a box, in pixels of `scale`."""
    y, x = (np.linspace(each.start, each.stop - 1, 3) for each in box)
    places = np.stack(np.meshgrid(x, y), axis=2).reshape(-1, 2) * grid.scale + (grid.left, grid.top)
    first, second = one.expected_error(places), other.expected_error(places)
    return None if first is None or second is None else float(np.hypot(first, second)) / scale

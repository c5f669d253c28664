"""Spectra of a scan in the view in which displaced odd rows are shifted back, see `imaging.straight_rows`."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from maxrf_core.cube.cube import Cube
from maxrf_core.cube.regions import Region, whole_pixels
from maxrf_core.errors import DatastackError
from maxrf_core.imaging.straight_rows import MAX_DISPLACEMENT, nearest_shift, shifted, to_scan
from maxrf_core.language import _
from maxrf_core.progress import Progress

ROW_DISPLACEMENT = "row_displacement_px"  # attribute of the file


class NoPixelError(DatastackError):
    """A region of the view shows no pixel of the scan."""


def told_displacement(about: Mapping[str, Any]) -> float:
    """Return the displacement that a file's attributes tell; 0 if none, or one that no scanner has."""
    told = about.get(ROW_DISPLACEMENT, 0.0)
    if not isinstance(told, int | float) or not math.isfinite(told) or abs(told) > MAX_DISPLACEMENT:
        return 0.0
    return float(told)


def check_displacement(pixels: float) -> float:
    """Return a displacement, or raise a DatastackError if no scanner has it."""
    if not math.isfinite(pixels) or abs(pixels) > MAX_DISPLACEMENT:
        raise DatastackError(
            _("Odd rows are displaced by at most {limit:g} pixels, not {pixels}.").format(
                limit=MAX_DISPLACEMENT, pixels=pixels
            )
        )
    return float(pixels)


def view_spectra(cube: Cube, points: ArrayLike, displacement: float, progress: Progress | None) -> np.ndarray:
    """Read the spectra that the view shows at pixels (n, 2): (n, channels), NaN where there is no pixel."""
    if displacement == 0:
        return cube.spectra(points, progress)
    height, width, channels = cube.shape
    shown = whole_pixels(points)
    for x, y in shown.tolist():
        Region.of(Region.rectangle(x, y, x, y), (height, width))
    pixels = to_scan(shown, displacement)
    there = (pixels[:, 0] >= 0) & (pixels[:, 0] < width)
    found = cube.spectra(pixels[there], progress)
    if there.all():
        return found
    spectra = np.full((len(pixels), channels), np.nan)
    spectra[there] = found
    return spectra


def masks_in_scan(masks: np.ndarray, displacement: float) -> np.ndarray:
    """Return masks of the scan's own pixels, (n, height, width), from those of the view."""
    return _shifted_masks(masks, -nearest_shift(displacement))


def masks_in_view(masks: np.ndarray, displacement: float) -> np.ndarray:
    """Return masks of the view, (n, height, width), from those of the scan's own pixels."""
    return _shifted_masks(masks, nearest_shift(displacement))


def _shifted_masks(masks: np.ndarray, shift: int) -> np.ndarray:
    if shift == 0:
        return masks
    moved = np.array(masks)
    for mask in moved:
        mask[1::2] = shifted(mask[1::2], shift, 0)
    return moved


def region_in_scan(region: Region | ArrayLike, shape: tuple[int, int], displacement: float) -> Region:
    """Return the pixels of the scan that the view shows in a region.

    Raises
    ------
    NoPixelError
        If there are none.
    DatastackError
        If the region exceeds the scan.
    """
    shown = Region.of(region, shape)
    shift = nearest_shift(displacement)
    if shift == 0:
        return shown
    first = max(0, shown.columns.start + min(0, shift))
    stop = min(shape[1], shown.columns.stop + max(0, shift))
    mask = np.zeros((shown.rows.stop - shown.rows.start, shape[1]), bool)
    mask[:, shown.columns] = True if shown.mask is None else shown.mask
    odd = slice((shown.rows.start + 1) % 2, None, 2)
    mask[odd] = shifted(mask[odd], -shift, False)
    if not mask.any():
        raise NoPixelError(_("The scan has no pixel in this region once its odd rows are shifted back."))
    return Region(shown.rows, slice(first, stop), mask[:, first:stop])

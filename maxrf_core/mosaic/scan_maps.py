"""Element maps of a scan, read window by window and sampled on a mosaic's grid."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.stored_elements import (
    NET,
    SIGMA,
    current_element_maps,
    scan_element_maps,
    scan_spectrum,
    scan_tube,
)
from maxrf_core.datastack.stored_maps import errors_of_maps, map_places, units_of_map
from maxrf_core.elements.analysis import analyse
from maxrf_core.elements.maps import chosen_families
from maxrf_core.errors import MaxrfError
from maxrf_core.imaging.straight_rows import MAX_DISPLACEMENT, straighten
from maxrf_core.language import _, marked
from maxrf_core.large_array import on_disk
from maxrf_core.mosaic.grid import Grid, Tile
from maxrf_core.mosaic.placed_scan import PlacedScan
from maxrf_core.progress import Progress

NET_UNITS = marked("net counts per pixel")
FITTED = "fitted for the mosaic"  # key of arrays that no file holds
MARGIN = int(MAX_DISPLACEMENT) + 2  # pixels read beyond a window, for interpolation and displaced rows
MAX_PARTS = 8  # samples along a side of a mosaic pixel


@dataclass(frozen=True, eq=False)
class Sampled:
    """A map of a scan on a tile of a grid.

    Attributes
    ----------
    values : ndarray, (rows, columns), float32
        NaN where the scan has no value.
    sigma : ndarray, (rows, columns), float32, or None
        Standard deviation from counting of the interpolated values; None if not known.
    pixel_variance : ndarray, (rows, columns), float32, or None
        Variance of the scan's own pixels there.
    """

    values: np.ndarray
    sigma: np.ndarray | None = None
    pixel_variance: np.ndarray | None = None


class Places:
    """Places of a tile's pixels in a scan.

    Parameters
    ----------
    scan : PlacedScan
    grid : Grid
    tile : (slice, slice)

    Attributes
    ----------
    inside : ndarray, (rows, columns), bool
        True for pixels whose centre lies in the scan.
    depth : ndarray, (rows, columns), float32
        Distance from the nearest edge of the scan, in photograph pixels; negative outside.
    """

    def __init__(self, scan: PlacedScan, grid: Grid, tile: Tile) -> None:
        self.shape = tuple(each.stop - each.start for each in tile)
        self.parts = min(MAX_PARTS, max(1, round(grid.scale / scan.scale)))
        points = grid.points(tile, self.parts)
        places = scan.to_scan(points.reshape(-1, 2)).reshape(points.shape)
        self.x, self.y = (np.nan_to_num(places[..., axis], nan=-1e6).clip(-1e6, 1e6) for axis in (0, 1))
        height, width = scan.shape
        sides = (self.x + 0.5, width - 0.5 - self.x, self.y + 0.5, height - 0.5 - self.y)
        nearest = np.minimum.reduce(sides).reshape(self.shape[0], self.parts, self.shape[1], self.parts)
        self.depth = (nearest.mean(axis=(1, 3)) * scan.scale).astype(np.float32)
        self.inside = self.depth >= 0
        self.within = (self.x >= -0.5) & (self.x <= width - 0.5) & (self.y >= -0.5) & (self.y <= height - 0.5)


class ScanMaps:
    """Element maps of a placed scan.

    Parameters
    ----------
    scan : PlacedScan
    progress : callable, optional
        Of computing maps that the file does not hold; it is not changed.

    Attributes
    ----------
    names : tuple of str
    units : str
        Of the values.
    fitted : tuple of str
        Those of `names` that the scan's own list of elements lacks, see `fit_missing`.
    blank : dict of str to str
        Names of maps that it cannot have, and why.
    """

    def __init__(self, scan: PlacedScan, progress: Progress | None = None) -> None:
        self.scan = scan
        ds = scan.ds
        self.units = NET_UNITS
        self.fitted: tuple[str, ...] = ()
        self.blank: dict[str, str] = {}
        self._arrays: dict[str, tuple[Any, Any | None]] = {}  # maps and their errors, read when sliced
        if ds.has_spectra and ds.axis.unit == "keV":
            names, *arrays = _element_maps(ds, progress)
            self._places = {name: (NET, number, False) for number, name in enumerate(names)}
            self._arrays[NET] = arrays[0], arrays[1]
        else:
            self._places = map_places(ds)
            self.units = units_of_map(ds, next(iter(self._places), ""))
            for array in {place[0] for place in self._places.values()}:
                beside = errors_of_maps(ds, array)
                errors = None if beside is None else ds.read(beside, latest=False, compute=False)
                self._arrays[array] = ds.read(array, latest=False, compute=False), errors
        self.names = tuple(self._places)

    def fit_missing(self, names: Sequence[str], progress: Progress | None = None) -> None:
        """Fit elements that other scans have, and this one does not list, where its energies allow it.

        They are fitted together with the scan's own elements, whose maps stay as they are.

        Parameters
        ----------
        names : sequence of str
            Of the maps of all scans.
        progress : callable, optional
        """
        missing = [name for name in names if name not in self.names]
        ds = self.scan.ds
        if missing and NET in self._arrays:
            self.blank = _unfitted(ds, missing)
        elif missing:
            reason = _("its energies are not set") if ds.has_spectra else _("the file holds no spectra")
            self.blank = dict.fromkeys(missing, reason)
        self.fitted = tuple(name for name in missing if name not in self.blank)
        if not self.fitted:
            return
        made = scan_element_maps(
            ds.straightened(0.0), [*self.names, *self.fitted], progress=progress, keep=False
        )
        chosen = [made.index(name) for name in self.fitted]
        self._arrays[FITTED] = on_disk(made.net[chosen]), on_disk(made.sigma[chosen])
        self._places |= {name: (FITTED, number, False) for number, name in enumerate(self.fitted)}
        self.names = tuple(self._places)

    def moved(self, scan: PlacedScan) -> "ScanMaps":
        """Return the same maps with another correction of the scan's place."""
        moved = copy(self)
        moved.scan = scan
        return moved

    def sample(self, name: str, places: Places, *, errors: bool = True) -> Sampled:
        """Return a map on a tile, with linear interpolation.

        Parameters
        ----------
        name : str
        places : Places
        errors : bool
            Whether the errors are needed, which take longer than the values.

        Returns
        -------
        Sampled
            Where a pixel of the tile is larger than one of the scan, the mean over the tile's pixel.
        """
        nothing = np.full(places.shape, np.nan, np.float32)
        window = self._window(places)
        if name not in self.names or window is None:
            return Sampled(nothing)
        values, variance = self._read(name, window)
        x, y = places.x - window[1].start, places.y - window[0].start
        sampled = _means(_linear(values, x, y), places)
        if variance is None or not errors:
            return Sampled(sampled)
        pixel_variance = _means(_linear(variance, x, y), places)
        if places.parts == 1:
            spread = _means(_linear_variance(variance, x, y), places)
        else:  # n samples a pixel apart share n + 1 pixels, whose squared weights add up to (n − 1/3) / n²
            spread = pixel_variance * np.float32((places.parts - 1 / 3) / places.parts**2) ** 2
        return Sampled(sampled, np.sqrt(spread), pixel_variance)

    def _window(self, places: Places) -> Tile | None:
        """Return the rows and columns of the scan that a tile needs; None if it needs none."""
        if not places.within.any():
            return None
        bounds = []
        for axis, length in ((places.y, self.scan.shape[0]), (places.x, self.scan.shape[1])):
            needed = axis[places.within]
            start = max(0, int(needed.min()) - MARGIN)
            bounds.append(slice(start - start % 2, min(length, int(needed.max()) + MARGIN + 1)))
        return bounds[0], bounds[1]

    def _read(self, name: str, window: Tile) -> tuple[np.ndarray, np.ndarray | None]:
        """Read a window of a map and its variance, in the view of the rows that was registered."""
        array, number, is_last = self._places[name]
        values, errors = self._arrays[array]
        part = (*window, number) if is_last else (number, *window)
        net = self._straight(np.asarray(values[part], np.float32))
        return net, None if errors is None else self._straight(np.asarray(errors[part], np.float32) ** 2)

    def _straight(self, values: np.ndarray) -> np.ndarray:
        return np.asarray(straighten(values, self.scan.registration.row_displacement), np.float32)


def _element_maps(ds: DataStack, progress: Progress | None) -> tuple[list[str], Any, Any]:
    """Return the names, net counts and errors of a scan's element maps, which are read when sliced."""
    about = current_element_maps(ds)
    if about is not None:
        return list(about["names"]), ds.read(NET, compute=False), ds.read(SIGMA, compute=False)
    made = scan_element_maps(ds.straightened(0.0), progress=progress, keep=False)
    return list(made.names), on_disk(made.net), on_disk(made.sigma)


def _unfitted(ds: DataStack, names: Sequence[str]) -> dict[str, str]:
    """Return the names that cannot be fitted in a scan, and why."""
    spectrum, found = scan_spectrum(ds), dict[str, str]()
    families = [name for name in names if "-" in name]
    analysis = analyse(spectrum, ds.axis, scan_tube(ds, spectrum).tube, families)
    for name in names:
        try:
            if chosen_families(analysis, [name]) != [name]:
                found[name] = _("it is no name of an element's lines")
        except MaxrfError as error:
            found[name] = str(error)
    return found


def _linear(values: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return cv2.remap(
        values, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def _linear_variance(variance: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the variance of linearly interpolated values: the sum of weights² · variance of four pixels."""
    moved, total = [], np.ones(x.shape)
    for places in (x, y):
        whole = np.floor(places)
        late = (places - whole) ** 2
        both = late + (1 - (places - whole)) ** 2
        moved.append(whole + late / both)
        total *= both
    return _linear(variance, moved[0], moved[1]) * total.astype(np.float32)


def _means(samples: np.ndarray, places: Places) -> np.ndarray:
    """Return the mean of the samples in each pixel of the tile; NaN where its centre is outside the scan."""
    rows, columns = places.shape
    samples = np.where(places.within, samples, np.nan).reshape(rows, places.parts, columns, places.parts)
    exists = np.isfinite(samples)
    count = exists.sum(axis=(1, 3))
    total = np.where(exists, samples, 0).sum(axis=(1, 3))
    enough = (count * 2 > places.parts**2) & places.inside
    return np.divide(total, count, out=np.full(places.shape, np.nan, np.float32), where=enough)

"""DataStack: a scan with all that was made from it, read by name, extended by appending."""

import copy
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from maxrf_core.cube.binned import BinnedCube
from maxrf_core.cube.cube import Cube
from maxrf_core.cube.regions import Region, RegionSpectrum
from maxrf_core.datastack.contents import size_text
from maxrf_core.datastack.map_array import BAND_MAP_UNITS, MapArray
from maxrf_core.datastack.missing_pixels import missing_pixels_of
from maxrf_core.datastack.stored_arrays import StoredArrays
from maxrf_core.datastack.stored_axis import stored_axis
from maxrf_core.datastack.stored_maps import holds_cube, map_shape, stored_map, stored_map_names
from maxrf_core.datastack.straight_view import (
    ROW_DISPLACEMENT,
    check_displacement,
    region_in_scan,
    told_displacement,
    view_spectra,
)
from maxrf_core.errors import ArrayNotFoundError, DatastackError, NoSpectraError
from maxrf_core.imaging.straight_rows import straighten
from maxrf_core.language import _
from maxrf_core.names import CUBE, ENERGIES, MAX_SPECTRUM, SUM_SPECTRUM
from maxrf_core.progress import Progress
from maxrf_core.spectrum.calibration import Calibration, SpectralAxis
from maxrf_core.spectrum.calibration_check import check_plausible
from maxrf_core.spectrum.elements import tube_attributes

if TYPE_CHECKING:
    from maxrf_core.elements.maps import ElementMaps
    from maxrf_core.patches.patch import Patch

__all__ = [
    "CUBE",
    "ENERGIES",
    "MAX_SPECTRUM",
    "SUM_SPECTRUM",
    "DataStack",
    "size_text",
]

MAX_PIXEL_SIZE = 100.0  # mm; more is a mistake


class DataStack(StoredArrays):
    """An MA-XRF scan with all that was made from it: read by name, extended by appending.

    Parameters
    ----------
    datastack_file : path_like
        A ``.datastack`` file, ours (HDF5) or maxrf4u's (zarr in a zip).
    mode : {"r", "r+", "a"}
        For maxrf4u's notebooks; it changes nothing. The file is open only while something is read or
        appended, and nothing in it is ever overwritten.
    verbose : bool
        Print the contents.
    show_arrays : bool
        For maxrf4u's notebooks; see `tree`.

    Attributes
    ----------
    path : Path
    datastack_file : str
        The path as text, as maxrf4u's notebooks use it.
    MAXRF_CUBE, MAXRF_ENERGIES, … : str
        Names of layers, see `Layers`.

    Raises
    ------
    DatastackError
        Where the file is no datastack or is damaged, or for another mode.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from maxrf_core import convert
    >>> from maxrf_core.readers import ArrayScan
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "scan.datastack"
    >>> ds = DataStack(convert(ArrayScan(np.ones((20, 30, 100), np.uint16)), path))
    >>> ds.band_map(40, 60).shape
    (20, 30)
    >>> ds.append({"maxrf_sumspectrum": np.ones(100)})
    {'maxrf_sumspectrum': 'maxrf_sumspectrum_'}
    """

    _row_displacement: float | None = None  # as the file tells it

    def cube(self, name: str = CUBE) -> Cube:
        """Return fast access to a cube's counts (the newest version of `name`).

        Raises
        ------
        NoSpectraError
            If the file holds element maps and no cube.
        DatastackError
            If that array is not a cube, is empty, or holds no numbers.
        """
        try:
            exact_name = self.latest(name)
        except ArrayNotFoundError:
            if name == CUBE:
                self._require_spectra()
            raise
        cube = self._cube(exact_name)
        if 0 in cube.shape or cube.dtype.kind not in "biuf":
            raise DatastackError(
                _(
                    "{name}: {array} holds no counts (its shape is {shape}, its type {dtype}); convert "
                    "the raw scan again."
                ).format(name=self.path.name, array=name, shape=cube.shape, dtype=cube.dtype)
            )
        missing = self.missing if name == CUBE else None
        return cube if missing is None else cube.without_pixels(missing)

    @property
    def missing(self) -> np.ndarray | None:
        """Pixels that were never measured: (height, width) bool, in the scan's own pixels; None if all were.

        Maps have no value (NaN) there, and means of spectra leave them out.
        """
        return self._once("missing", lambda: missing_pixels_of(self))

    @property
    def has_spectra(self) -> bool:
        """False if the file holds element maps that another program made, and no cube of spectra."""
        return self._once(
            "has_spectra", lambda: holds_cube(self.entries()) or map_shape(self.entries()) is None
        )

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and number of channels of the scan; 0 channels if it holds maps only."""
        maps = None if self.has_spectra else map_shape(self.entries())
        return self.cube().shape if maps is None else (*maps, 0)

    def _require_spectra(self) -> None:
        if self.has_spectra:
            return
        raise NoSpectraError(
            _(
                "{name} holds element maps and no spectra: this needs a scan with the spectrum of each pixel."
            ).format(name=self.path.name)
        )

    @property
    def map_names(self) -> list[str]:
        """Names of the element maps that other programs made, see `stored_map`."""
        return stored_map_names(self)

    def stored_map(self, name: str) -> MapArray:
        """Read an element map that another program made: (height, width), see `map_names`."""
        return stored_map(self, name)

    @property
    def axis(self) -> SpectralAxis:
        """Energies of the channels in keV, or, until the scan is calibrated, their numbers.

        Raises
        ------
        NoSpectraError
            If the file holds element maps and no cube.
        DatastackError
            If the stored energies do not fit the scan.
        """
        return self._once("axis", self._read_axis)

    def _read_axis(self) -> SpectralAxis:
        self._require_spectra()
        return stored_axis(self.read, self.shape[2], self.path.name)

    def set_tube(self, tube: Mapping[str, Any]) -> None:
        """Store attributes of the X-ray tube: ``tube_kV``, ``tube_anode`` or both, as `Tube.attributes`.

        Raises
        ------
        DatastackError
            If the file cannot be changed or was written by maxrf4u.
        """
        self._store.note(tube_attributes(tube))

    def set_pixel_size(self, width: float, height: float) -> None:
        """Store the size of a pixel in mm, as the attribute ``pixel_size_mm``.

        Raises
        ------
        DatastackError
            If a length is not above 0 and at most 100 mm, the file cannot be changed or was written by
            maxrf4u.
        """
        if not all(0 < length <= MAX_PIXEL_SIZE for length in (width, height)):
            words = _("A pixel is over 0 and at most {limit:g} mm wide and high, not {width:g} × {height:g}.")
            raise DatastackError(words.format(limit=MAX_PIXEL_SIZE, width=width, height=height))
        self._store.note({"pixel_size_mm": np.array([width, height], dtype=np.float64)})

    @property
    def row_displacement(self) -> float:
        """Pixels by which odd rows lie too far to the right: maps show them shifted back, and regions follow.

        It is what `straightened` was called with, else the attribute ``row_displacement_px`` of the file,
        else 0. The counts, `cube` and all that is stored keep the pixels of the scan.
        """
        return told_displacement(self.about) if self._row_displacement is None else self._row_displacement

    def straightened(self, pixels: float | None) -> "DataStack":
        """Return the same scan with another `row_displacement`; None is what the file tells."""
        view = copy.copy(self)
        view._row_displacement = None if pixels is None else check_displacement(pixels)
        return view

    def keep_row_displacement(self, pixels: float) -> None:
        """Store `row_displacement` in the file, for all who open it; 0 takes it back.

        Raises
        ------
        DatastackError
            If the file cannot be changed or was written by maxrf4u.
        """
        self._store.note({ROW_DISPLACEMENT: check_displacement(pixels)})

    def calibrate(self, calibration: Calibration) -> str:
        """Store energies for the channels; returns the name under which they are stored.

        Raises
        ------
        CalibrationError
            For a gain or an offset that no instrument has.
        NoSpectraError
            If the file holds element maps and no cube.
        """
        self._require_spectra()
        check_plausible(calibration)
        attributes = {"gain": calibration.gain, "offset": calibration.offset, "source": calibration.source}
        return self.append({ENERGIES: calibration.energies(self.shape[2])}, {ENERGIES: attributes})[ENERGIES]

    def band_map(
        self, lo: float, hi: float, progress: Progress | None = None, *, sigma: float = 0.0
    ) -> MapArray:
        """Compute the image of a band: the mean count per channel over ``lo <= energy < hi``.

        Parameters
        ----------
        lo, hi : float
            In the axis's unit: keV, or channel numbers until the scan is calibrated.
        progress : callable, optional
            Called with the fraction done and what is being done; what it raises stops the work.
        sigma : float
            Smooth each spectrum first, by a Gaussian of so many channels; 7 gives what maxrf4u stores.

        Returns
        -------
        MapArray
            (height, width) float64, counts per channel: an array that has a method `plot`.

        Raises
        ------
        CalibrationError
            Where the band holds no channel.
        """
        channels = self.axis.channels(lo, hi)
        values = self.cube().band_map(channels.start, channels.stop, sigma=sigma, progress=progress)
        band = f"{lo:g}–{hi:g} keV" if self.axis.unit == "keV" else f"channels {lo:g}–{hi:g}"
        title = f"{self.path.stem}, {band}" + (", smoothed" if sigma else "")
        return MapArray.of(straighten(values, self.row_displacement), title, BAND_MAP_UNITS)

    @property
    def has_binned_counts(self) -> bool:
        """True if there are the sums over 4 × 4 pixels and 4 channels that `binned_map` needs."""
        return self.binned_counts is not None

    @property
    def binned_counts(self) -> BinnedCube | None:
        """The sums over 4 × 4 pixels and 4 channels beside the cube, or None."""
        return self._binned(self.latest(CUBE)) if self.has_spectra else None

    def binned_map(self, lo: float, hi: float) -> np.ndarray | None:
        """Compute the image of a band from sums over 4 × 4 pixels and 4 channels, in a tenth of the time.

        Parameters
        ----------
        lo, hi : float
            As in `band_map`.

        Returns
        -------
        ndarray, shape (height / 4, width / 4), rounded up, float64; or None
            Counts per channel. None if there are no such sums, or they cannot be read: maxrf4u writes none,
            nor did older versions of this program. `repack` adds them; the app puts them beside the file.

        Raises
        ------
        CalibrationError
            Where the band holds no channel.
        """
        channels = self.axis.channels(lo, hi)
        binned, missing = self.binned_counts, self.missing
        try:
            return None if binned is None else binned.band_map(channels.start, channels.stop, missing)
        except DatastackError:  # the cache was removed meanwhile, say
            return None

    def band_maps(self, bands: Sequence[tuple[float, float]], progress: Progress | None = None) -> np.ndarray:
        """Compute the maps of several bands at once: (bands, height, width) float64; see `band_map`."""
        channels = [self.axis.channels(lo, hi) for lo, hi in bands]
        return self._straight(self.cube().band_maps([(part.start, part.stop) for part in channels], progress))

    def weighted_map(self, weights: ArrayLike, progress: Progress | None = None) -> np.ndarray:
        """Sum every pixel's counts, each times its channel's weight: (height, width) float64."""
        return straighten(self.cube().weighted_map(weights, progress), self.row_displacement)

    def weighted_maps(self, weights: ArrayLike, progress: Progress | None = None) -> np.ndarray:
        """Compute several weighted sums in one pass: (maps, height, width) float32; see `weighted_map`."""
        return self._straight(self.cube().weighted_maps(weights, progress))

    def _straight(self, maps: np.ndarray) -> np.ndarray:
        """Shift odd rows back in maps (n, height, width), in place."""
        for number in range(len(maps) if self.row_displacement else 0):
            maps[number] = straighten(maps[number], self.row_displacement)
        return maps

    def spectrum(self, x: int, y: int) -> np.ndarray:
        """Read the spectrum of the pixel in column `x`, row `y`: (channels,) float64, counts."""
        return self.spectra([(x, y)])[0].astype(np.float64)

    def spectra(self, points: ArrayLike, progress: Progress | None = None) -> np.ndarray:
        """Read the spectra of some pixels (x, y): (points, channels), counts."""
        return view_spectra(self.cube(), points, self.row_displacement, progress)

    def region_spectrum(self, region: Region | ArrayLike, progress: Progress | None = None) -> RegionSpectrum:
        """Sum the spectra of a rectangle, a polygon's corners or a mask; see `Cube.region_spectrum`."""
        if self.row_displacement:
            region = region_in_scan(region, self.shape[:2], self.row_displacement)
        return self.cube().region_spectrum(region, progress)

    def sum_and_max(self, progress: Progress | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Compute the sum and the maximum of all pixels' counts at each channel."""
        return self.cube().sum_and_max(progress)

    def element_maps(
        self, families: Sequence[str] | None = None, progress: Progress | None = None, *, keep: bool = True
    ) -> "ElementMaps":
        """Return net counts of line families in each pixel, with their error; see `scan_element_maps`."""
        from maxrf_core.datastack.stored_elements import scan_element_maps  # it needs this class

        return scan_element_maps(self, families, progress, keep=keep)

    def patches(self) -> "list[Patch]":
        """Return the named regions that are kept in the file; see `stored_patches`."""
        from maxrf_core.datastack.stored_patches import stored_patches  # it needs this class

        return stored_patches(self)

    def keep_patches(self, patches: "Sequence[Patch]") -> str:
        """Store the named regions of the scan in place of those kept before; see `stored_patches`."""
        from maxrf_core.datastack.stored_patches import keep_patches  # it needs this class

        return keep_patches(self, patches)

"""The open scan: cached spectra, band maps and arrays.

Results are cached by the file's generation, so an append is seen at once. Arrays are
shared between pages, hence marked unwritable.
"""

import math
from collections.abc import Hashable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import streamlit as st

from maxrf_core import DataStack, Region
from maxrf_core.atomic.changes import generation
from maxrf_core.autoalign.map_selection import (
    HALF_BAND,
    HALF_BAND_CHANNELS,
    band_of_line,
    prominent_lines,
)
from maxrf_core.cube.binned import BIN
from maxrf_core.datastack.datastack import CUBE, MAX_SPECTRUM, SUM_SPECTRUM
from maxrf_core.datastack.pixel_size import pixel_size_of
from maxrf_core.datastack.scan_peaks import scan_peaks, smoothing_of
from maxrf_core.datastack.straight_view import NoPixelError
from maxrf_core.errors import MaxrfError, NoSpectraError
from maxrf_core.spectrum.calibration import SpectralAxis
from maxrf_core.spectrum.elements import Tube
from server.binned_caches import binned_caches
from widgets.session import library
from widgets.session.band_map_cache import IsWanted, cached_map, prepare_map
from widgets.session.choice import Choice, choice
from widgets.session.image_cache import cached_array
from widgets.session.language import _
from widgets.session.map_data import MapData, spread_blocks

COARSE_PIXELS = 1_000_000  # of a map; a smaller one is there as soon, and would look coarse on the screen
Version = tuple[str, int, int, int, float | None]


@dataclass(frozen=True)
class Scan:
    """A datastack that is open in the app.

    Attributes
    ----------
    ds : DataStack
    axis : SpectralAxis
    identifier : str
    version : tuple
        The file's path and generation, which change with its content, and the chosen displacement of odd
        rows: the key of cached results.
    trouble : str or None
        Why the stored energies cannot be used; the axis then counts channels.
    """

    ds: DataStack
    axis: SpectralAxis
    identifier: str
    version: Version
    trouble: str | None = None

    @property
    def rows_in_words(self) -> str:
        """What is done with odd rows, for titles of files; "" if nothing."""
        pixels = self.ds.row_displacement
        return _("odd rows shifted back by {pixels:.2f} pixels").format(pixels=abs(pixels)) if pixels else ""

    @property
    def size(self) -> int:
        """Bytes that the file takes on disk."""
        return self.ds.path.stat().st_size

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the maps."""
        return self.ds.shape[:2]

    @property
    def pixel_size(self) -> tuple[float, float] | None:
        """Width and height of a map pixel in mm; None if the file does not tell them."""
        return pixel_size_of(self.ds)

    @property
    def has_spectra(self) -> bool:
        """False if the file holds element maps and no spectra."""
        return len(self.axis) > 0

    @property
    def map_names(self) -> list[str]:
        """Names of the element maps that other programs made."""
        return _map_names(self.version)

    def stored_map(self, name: str) -> MapData:
        """Return an element map that another program made, cached."""
        key = self.version, self.ds.row_displacement, "map", name
        return cached_map(key, lambda _told: np.asarray(self.ds.stored_map(name)))

    def has(self, name: str) -> bool:
        """Return True if the datastack holds an array of that name, in any version."""
        return name in self.ds.names

    def array(self, name: str) -> np.ndarray:
        """Read the newest version of an array, cached."""
        return _array(self.version, self.ds.latest(name))

    def spectrum(self, name: str) -> np.ndarray | None:
        """Read a stored spectrum, (channels,); None if there is none with the scan's channels."""
        if not self.has(name):
            return None
        values = self.array(name)
        return values if values.shape == self.axis.values.shape and values.dtype.kind in "fiu" else None

    def smoothing_of(self, name: str) -> float:
        """Return the width by which an array's spectra were smoothed, see `scan_peaks.smoothing_of`."""
        return _smoothing(self.version, name)

    def peaks(self) -> np.ndarray:
        """Return the channels of the peaks that are more than noise, the most prominent first."""
        return _peaks(self.version, self.trouble is None)

    def tube(self, now: Choice | None = None) -> Tube:
        """Return the X-ray tube: what the file says of it, else what this visitor chose, else Rh at 50 kV."""
        now = now or choice()
        return Tube.from_attributes(self.ds.about, now.anode, now.kv)

    def read_exact(self, name: str) -> np.ndarray:
        """Read the array of exactly this name; the last ones are cached."""
        read = partial(self.ds.read, name, latest=False)
        return cached_array((self.version, name), read, _("Reading from the scan …"))

    def band_map(self, lo: float, hi: float) -> MapData:
        """Return the map of a band in counts per channel, cached."""
        return cached_map(self._band(lo, hi), partial(self.ds.band_map, lo, hi))

    def prepare_band_map(self, lo: float, hi: float, is_wanted: IsWanted) -> MapData | None:
        """Make the map of a band that will probably be needed, see `band_map_cache.prepare_map`."""
        return prepare_map(self._band(lo, hi), partial(self.ds.band_map, lo, hi), is_wanted)

    @property
    def has_coarse_maps(self) -> bool:
        """True if maps of bands are worth showing coarsely at first, and can be, see `coarse_band_map`."""
        return math.prod(self.shape) >= COARSE_PIXELS and self.ds.has_binned_counts

    def coarse_band_map(self, lo: float, hi: float) -> MapData | None:
        """Return the map of a band as means over 4 × 4 pixels, each in all of them, while the band moves."""
        binned = self.ds.binned_map(lo, hi)
        if binned is None:
            return None
        values = spread_blocks(binned.astype(np.float32), BIN, self.shape)
        return MapData(np.ascontiguousarray(values), (*self._band(lo, hi), "binned"))

    def _band(self, lo: float, hi: float) -> tuple[Hashable, ...]:
        channels = self.axis.channels(lo, hi)
        return self.version, channels.start, channels.stop

    def overall_spectrum(self) -> np.ndarray:
        """Read the max spectrum, or else the sum spectrum, or else zeros; (channels,)."""
        for name in (MAX_SPECTRUM, SUM_SPECTRUM):
            values = self.spectrum(name)
            if values is not None:
                return values
        return np.zeros(len(self.axis))

    @property
    def is_smoothed(self) -> bool:
        """True if the cube holds smoothed spectra, as maxrf4u stores them, instead of counts."""
        return self.smoothing_of(CUBE) > 0

    def pixel(self, x: int, y: int) -> np.ndarray:
        """Read a pixel's spectrum, cached."""
        return _pixel(self.version, x, y)

    def region(self, x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
        """Return the mean spectrum of a rectangle, cached."""
        return _region(self.version, x0, y0, x1, y1)


def open_scan_of(identifier: str) -> Scan:
    """Open the datastack with this identifier.

    Raises
    ------
    DatastackError
        If it is absent or damaged.
    """
    path = library.locate(identifier)
    now = choice()
    version = (str(path), *generation(path), now.rows if identifier == now.stack else None)
    ds = _opened(version)
    try:
        return Scan(ds, ds.axis, identifier, version)
    except NoSpectraError:
        return Scan(ds, SpectralAxis.of_channels(0), identifier, version)
    except MaxrfError as error:
        return Scan(ds, SpectralAxis.of_channels(ds.shape[2]), identifier, version, trouble=str(error))


def pixel_length(now: Choice) -> float | None:
    """Return the size of a map pixel in mm that a registration is judged by: the visitor's, else the scan's.

    Of a pixel that is not square, it is the longer side: so no error in mm is told too small.
    """
    if now.pixel_size is not None or now.stack is None:
        return now.pixel_size
    size = open_scan_of(now.stack).pixel_size
    return None if size is None else max(size)


def chosen_band(scan: Scan, now: Choice) -> tuple[float, float]:
    """Return the chosen band; by default that of the strongest line beside the zero peak."""
    if now.lo is None or now.hi is None or not _holds_channels(scan.axis, now.lo, now.hi):
        now.lo, now.hi = _first_band(scan, now)
    return now.lo, now.hi


def _first_band(scan: Scan, now: Choice) -> tuple[float, float]:
    peaks = scan.peaks()
    centre = float(scan.axis.values[peaks[0] if len(peaks) else len(scan.axis.values) // 2])
    if scan.axis.unit == "channel":
        return max(0.0, centre - HALF_BAND_CHANNELS), centre + HALF_BAND_CHANNELS
    lines = prominent_lines(scan.axis, peaks, scan.tube(now))
    near = [line for line in lines if abs(line.energy - centre) < HALF_BAND]
    return band_of_line(near[0]) if near else (round(centre - HALF_BAND, 3), round(centre + HALF_BAND, 3))


def _holds_channels(axis: SpectralAxis, lo: float, hi: float) -> bool:
    try:
        axis.channels(lo, hi)
    except MaxrfError:
        return False
    return True


def _frozen(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array


@st.cache_resource(max_entries=20, show_spinner=False)
def _opened(version: Version) -> DataStack:
    with st.spinner(_("Opening the scan …")):
        library.check_shared(Path(version[0]))
        ds = DataStack(version[0]).straightened(version[-1])
    with suppress(MaxrfError):  # told where the page needs it
        if math.prod(ds.shape[:2]) >= COARSE_PIXELS:
            binned_caches.begin(ds.path)
    return ds


@st.cache_resource(max_entries=20, show_spinner=False)
def _map_names(version: Version) -> list[str]:
    return _opened(version).map_names


@st.cache_resource(max_entries=10, show_spinner=False)
def _array(version: Version, exact_name: str) -> np.ndarray:
    with st.spinner(_("Reading from the scan …")):
        return _frozen(_opened(version).read(exact_name, latest=False))


@st.cache_resource(max_entries=50, show_spinner=False)
def _smoothing(version: Version, name: str) -> float:
    return smoothing_of(_opened(version), name)


@st.cache_resource(max_entries=20, show_spinner=False)
def _peaks(version: Version, in_kev: bool) -> np.ndarray:
    ds = _opened(version)
    return _frozen(scan_peaks(ds, ds.axis if in_kev else SpectralAxis.of_channels(ds.shape[2])))


@st.cache_resource(max_entries=500, show_spinner=False)  # a few milliseconds
def _pixel(version: Version, x: int, y: int) -> np.ndarray:
    return _frozen(_opened(version).spectrum(x, y))


@st.cache_resource(max_entries=500, show_spinner=False)
def _region(version: Version, x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
    ds = _opened(version)
    with st.spinner(_("Reading the spectrum …")):
        try:
            return _frozen(ds.region_spectrum(Region.rectangle(x0, y0, x1, y1)).mean)
        except NoPixelError:
            return _frozen(np.full(ds.shape[2], np.nan))

"""DataStack: reading and appending of named, versioned arrays in one file."""

import copy
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from maxrf_core.atomic import changes as atomic
from maxrf_core.cube.cube import Cube
from maxrf_core.cube.regions import Region, RegionSpectrum
from maxrf_core.datastack.contents import size_text
from maxrf_core.datastack.html import ContentsTable
from maxrf_core.datastack.map_array import BAND_MAP_UNITS, MapArray
from maxrf_core.datastack.storable import PADDING, storable
from maxrf_core.datastack.stored_axis import stored_axis
from maxrf_core.datastack.stores import open_store
from maxrf_core.datastack.straight_view import (
    ROW_DISPLACEMENT,
    check_displacement,
    region_in_scan,
    told_displacement,
    view_spectra,
)
from maxrf_core.errors import DatastackError
from maxrf_core.imaging.straight_rows import straighten
from maxrf_core.language import _
from maxrf_core.names import (
    CUBE,
    ENERGIES,
    MAX_SPECTRUM,
    SUM_SPECTRUM,
    Attributes,
    Entry,
    Layers,
    find,
    newest,
    plain,
)
from maxrf_core.progress import Progress
from maxrf_core.spectrum.calibration import Calibration, SpectralAxis
from maxrf_core.spectrum.calibration_check import check_plausible
from maxrf_core.spectrum.elements import tube_attributes

if TYPE_CHECKING:
    import dask.array as da

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

MODES = ("r", "r+", "a")

T = TypeVar("T")


class DataStack(Layers):
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

    def __init__(
        self,
        datastack_file: str | os.PathLike[str],
        mode: str = "r",
        verbose: bool = False,
        show_arrays: bool = True,
    ) -> None:
        if mode not in MODES:
            raise DatastackError(
                _(
                    "A datastack is opened with mode {listed}, not {mode!r:.20}: what is in it is "
                    "never overwritten."
                ).format(listed=" or ".join(map(repr, MODES)), mode=mode)
            )
        self._store = open_store(datastack_file)
        self.path = self._store.path
        self.datastack_file, self.mode = str(self.path), mode
        # A state of the file, and what was read from it
        self._remembered: tuple[Any, dict[str, Any]] = (None, {})
        self._row_displacement: float | None = None  # as the file tells it
        self.entries()  # refuses a damaged file here rather than at the first read
        if verbose:
            self.tree(show_arrays)

    def __repr__(self) -> str:
        return f"DataStack({str(self.path)!r})"

    def _repr_html_(self) -> str:
        """Return the contents as a table, which notebooks show."""
        return ContentsTable(self.path, self.entries(), self.about)._repr_html_()

    def update_attrs(self) -> None:
        """Read the list of arrays again, as maxrf4u's notebooks do; this also happens by itself."""
        self._remembered = (None, {})
        self.entries()

    def __getattr__(self, name: str) -> "da.Array":
        """Return the array `name` lazily, as in maxrf4u's notebooks: ``ds.maxrf_cube``."""
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self.read(name, latest=False, compute=False)
        except DatastackError as error:
            raise AttributeError(str(error)) from error

    def _once(self, what: str, read: Callable[[], T]) -> T:
        """Return a result that is read once for each state of the file."""
        generation = atomic.generation(self.path)
        if generation != self._remembered[0]:
            self._remembered = (generation, {})
        known = self._remembered[1]
        if what not in known:
            known[what] = read()
        return known[what]

    def entries(self) -> list[Entry]:
        """List every array with its shape, dtype and size on disk."""
        return list(self._once("entries", self._store.entries))

    @property
    def names(self) -> list[str]:
        """The names of all arrays, all versions, sorted."""
        return sorted(entry.name for entry in self.entries())

    datapath_list = names  # as maxrf4u calls it

    @property
    def written_by_maxrf4u(self) -> bool:
        """True if the file is a zarr zip, which maxrf4u's notebooks can open too."""
        return self._store.written_by_maxrf4u

    def latest(self, datapath: str) -> str:
        """Return the name of the newest version of an array: the one with the most trailing underscores.

        Raises
        ------
        ArrayNotFoundError
            Where there is none.
        """
        return newest(datapath, self.names)

    def read(self, datapath: str, latest: bool = True, compute: bool = True) -> Any:
        """Read an array.

        Parameters
        ----------
        datapath : str
            The array's name.
        latest : bool
            Read the newest version of that name; with False exactly `datapath`.
        compute : bool
            Read it into memory; with False give a lazy dask array.

        Returns
        -------
        numpy.ndarray or dask.array.Array

        Raises
        ------
        ArrayNotFoundError
            Where there is none; the sentence lists the names there are.
        """
        exact = find(datapath, self.names, latest)
        if compute:
            return self._store.read(exact)
        import dask.array as da  # takes 0.4 s, which few need

        entry = next(entry for entry in self.entries() if entry.name == exact)
        if len(entry.shape) == 3 and 0 not in entry.shape and entry.dtype != "text":
            state = (self.path.resolve(), *atomic.generation(self.path))
            return self._cube(exact).dask("-".join(map(str, (exact, *state))))
        return da.from_array(self._store.read(exact))

    @property
    def about(self) -> dict[str, Any]:
        """Root attributes of the file, which describe the scan, such as ``title`` (docs/format.md)."""
        return dict(self._once("about", self._store.about))

    def attributes(self, name: str, latest: bool = True) -> dict[str, Any]:
        """Read the attributes of an array's newest version, or with `latest` false of exactly that array."""
        exact = find(name, self.names, latest)
        return self.all_attributes([exact])[exact]

    def all_attributes(self, names: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Read the attributes of exactly these arrays, at once: for each name a dict."""
        wanted = tuple(find(name, self.names, latest=False) for name in names)
        read = self._once(f"attributes {wanted}", lambda: self._store.attributes(wanted))
        return copy.deepcopy(read)

    def read_list(self, datapath: str, latest: bool = True, nan: float = PADDING) -> list[list]:
        """Read a ragged list of numbers that `append_list` stored.

        Parameters
        ----------
        datapath : str
            The array's name.
        latest : bool
            Read the newest version.
        nan : number
            What the short rows were filled with.

        Returns
        -------
        list of list
            Python integers, or floats where floats were stored.
        """
        return [[item for item in row if item != nan] for row in self.read(datapath, latest=latest).tolist()]

    def append(
        self, arrays: Mapping[str, Any], attributes: Mapping[str, Attributes] | None = None
    ) -> dict[str, str]:
        """Add arrays, all or none; nothing is ever overwritten.

        Parameters
        ----------
        arrays : mapping of str to array_like
        attributes : mapping of str to mapping, optional
            For each name the attributes to be stored: numbers, texts, arrays.

        Returns
        -------
        dict
            For each name the name under which the array is stored. Where one of the names exists, all arrays
            get the same number of trailing underscores: one more than any version of any of them has.

        Raises
        ------
        DatastackError
            If a name is invalid, or the file cannot be changed; it is then unchanged.
        """
        ready = {name: storable(name, array) for name, array in arrays.items()}
        beside = {
            name: {key: plain(item) for key, item in of.items()} for name, of in (attributes or {}).items()
        }
        if not beside.keys() <= ready.keys():
            raise DatastackError(
                _("There are attributes for {listed}, but no array.").format(
                    listed=", ".join(beside.keys() - ready.keys())
                )
            )
        return self._store.append(ready, beside)

    def cube(self, name: str = CUBE) -> Cube:
        """Return fast access to a cube's counts (the newest version of `name`).

        Raises
        ------
        DatastackError
            If that array is not a cube, is empty, or holds no numbers.
        """
        cube = self._cube(self.latest(name))
        if 0 in cube.shape or cube.dtype.kind not in "biuf":
            raise DatastackError(
                _(
                    "{name}: {array} holds no counts (its shape is {shape}, its type {dtype}); convert "
                    "the raw scan again."
                ).format(name=self.path.name, array=name, shape=cube.shape, dtype=cube.dtype)
            )
        return cube

    def _cube(self, exact_name: str) -> Cube:
        return self._once(f"cube {exact_name}", lambda: self._store.cube(exact_name))

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and number of channels of the scan."""
        return self.cube().shape

    @property
    def axis(self) -> SpectralAxis:
        """Energies of the channels in keV, or, until the scan is calibrated, their numbers.

        Raises
        ------
        DatastackError
            If the stored energies do not fit the scan.
        """
        return self._once("axis", lambda: stored_axis(self.read, self.shape[2], self.path.name))

    def set_tube(self, tube: Mapping[str, Any]) -> None:
        """Store attributes of the X-ray tube: ``tube_kV``, ``tube_anode`` or both, as `Tube.attributes`.

        Raises
        ------
        DatastackError
            If the file cannot be changed or was written by maxrf4u.
        """
        self._store.note(tube_attributes(tube))

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
        """
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

    def tree(self, show_arrays: bool = False) -> ContentsTable | None:
        """Print what the datastack holds.

        Parameters
        ----------
        show_arrays : bool
            Return the contents, too: at the end of a cell, a notebook shows them as a table.
        """
        contents = ContentsTable(self.path, self.entries(), self.about)
        print(contents)
        return contents if show_arrays else None

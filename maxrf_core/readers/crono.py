"""HDF5 files of the Crono scanner: all spectra in a row, and an index that tells where each lies."""

import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from maxrf_core import file_signatures
from maxrf_core.datastack.hdf5_links import LinkSteps, own_dataset
from maxrf_core.errors import PictureError, ScanError
from maxrf_core.imaging.read import read_picture
from maxrf_core.language import Note, _
from maxrf_core.readers.axes import energies_of, origin, pixel_size
from maxrf_core.readers.format import Format
from maxrf_core.readers.hdf5_layouts import changed_meanwhile, is_counts, reading_other_hdf5
from maxrf_core.readers.hdf5_scan import CHECK
from maxrf_core.readers.scan import ALL, Scan, missing_pixels, ranges_in
from maxrf_core.transform.scan_picture import ScanPicture

SPECTRA, INDEX = "XRF/Spectra", "XRF/SpectraSelectedIndex"
ENERGIES, LIVE_TIMES, POSITIONS = "XRF/EnergyVector", "XRF/LiveTimes", "XRF/MotorsPositions"
FRAMES = "Images/Static"  # each is a JPEG file behind a header of Qt
MAX_FRAMES, MAX_FRAME_HEADER = 50, 64  # pictures, and bytes before one
OPAQUE_BYTES = (np.dtype("V1"), np.dtype("u1"))
PIECE = 32_000_000  # bytes that are read at a time
MAX_GAP = 16  # spectra that are read though they are not needed
MICROSECONDS, MICROMETRES = 1e-6, 1e-3  # in seconds and mm, the units of its times and positions


class CronoScan(Scan):
    """A scan of a Crono.

    Parameters
    ----------
    path : path_like

    Raises
    ------
    ScanError
        If the file is none, is damaged, or its index leads beyond its spectra.
    """

    def __init__(self, path: str | Path) -> None:
        path = Path(path)
        self.paths, self.name = (path,), path.stem
        with reading_other_hdf5(path) as file:
            spectra, index = _dataset(file, SPECTRA, 2), _dataset(file, INDEX, 3)
            if spectra is None or index is None or index.shape[2] < 1:
                raise ScanError(_("{name} is no scan of a Crono.").format(name=path.name))
            self._index = np.asarray(index[:, :, 0], np.int64)
            if self._index.max() >= len(spectra):
                raise ScanError(
                    _(
                        "{name} is incomplete: it names {last:,} spectra and holds {count:,}. Copy it again."
                    ).format(name=path.name, last=int(self._index.max()) + 1, count=len(spectra))
                )
            self.shape = (*self._index.shape, int(spectra.shape[1]))
            self.dtype = spectra.dtype.newbyteorder("=")
            self._read_description(file, len(spectra))

    def _read_description(self, file: h5py.File, count: int) -> None:
        self.maps, self.cube_attributes, told = missing_pixels(self._index < 0)
        notes: list[str] = []
        energies = _dataset(file, ENERGIES, 1)
        if energies is not None:
            self.energies, notes = energies_of(energies[()], "keV", self.shape[2], ENERGIES)
            self.energies_source = self.paths[0].name
        times = _dataset(file, LIVE_TIMES, 1)
        if times is not None and len(times) == count:
            seconds = np.append(times[()] * MICROSECONDS, np.nan)
            self.maps["live_time_s"] = seconds[self._index].astype(np.float32)
        places = _dataset(file, POSITIONS, 2)
        if places is not None and len(places) == count and places.shape[1] >= 2:
            self.about = _places(np.asarray(places[:, :2], np.float64), self._index)
        notes += told
        unused = count - len(np.unique(self._index[self._index >= 0]))
        if unused:
            notes.append(
                Note(
                    "{unused:,} of its {count:,} spectra belong to no pixel and are left out.",
                    unused=unused,
                    count=count,
                )
            )
        self.notes = tuple(notes)

    @property
    def pictures(self) -> tuple[ScanPicture, ...]:
        """Pictures of the camera that can be read; the file does not tell where the scan lies in them."""
        found: list[ScanPicture] = []
        with reading_other_hdf5(self.paths[0]) as file:
            frames = own_dataset(file, FRAMES, LinkSteps(""))
            if not isinstance(frames, h5py.Dataset) or frames.ndim != 1:
                return ()
            if h5py.check_vlen_dtype(frames.dtype) not in OPAQUE_BYTES:
                return ()
            for number in range(min(len(frames), MAX_FRAMES)):
                packed = bytes(frames[number])
                start = packed.find(file_signatures.JPEG, 0, MAX_FRAME_HEADER)
                if start < 0:
                    continue
                with suppress(PictureError):  # a picture that is damaged is no reason to lose the scan
                    title = _("Camera picture {number}").format(number=number)
                    found.append(ScanPicture(title, read_picture(packed[start:], title)))
        return tuple(found)

    def read(self, rows: slice, columns: slice, channels: slice = ALL) -> np.ndarray:
        """Read a block: of each row the spectra between its first and its last, a piece at a time."""
        index = self._index[rows, columns]
        (deep,) = ranges_in(self.shape[2:], channels)
        block = np.zeros((*index.shape, len(deep)), self.dtype)
        if not block.size:
            return block
        kept = slice(deep[0], deep[-1] + 1)
        length = max(1, PIECE // (self.dtype.itemsize * (kept.stop - kept.start)))
        with reading_other_hdf5(self.paths[0]) as file:
            spectra = _dataset(file, SPECTRA, 2)
            if spectra is None or self._index.max() >= len(spectra):
                raise changed_meanwhile(self.paths[0])
            flat, target = index.ravel(), block.reshape(-1, len(deep))
            order = np.argsort(flat, kind="stable")
            order = order[flat[order] >= 0]
            for run in _runs(flat[order], length):
                chosen = order[run]
                first = flat[chosen[0]]
                part = spectra[first : flat[chosen[-1]] + 1, kept]
                target[chosen] = part[flat[chosen] - first, :: deep.step]
        return block


def _runs(numbers: np.ndarray, length: int) -> list[slice]:
    """Cut rising numbers where a gap begins, or a run of `length` ends.

    Examples
    --------
    >>> _runs(np.array([0, 1, 3, 900, 901]), 64)
    [slice(0, 3, None), slice(3, 5, None)]
    """
    runs: list[slice] = []
    start = 0
    for place in range(1, len(numbers) + 1):
        if (
            place == len(numbers)
            or numbers[place] - numbers[place - 1] > MAX_GAP
            or (numbers[place] - numbers[start] >= length)
        ):
            runs.append(slice(start, place))
            start = place
    return runs


def _places(places: np.ndarray, index: np.ndarray) -> dict[str, np.ndarray]:
    """Return the size of a pixel from the median step of the motors, and the place of the first one."""
    at = np.append(places, [[np.nan, np.nan]], axis=0)[index] * MICROMETRES
    if min(at.shape[:2]) < 2:
        return {}
    moved = [_median(np.diff(at, axis=axis), axis=(0, 1)) for axis in (1, 0)]
    steps = [_median(np.hypot(*np.moveaxis(np.diff(at, axis=axis), 2, 0))) for axis in (1, 0)]
    if not min(steps) > 0:
        return {}
    found = pixel_size(*map(float, steps))
    if moved[0][0] > 0 and moved[1][1] > 0:  # columns run with rising x, rows with rising y
        found |= origin(_median(at[:, 0, 0]), _median(at[0, :, 1]))
    return found


def _median(values: np.ndarray, axis: tuple[int, ...] | None = None) -> Any:
    """Return the median without missing values; 0 if all are missing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of nothing but missing values
        return np.nan_to_num(np.nanmedian(values, axis=axis))


def _dataset(file: h5py.File, name: str, n_axes: int) -> h5py.Dataset | None:
    found = own_dataset(file, name, LinkSteps(""))
    return found if is_counts(found, (n_axes,)) else None


def is_crono(path: Path) -> bool:
    """Return True if an HDF5 file has spectra in a row and an index of pixels."""
    try:
        with reading_other_hdf5(path) as file:
            return _dataset(file, SPECTRA, 2) is not None and _dataset(file, INDEX, 3) is not None
    except ScanError:
        return False


FORMAT: Format = Format(
    name="Crono",
    written_by=_("the Crono scanner of XGLab and Bruker (HDF5)"),
    reads=_("the counts of each pixel, energies, live times, pixel size and the pictures of its camera"),
    omits=_(
        "spectra that no pixel names; where its pictures lie, which no part of the file that is known tells"
    ),
    tested_with=_("h5py, in the layout of a genuine Crono file; no genuine one is at hand"),
    files=((".hdf5", ".h5"),),
    open=CronoScan,
    untrusted_check=CHECK,
    signature=file_signatures.HDF5,
    sniff=is_crono,
)

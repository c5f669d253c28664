"""Alternatives for storing a cube and reading maps and spectra from it.

Each answers the same four queries. All but this project's keep their files open between queries.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar
from unittest import mock

import cv2
import dask.array as da
import deflate
import h5py
import numpy as np
import rsciio.ripple
import zarr
from scipy.ndimage import gaussian_filter1d
from zarr.storage import ZipStore

from benchmarks.machine_limits import CORES
from maxrf_core import convert, open_scan
from maxrf_core.conversion import convert as conversion
from maxrf_core.cube import packed_chunks
from maxrf_core.cube.chunk_grid import CHUNK_SHAPE
from maxrf_core.cube.hdf5_cube import Hdf5Cube
from maxrf_core.cube.regions import Region
from maxrf_core.readers.rpl import RplScan

UNMARKED_LEVEL = 3
SIGMA = 7.0  # that maxrf4u smooths spectra with, in channels
TILE = CHUNK_SHAPE[:2]


@dataclass(frozen=True)
class Files:
    """A cube's files in a folder."""

    folder: Path
    name: str

    @property
    def raw(self) -> Path:
        """The raw counts, in an HDF5 dataset without chunks."""
        return self.folder / f"{self.name}.raw"

    @property
    def header(self) -> Path:
        """What tells where the raw counts begin, and their shape."""
        return self.folder / f"{self.name}.rpl"

    @property
    def ours(self) -> Path:
        """This project's datastack."""
        return self.folder / f"{self.name}.datastack"

    @property
    def unmarked(self) -> Path:
        """This project's datastack with chunks that are packed as a whole."""
        return self.folder / f"{self.name}-unmarked.datastack"

    @property
    def theirs(self) -> Path:
        """The layout of maxrf4u."""
        return self.folder / f"{self.name}.zip"

    @property
    def b2nd(self) -> Path:
        """An array of Blosc2."""
        return self.folder / f"{self.name}.b2nd"

    @property
    def shards(self) -> Path:
        """A folder of zarr 3."""
        return self.folder / f"{self.name}.zarr"

    @property
    def bitshuffled(self) -> Path:
        """An HDF5 file that needs a plugin."""
        return self.folder / f"{self.name}.h5"

    def counts(self) -> np.memmap:
        """Map the raw counts into memory."""
        header = RplScan(self.raw).header
        return np.memmap(self.raw, header.dtype, "r", header.offset, header.shape)


class Alternative:
    """One way to keep a cube.

    Attributes
    ----------
    name : str
        In the tables.
    file : str
        The file or folder in `Files` that it reads.
    smoothed : bool
        Whether it holds spectra that were smoothed before they were kept.
    """

    name: ClassVar[str]
    file: ClassVar[str]
    smoothed: ClassVar[bool] = False

    def __init__(self, files: Files) -> None:
        raise NotImplementedError

    @classmethod
    def is_available(cls) -> bool:
        """Return whether the packages that it needs are installed."""
        return True

    def band(self, first: int, after: int) -> np.ndarray:
        """Return the mean counts per channel of each pixel: (height, width)."""
        raise NotImplementedError

    def pixel(self, x: int, y: int) -> np.ndarray:
        """Return a pixel's spectrum."""
        raise NotImplementedError

    def region(self, x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
        """Return the mean spectrum of a rectangle; its last column and row are x1 − 1 and y1 − 1."""
        raise NotImplementedError

    def totals(self) -> np.ndarray:
        """Return the sum and the maximum of all spectra: (2, channels)."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the file."""


class ThisProject(Alternative):
    """Our own reader."""

    name, file = "this project", "ours"

    def __init__(self, files: Files) -> None:
        cv2.setNumThreads(1)  # as the app does; no other alternative uses OpenCV
        self._cube = Hdf5Cube(getattr(files, self.file))

    def band(self, first: int, after: int) -> np.ndarray:
        return self._cube.band_map(first, after)

    def pixel(self, x: int, y: int) -> np.ndarray:
        return self._cube.spectrum(x, y)

    def region(self, x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
        return self._cube.region_spectrum(Region.rectangle(x0, y0, x1 - 1, y1 - 1)).mean

    def totals(self) -> np.ndarray:
        return np.array(self._cube.sum_and_max())

    def smoothed_band(self, first: int, after: int) -> np.ndarray:
        """Return the map that `band` would give if the counts had been smoothed."""
        return self._cube.band_map(first, after, sigma=SIGMA)


class WithoutMarks(ThisProject):
    """Our own reader, of chunks that can only be unpacked as a whole: what the marks are measured against."""

    name, file = "this project, chunks without marks", "unmarked"


class Sliced(Alternative):
    """Any array that slices read, each query in the few lines that one would write."""

    _array: Any
    _tile = TILE

    def band(self, first: int, after: int) -> np.ndarray:
        return self._array[:, :, first:after].sum(axis=2) / (after - first)

    def pixel(self, x: int, y: int) -> np.ndarray:
        return np.array(self._array[y, x])  # a copy, since a mapped file is read only when it is used

    def region(self, x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
        return self._array[y0:y1, x0:x1].mean(axis=(0, 1))

    def totals(self) -> np.ndarray:
        height, width, channels = self._array.shape
        high, wide = self._tile
        total, most = np.zeros(channels), np.zeros(channels)
        for y in range(0, height, high):
            for x in range(0, width, wide):
                block = self._array[y : min(y + high, height), x : min(x + wide, width)]
                total += block.sum(axis=(0, 1))
                np.maximum(most, block.max(axis=(0, 1)), out=most)
        return np.array([total, most])


class PlainH5py(Sliced):
    """Our file, as anyone reads it who has h5py alone."""

    name, file = "h5py, our file", "ours"
    dataset = "maxrf_cube"

    def __init__(self, files: Files) -> None:
        self._opened = h5py.File(getattr(files, self.file))
        self._array = self._opened[self.dataset]

    def close(self) -> None:
        self._opened.close()


class Contiguous(PlainH5py):
    """A dataset without chunks, as NeXus files and PyMca often have it."""

    name, file = "contiguous HDF5", "raw"
    dataset = "cube"


class MemoryMapped(Sliced):
    """The raw file, mapped into memory."""

    name, file = "memory-mapped raw", "raw"

    def __init__(self, files: Files) -> None:
        self._array = files.counts()


class Maxrf4u(Sliced):
    """The layout of maxrf4u, read with zarr alone."""

    name, file, smoothed = "maxrf4u layout, zarr", "theirs", True

    def __init__(self, files: Files) -> None:
        self._store = ZipStore(files.theirs, mode="r")
        self._array = zarr.open_group(self._store, mode="r")["maxrf_cube"]
        self._tile = self._array.chunks[:2]

    def close(self) -> None:
        self._store.close()


class Lazy(Sliced):
    """A dask array: blocks are read when the answer is computed."""

    def region(self, x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
        return super().region(x0, y0, x1, y1).compute()

    def pixel(self, x: int, y: int) -> np.ndarray:
        return self._array[y, x].compute()

    def totals(self) -> np.ndarray:
        return np.array([self._array.sum(axis=(0, 1)).compute(), self._array.max(axis=(0, 1)).compute()])


class Maxrf4uNotebook(Maxrf4u, Lazy):
    """The layout of maxrf4u, read as its notebooks do: a dask array and a mask over the energies."""

    name = "maxrf4u layout, as its notebooks"

    def __init__(self, files: Files) -> None:
        super().__init__(files)
        self._array = da.from_array(self._array)

    def band(self, first: int, after: int) -> np.ndarray:
        channels = np.arange(self._array.shape[2])
        mask = (channels >= first) & (channels < after)
        return self._array[:, :, mask].compute().sum(axis=2) / mask.sum()

    region, pixel, totals = Lazy.region, Lazy.pixel, Lazy.totals


class Rosettasciio(Lazy):
    """The raw file as HyperSpy opens it lazily."""

    name, file = "RosettaSciIO, lazy", "raw"

    def __init__(self, files: Files) -> None:
        self._array = rsciio.ripple.file_reader(str(files.header), lazy=True)[0]["data"]

    def band(self, first: int, after: int) -> np.ndarray:
        return super().band(first, after).compute()


def convert_ours(files: Files) -> None:
    """Make our datastack of the raw scan."""
    convert(open_scan(files.raw), files.ours, overwrite=True)


class _NoIndex:
    """Takes the place of the index of marks, and writes none."""

    def __init__(self, *_arguments: object) -> None:
        pass

    def add(self, *_arguments: object) -> None:
        """Note nothing."""

    def write(self) -> None:
        """Write nothing."""


def convert_unmarked(files: Files) -> None:
    """Make our datastack of the raw scan with chunks packed as a whole, as libdeflate does at level 3."""

    def packed_whole(data: bytes) -> packed_chunks.PackedChunk:
        return packed_chunks.PackedChunk(bytes(deflate.zlib_compress(data, UNMARKED_LEVEL)), b"")

    with (
        mock.patch.object(packed_chunks, "packed_chunk", packed_whole),
        mock.patch.object(conversion, "NewIndex", _NoIndex),
    ):
        convert(open_scan(files.raw), files.unmarked, overwrite=True)


def convert_theirs(files: Files) -> None:
    """Make what maxrf4u makes of the raw scan, in its steps.

    The cube is written slab by slab with zarr, each slab smoothed by all cores; the max and the sum spectrum
    are then computed by dask from the file, one after the other.
    """
    height, width, channels = files.counts().shape
    with ZipStore(files.theirs, mode="w") as store, ThreadPoolExecutor(CORES) as pool:
        cube = zarr.create_group(store).create_array(
            "maxrf_cube", shape=(height, width, channels), dtype=np.float32
        )
        high, wide, _ = cube.chunks
        for y in range(0, height, high):
            counts = files.counts()  # mapped anew, or all that was read would count as this process's memory
            for x in range(0, width, wide):
                block = np.array_split(counts[y : y + high, x : x + wide], CORES)
                cube[y : y + high, x : x + wide] = np.concatenate(list(pool.map(_smoothed, block)))
    with ZipStore(files.theirs, mode="r") as store:
        written = da.from_array(zarr.open_group(store, mode="r")["maxrf_cube"])
        most = written.max(axis=(0, 1)).compute()
        mean = written.sum(axis=(0, 1)).compute() / (height * width)
    with ZipStore(files.theirs, mode="a") as store:
        group = zarr.open_group(store, mode="a")
        group.create_array("maxrf_maxspectrum", data=most)
        group.create_array("maxrf_sumspectrum", data=mean)


def _smoothed(counts: np.ndarray) -> np.ndarray:
    return gaussian_filter1d(counts.astype(np.float32), SIGMA, axis=2)


def query_once(alternative: type[Alternative], files: Files, kind: str, place: tuple[int, ...]) -> None:
    """Open the file and answer one query, in a process of its own."""
    opened = alternative(files)
    getattr(opened, kind)(*place)
    opened.close()

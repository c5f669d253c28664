"""How are the counts read fast: band maps, spectra and blocks, touching only the chunks they need?"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, fields
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from maxrf_core import atomic
from maxrf_core.errors import ArrayNotFoundError, DatastackError
from maxrf_core.naming import CUBE
from maxrf_core.progress import Progress

if TYPE_CHECKING:
    import dask.array as da

zlib: Any
try:
    from isal import isal_zlib as zlib
except ImportError:  # a machine without isal reads the same file, slower
    import zlib

Block = tuple[slice, slice, slice]

DEFLATE, SHUFFLE = h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE

# Chunks are inflated outside Python's lock, so a thread a core is what helps.
THREADS = os.cpu_count() or 2
_threads = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="cube")


class Cube:
    """The counts of a scan, read block by block from any array that can be sliced.

    Parameters
    ----------
    source : array_like
        Three-dimensional (height, width, channels); a zarr array or anything else with `shape`, `dtype`,
        `chunks` and slicing.

    Notes
    -----
    Reads come from several threads at once. Sums are kept in 64 bits, so no count is lost.
    """

    def __init__(self, source: Any) -> None:
        axes = len(source.shape or ())  # HDF5 knows arrays without even a shape
        if axes != 3:
            raise DatastackError(f"A cube has three axes (height, width, channels), not {axes}.")
        self._source = source
        self.shape: tuple[int, int, int] = tuple(source.shape)
        self.dtype = np.dtype(source.dtype)
        self.chunks: tuple[int, int, int] = tuple(source.chunks or (64, 64, source.shape[2]))

    ndim = 3

    def __getitem__(self, key: tuple[slice | int, ...]) -> np.ndarray:
        """Read what dask asks for: slices, of any step, and single numbers; all three axes are told."""
        wanted = [range(length)[part] for part, length in zip(key, self.shape, strict=True)]
        block = self.read(*(_around(part) for part in wanted))
        for axis, part in enumerate(wanted):
            if isinstance(part, range) and part.step != 1:
                block = block.take(np.array(part, int) - _around(part).start, axis=axis)
        return block[tuple(0 if isinstance(part, int) else slice(None) for part in wanted)]

    def read(self, rows: slice, columns: slice, channels: slice) -> np.ndarray:
        """Read the block at `rows`, `columns`, `channels` as an array of the cube's dtype."""
        return np.asarray(self._source[rows, columns, channels])

    def dask(self, name: str) -> "da.Array":
        """Give the cube as a lazy dask array whose blocks are whole chunks; `name` identifies its content."""
        import dask.array as da  # takes 0.4 s, which few need

        return da.from_array(
            self, chunks=self._dask_chunks(), name=name, asarray=False, fancy=False, lock=False
        )

    def band_map(self, channels: slice, progress: Progress | None = None) -> np.ndarray:
        """Average the counts over a range of channels in every pixel.

        Parameters
        ----------
        channels : slice
            First channel and the one after the last.
        progress : callable, optional
            Called with the fraction done and what is being done; what it raises stops the work.

        Returns
        -------
        numpy.ndarray
            (height, width) float64, counts per channel.

        Raises
        ------
        DatastackError
            Where the range holds no channel or reaches outside the spectrum.
        """
        height, width, length = self.shape
        if not 0 <= channels.start < channels.stop <= length:
            raise DatastackError(
                f"There is no band from channel {channels.start} to before {channels.stop} in spectra "
                f"of {length} channels."
            )
        total = np.empty((height, width))

        def one(tile: tuple[slice, slice]) -> None:
            total[tile] = self.read(*tile, channels).sum(axis=2, dtype=_wide(self.dtype))

        self._run(one, list(self._tiles(slice(0, height), slice(0, width))), progress)
        return total / (channels.stop - channels.start)

    def spectrum(self, x: int, y: int) -> np.ndarray:
        """Read the spectrum of the pixel in column `x` and row `y`: (channels,) float64, counts."""
        return self.region_spectrum(x, y, x, y)

    def region_spectrum(self, x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
        """Average the spectra of a rectangle of pixels, both corners included.

        Returns
        -------
        numpy.ndarray
            (channels,) float64, mean counts per pixel.

        Raises
        ------
        DatastackError
            Where the rectangle reaches outside the scan.
        """
        height, width, channels = self.shape
        (x0, x1), (y0, y1) = sorted((x0, x1)), sorted((y0, y1))
        if x0 < 0 or y0 < 0 or x1 >= width or y1 >= height:
            raise DatastackError(
                f"The pixels from ({x0}, {y0}) to ({x1}, {y1}) are not all inside the scan, "
                f"whose last pixel is ({width - 1}, {height - 1})."
            )
        tiles = list(self._tiles(slice(y0, y1 + 1), slice(x0, x1 + 1)))
        # Twice as many parts as threads keep all of them busy; more would only open the file more often.
        pieces = -(-channels // self.chunks[2])
        bands = list(_steps(slice(0, channels), self.chunks[2] * -(-pieces // (2 * THREADS))))
        total = np.empty((len(tiles), channels))

        def one(part: tuple[int, slice]) -> None:
            number, band = part
            block = self.read(*tiles[number], band)
            total[number, band] = block.sum(axis=(0, 1), dtype=_wide(self.dtype))

        self._run(one, [(number, band) for number in range(len(tiles)) for band in bands], None)
        return total.sum(axis=0) / ((x1 - x0 + 1) * (y1 - y0 + 1))

    def _run(self, work: Callable[[Any], None], parts: list, progress: Progress | None) -> None:
        futures = [_threads.submit(work, part) for part in parts]
        try:
            for done, future in enumerate(futures, start=1):
                future.result()
                if progress is not None:
                    progress(done / len(parts), "reading the band")
        finally:  # after an error or a stop, what has not begun never begins
            for future in futures:
                future.cancel()

    def _tiles(self, rows: slice, columns: slice) -> Iterator[tuple[slice, slice]]:
        for row in _steps(rows, self.chunks[0]):
            for column in _steps(columns, self.chunks[1]):
                yield row, column

    def _dask_chunks(self) -> tuple[int, int, int]:
        """Join chunks along energy until a block is worth a task (about 16 MB)."""
        row, column, channel = self.chunks
        whole = max(1, 16_000_000 // (row * column * channel * self.dtype.itemsize))
        return row, column, min(self.shape[2], channel * whole)


def damaged(path: Path) -> DatastackError:
    """Say that HDF5 can make nothing of a file."""
    return DatastackError(
        f"{path.name} is damaged or cut off: HDF5 cannot read it. Use a copy made earlier, or convert the "
        "raw scan again."
    )


@contextmanager
def reading_hdf5(path: Path, file: Any) -> Iterator[h5py.File]:
    """Open an HDF5 file for reading; where HDF5 cannot make sense of it, say so in a sentence."""
    try:
        with h5py.File(file, "r") as opened:
            yield opened
    except (OSError, RuntimeError) as error:
        if atomic.number_of(error) in atomic.FULL:  # of what is written from this file
            raise
        raise damaged(path) from error
    except KeyError as error:
        raise ArrayNotFoundError(f"{path.name} does not hold that array (any more): {error}.") from error


@dataclass(frozen=True, eq=False)
class _Layout:
    """Where a cube lies in its file.

    Attributes
    ----------
    shape, chunks, dtype
        As of the dataset; `chunks` is None where it has none.
    places : ndarray
        Each chunk's offset and size in the file, (rows, columns, channels, 2); without chunks one offset.
    packing : tuple of int
        Numbers of the HDF5 filters that its chunks went through.
    fill : number
        What a chunk that was never written reads as.
    plain : bool
        Whether that is all that there is to know: then its chunks can be read without HDF5.
    """

    shape: tuple[int, int, int]
    chunks: tuple[int, int, int] | None
    dtype: np.dtype
    places: np.ndarray
    packing: tuple[int, ...]
    fill: Any
    plain: bool

    def same(self, other: "_Layout") -> bool:
        """Tell whether nothing has moved."""
        return all(
            np.array_equal(getattr(self, field.name), getattr(other, field.name)) for field in fields(self)
        )


class Hdf5Cube(Cube):
    """The cube of one of our HDF5 files, whose chunks are read past h5py's global lock.

    h5py lets one thread at a time into HDF5. For the layout that we write (chunked, gzip, perhaps shuffled)
    it is asked only where each chunk lies in the file; the bytes are then read and inflated by all cores.
    Any other layout is left to h5py itself. The file is open only while it is read.

    Parameters
    ----------
    path : path_like
        The datastack.
    name : str
        The dataset, usually ``maxrf_cube``.
    """

    def __init__(self, path: str | Path, name: str = CUBE) -> None:
        self.path, self.name = Path(path), name
        # The state of the file that was looked at, and what was found: one tuple, so threads see both or none
        self._known = atomic.consistent(self.path, lambda view: (view.generation, self._look(view)))
        super().__init__(self._known[1])

    def __reduce__(self) -> tuple:
        """Travel to other processes as a path and a name, never as an open file."""
        return Hdf5Cube, (self.path, self.name)

    def read(self, rows: slice, columns: slice, channels: slice) -> np.ndarray:
        """Read the block at `rows`, `columns`, `channels` (of step 1) as an array of the cube's dtype."""
        height, width, length = (range(size) for size in self.shape)
        wanted = _around(height[rows]), _around(width[columns]), _around(length[channels])
        return atomic.consistent(self.path, lambda view: self._read(view, wanted))

    def _look(self, view: atomic.CommittedView) -> _Layout:
        with reading_hdf5(self.path, view) as opened:
            return _layout(opened[self.name], bool(opened.userblock_size))

    def _layout_in(self, view: atomic.CommittedView) -> _Layout:
        """Give the layout in this state of the file; appending leaves it as it is, rewriting does not."""
        generation, layout = self._known
        if generation != view.generation:
            now = self._look(view)
            if not layout.same(now):
                raise DatastackError(
                    f"{self.path.name} was written anew since {self.name} was opened; open it again."
                )
            self._known = (view.generation, now)
        return layout

    def _read(self, view: atomic.CommittedView, wanted: Block) -> np.ndarray:
        layout = self._layout_in(view)
        if not layout.plain:
            with reading_hdf5(self.path, view) as opened:
                return opened[self.name][wanted]
        block = np.empty([part.stop - part.start for part in wanted], self.dtype)
        overlaps = [list(_overlaps(part, size)) for part, size in zip(wanted, self.chunks, strict=True)]
        for pieces in product(*overlaps):
            number, target, origin = zip(*pieces, strict=True)
            offset, size = layout.places[number]
            if size == 0:  # HDF5 stores no chunk where nothing was ever written
                block[target] = layout.fill
                continue
            view.seek(offset)
            block[target] = self._unpacked(view.read(size), SHUFFLE in layout.packing)[origin]
        return block

    def _unpacked(self, packed: bytes, shuffled: bool) -> np.ndarray:
        """Inflate one whole chunk."""
        try:
            data = zlib.decompress(packed)
            if shuffled:  # first all low bytes, then all second bytes …
                data = np.frombuffer(data, np.uint8).reshape(self.dtype.itemsize, -1).T.tobytes()
            return np.frombuffer(data, self.dtype).reshape(self.chunks)
        except (zlib.error, ValueError) as error:
            raise DatastackError(
                f"{self.path.name} is damaged: a piece of {self.name} cannot be unpacked ({error}); "
                "use a copy made earlier, or convert the raw scan again."
            ) from error


def _layout(dataset: h5py.Dataset, shifted: bool) -> _Layout:
    """Ask HDF5 where a cube's chunks are; `shifted` tells that offsets do not count from the file's start."""
    properties = dataset.id.get_create_plist()
    packing = tuple(properties.get_filter(number)[0] for number in range(properties.get_nfilters()))
    places, skipped_filters = np.array([dataset.id.get_offset() or 0]), []
    if dataset.chunks is not None:
        counts = [-(-length // size) for length, size in zip(dataset.shape, dataset.chunks, strict=True)]
        places = np.zeros((*counts, 2), np.int64)

        def note(chunk: h5py.h5d.StoreInfo) -> None:
            corner = zip(chunk.chunk_offset, dataset.chunks, strict=True)
            places[tuple(start // size for start, size in corner)] = chunk.byte_offset, chunk.size
            skipped_filters.append(chunk.filter_mask)

        dataset.id.chunk_iter(note)
    plain = (
        dataset.chunks is not None
        and dataset.dtype.kind in "uif"
        and packing in ((DEFLATE,), (SHUFFLE, DEFLATE))
        and not (shifted or any(skipped_filters))
    )
    return _Layout(dataset.shape, dataset.chunks, dataset.dtype, places, packing, dataset.fillvalue, plain)


def _around(part: range | int) -> slice:
    """Give the slice of step 1 from the first to the last of some numbers."""
    if isinstance(part, int):
        return slice(part, part + 1)
    return slice(min(part), max(part) + 1) if part else slice(0, 0)


def _overlaps(part: slice, size: int) -> Iterator[tuple[int, slice, slice]]:
    """Give each chunk that `part` of an axis meets: number, place in the result, place in the chunk."""
    for number in range(part.start // size, -(-part.stop // size)):
        first = number * size
        low, high = max(first, part.start), min(first + size, part.stop)
        yield number, slice(low - part.start, high - part.start), slice(low - first, high - first)


def _steps(part: slice, size: int) -> Iterator[slice]:
    """Cut `part` of an axis at the borders of chunks of `size`."""
    for number, *_ in _overlaps(part, size):
        yield slice(max(number * size, part.start), min((number + 1) * size, part.stop))


def _wide(dtype: np.dtype) -> type:
    """Name the dtype in which sums of `dtype` are exact."""
    return np.float64 if dtype.kind == "f" else np.int64 if dtype.kind == "i" else np.uint64

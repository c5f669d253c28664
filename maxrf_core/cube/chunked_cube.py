"""Chunked access to a cube: its blocks, and work on its chunks by several threads.

Only the chunks that are needed are read, a few at a time.
"""

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from itertools import product
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np

from maxrf_core.cube.chunk_grid import CHUNK_SHAPE, ChunkGrid, Number
from maxrf_core.cube.chunk_visits import Read, cube_threads, only_itself, visit
from maxrf_core.cube.shuffled_counts import Counts
from maxrf_core.cube.slicing import around, overlaps
from maxrf_core.errors import DatastackError
from maxrf_core.language import _
from maxrf_core.progress import Progress
from maxrf_core.workers import Workers

if TYPE_CHECKING:
    import dask.array as da

T = TypeVar("T")


class ChunkedCube:
    """The counts of a scan, read chunk by chunk from any array that can be sliced.

    Parameters
    ----------
    source : array_like
        Three-dimensional (height, width, channels); a zarr array or anything else with `shape`, `dtype`,
        `chunks` and slicing.
    """

    ndim = 3
    _reads_rows = False  # whether some rows of a chunk take less time than all
    _workers = cube_threads
    _missing: np.ndarray | None = None  # pixels that were never measured, (height, width) bool

    def __init__(self, source: Any) -> None:
        axes = len(source.shape or ())  # the shape of an empty HDF5 dataset is None
        if axes != 3:
            raise DatastackError(
                _("A cube has three axes (height, width, channels), not {axes}.").format(axes=axes)
            )
        self._source = source
        self.shape: tuple[int, int, int] = tuple(source.shape)
        self.dtype = np.dtype(source.dtype)
        self.chunks: tuple[int, int, int] = tuple(source.chunks or (*CHUNK_SHAPE[:2], source.shape[2]))
        self._grid = ChunkGrid(self.shape, self.chunks)

    def __getitem__(self, key: tuple[slice | int, ...]) -> np.ndarray:
        """Read slices of any step and single indices, as dask requests them, for all three axes."""
        wanted = [range(length)[part] for part, length in zip(key, self.shape, strict=True)]
        block = self.read(*(around(part) for part in wanted))
        for axis, part in enumerate(wanted):
            if isinstance(part, range) and part.step != 1:
                block = block.take(np.array(part, int) - around(part).start, axis=axis)
        return block[tuple(0 if isinstance(part, int) else slice(None) for part in wanted)]

    def with_workers(self, workers: Workers) -> Self:
        """Return the same cube, read by other workers, such as those of a cluster."""
        other = copy(self)
        other._workers = workers
        return other

    def without_pixels(self, missing: np.ndarray) -> Self:
        """Return the same cube, of which some pixels were never measured.

        Parameters
        ----------
        missing : ndarray of bool, shape (height, width)
            They are NaN in maps and left out of means; `read` and `spectra` return what is stored.
        """
        other = copy(self)
        other._missing = missing
        return other

    def read(self, rows: slice, columns: slice, channels: slice) -> np.ndarray:
        """Read the block at `rows`, `columns`, `channels` (of step 1) as an array of the cube's dtype."""
        wanted = [
            around(range(length)[part])
            for part, length in zip((rows, columns, channels), self.shape, strict=True)
        ]
        block = np.empty([part.stop - part.start for part in wanted], self.dtype)
        met = [list(overlaps(part, size)) for part, size in zip(wanted, self.chunks, strict=True)]

        def fill(read: Read) -> None:
            for pieces in product(*met):
                number, target, origin = zip(*pieces, strict=True)
                block[target] = read(number, origin[0]).values()[:, origin[1], origin[2]]

        rows_met, columns_met, layers_met = ([number for number, *_ in axis] for axis in met)
        self._reading(list(product(rows_met, columns_met, layers_met)), fill)
        return block

    def of_chunks(
        self, work: Callable[[np.ndarray], T], progress: Progress | None = None
    ) -> Iterator[tuple[Number, T]]:
        """Run `work` on the counts of each chunk inside the cube, (rows, columns, channels).

        Yields
        ------
        corner : tuple of int
            Row, column and channel of the first count of a chunk; tile by tile.
        result
        """

        def of_chunk(read: Read, number: Number) -> T:
            return work(read(number).values())

        for number, found in self._visit_tiles(self._grid.tiles, of_chunk, progress):
            row, column, channel = (place * size for place, size in zip(number, self.chunks, strict=True))
            yield (row, column, channel), found

    def dask(self, name: str) -> "da.Array":
        """Return the cube as a lazy dask array of blocks of whole chunks; `name` identifies its content."""
        import dask.array as da  # imported here because it takes 0.4 s

        return da.from_array(
            self,
            chunks=self._grid.dask_blocks(self.dtype.itemsize),
            name=name,
            asarray=False,
            fancy=False,
            lock=False,
        )

    def _visit(
        self,
        parts: list[Any],
        needed: Callable[[Any], list[Number]],
        work: Callable[[Read, Any], T],
        progress: Progress | None,
        description: str,
    ) -> Iterator[tuple[Any, T]]:
        """Run `work` on all parts, on all processors; yield each part with its result."""
        done = 0
        for results in visit(parts, needed, work, self._reading, self._workers):
            yield from results
            done += len(results)
            if progress is not None:
                progress(done / len(parts), description)

    def _visit_tiles(
        self,
        tiles: list[tuple[int, int]],
        work: Callable[[Read, Number], T],
        progress: Progress | None,
        *,
        here: bool = False,
    ) -> Iterator[tuple[Number, T]]:
        """Run `work` on all chunks of some tiles, as `_visit`, or in the calling thread."""
        chunks, description = self._grid.chunks_of(tiles), _("reading the spectra")
        if not here:
            yield from self._visit(chunks, only_itself, work, progress, description)
            return
        yield from self._reading(chunks, lambda read: [(number, work(read, number)) for number in chunks])
        if progress is not None:
            progress(1.0, description)

    def _reading(self, numbers: Sequence[Number], work: Callable[[Read], T]) -> T:
        """Return the result of `work`, called with a function that reads one of the chunks `numbers`.

        It may be called more than once.
        """

        def read(number: Number, rows: slice | None = None) -> Counts:
            counts = Counts.plain(np.asarray(self._source[self._grid.block(number)]))
            return counts if rows is None else counts.rows(rows)

        return work(read)

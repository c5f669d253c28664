"""The cube of an HDF5 datastack, read in parallel without h5py's global lock."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import h5py
import numpy as np

from maxrf_core.atomic import changes as atomic
from maxrf_core.cube.chunk_grid import Number
from maxrf_core.cube.chunk_visits import Read
from maxrf_core.cube.cube import Cube
from maxrf_core.cube.hdf5_chunks import Chunks, layout_of, reading_hdf5
from maxrf_core.cube.shuffled_counts import Counts
from maxrf_core.cube.stored_chunks import is_unpacked_here, read_chunk
from maxrf_core.errors import DatastackError
from maxrf_core.language import _
from maxrf_core.names import CUBE

T = TypeVar("T")


class Hdf5Cube(Cube):
    """The cube of an HDF5 datastack, whose chunks are read without h5py's global lock.

    The file is open only while it is read.

    Parameters
    ----------
    path : path_like
        The datastack.
    name : str
        The dataset, usually ``maxrf_cube``.
    """

    def __init__(self, path: str | Path, name: str = CUBE) -> None:
        self.path, self.name = Path(path), name
        self._layout = atomic.consistent(self.path, lambda view: layout_of(self.path, name, view.generation))
        super().__init__(self._layout)
        self._reads_rows = self._layout.marks is not None

    @property
    def is_plain(self) -> bool:
        """True if its chunks are read without HDF5."""
        return self._layout.plain

    def __reduce__(self) -> tuple:
        """Pickle as a path and a name, never as an open file."""
        return Hdf5Cube, (self.path, self.name)

    def _reading(self, numbers: Sequence[Number], work: Callable[[Read], T]) -> T:
        def attempt(view: atomic.CommittedView) -> T:
            self._check_layout(view)
            if not self._layout.plain:
                with reading_hdf5(self.path, view) as opened:
                    dataset = opened[self.name]
                    here = is_unpacked_here(dataset)
                    return work(lambda number, rows=None: self._piece(dataset, number, rows, here))
            result = work(Chunks(view, self._layout, self.name, numbers).counts)
            view.check()
            return result

        return atomic.consistent(self.path, attempt)

    def _piece(self, dataset: h5py.Dataset, number: Number, rows: slice | None, here: bool) -> Counts:
        """Read a chunk, by HDF5's own filters only if they are not supported here."""
        block = self._grid.block(number)
        if not here:
            values = dataset[block]
        elif not self._layout.places[number][1]:
            values = np.full([part.stop - part.start for part in block], self._layout.fill, self.dtype)
        else:
            values = read_chunk(dataset, tuple(part.start for part in block))
        counts = Counts.plain(values)
        return counts if rows is None else counts.rows(rows)

    def _check_layout(self, view: atomic.CommittedView) -> None:
        """Check that the chunks have not moved; appending leaves them in place, rewriting does not."""
        now = layout_of(self.path, self.name, view.generation)
        if now is not self._layout and not now.equals(self._layout):
            raise DatastackError(
                _("{name} was written anew since {array} was opened; open it again.").format(
                    name=self.path.name, array=self.name
                )
            )

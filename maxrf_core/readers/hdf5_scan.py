"""Scans in HDF5 files of other programs, read block by block, whatever the order of their axes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from maxrf_core import file_signatures
from maxrf_core.cube.slicing import around
from maxrf_core.datastack.hdf5_links import LinkSteps, own_dataset
from maxrf_core.datastack.other_hdf5 import not_a_datastack
from maxrf_core.errors import ScanError
from maxrf_core.readers.format import Choice, Format, check_choice
from maxrf_core.readers.hdf5_layouts import Layout, changed_meanwhile, is_counts, reading_other_hdf5
from maxrf_core.readers.scan import ALL, Scan, ranges_in

PIECE = 32_000_000  # bytes that are read at a time
CHECK = "untrusted.hdf5:check_other_hdf5"

Find = Callable[[h5py.File], list[Layout]]
"""Returns the cubes that a file of one dialect holds, the best guess first; empty if it is of another one."""


class Hdf5Scan(Scan):
    """A cube in an HDF5 file.

    Parameters
    ----------
    path : Path
    layout : Layout
        Where it lies.

    Raises
    ------
    ScanError
        If the file cannot be read.
    """

    def __init__(self, path: Path, layout: Layout) -> None:
        self.paths, self.name, self.shape = (path,), path.stem, layout.shape
        self._layout = layout
        with reading_other_hdf5(path) as file:
            self.dtype = _dtype_of_sum(self._datasets(file), layout)
        energies = layout.energies
        self._falls = energies is not None and len(energies) > 1 and bool(energies[0] > energies[-1])
        if energies is not None:
            self.energies = energies[::-1].copy() if self._falls else energies
            self.energies_source = path.name
        self.about, self.maps = dict(layout.about), dict(layout.maps)
        self.cube_attributes = {"read_from": layout.choice.key}
        self.notes = layout.notes

    def read(self, rows: slice, columns: slice, channels: slice = ALL) -> np.ndarray:
        """Read a block; only a few rows of it at a time, or one if others between are left out."""
        down, across, deep = ranges_in(self.shape, rows, columns, channels)
        block = np.empty((len(down), len(across), len(deep)), self.dtype)
        if not block.size:
            return block
        read_of_row = (across[-1] + 1 - across[0]) * (deep[-1] + 1 - deep[0])
        length = max(1, PIECE // (read_of_row * self.dtype.itemsize)) if down.step == 1 else 1
        with reading_other_hdf5(self.paths[0]) as file:
            datasets = self._datasets(file)
            for start in range(0, len(down), length):
                part = slice(start, start + length)
                block[part] = self._read_rows(datasets, down[part], across, deep)
        return block

    def _read_rows(self, datasets: list[h5py.Dataset], down: range, across: range, deep: range) -> np.ndarray:
        """Read rows that follow one another: (rows, columns, channels)."""
        layout, depth = self._layout, self.shape[2]
        stored = range(depth - 1 - deep[-1], depth - deep[0], deep.step) if self._falls else deep
        places: dict[str, Any] = {"y": around(down), "x": around(across), "c": around(stored)}
        places["d"] = ALL if layout.detector is None else layout.detector
        kept = layout.axes if layout.detector is None else layout.axes.replace("d", "")
        total: np.ndarray | None = None
        for dataset in datasets:
            part = dataset[tuple(places[axis] for axis in layout.axes)]
            names = kept
            if "d" in kept:
                part, names = part.sum(axis=kept.index("d"), dtype=self.dtype), kept.replace("d", "")
            part = part.transpose([names.index(axis) for axis in "yxc"])
            total = part.astype(self.dtype) if total is None else total + part
        assert total is not None
        total = total[:, :: across.step, :: stored.step]
        return total[:, :, ::-1] if self._falls else total

    def _datasets(self, file: h5py.File) -> list[h5py.Dataset]:
        steps, found = LinkSteps(self.paths[0].name), []
        for name in self._layout.datasets:
            dataset = own_dataset(file, name, steps)
            if not is_counts(dataset) or len(dataset.shape) != len(self._layout.axes):
                raise changed_meanwhile(self.paths[0])
            found.append(dataset)
        return found


def _dtype_of_sum(datasets: Sequence[h5py.Dataset], layout: Layout) -> np.dtype:
    """Return a type that holds the counts, or their sum over the detectors."""
    dtype = np.result_type(*(dataset.dtype for dataset in datasets)).newbyteorder("=")
    if len(datasets) == 1 and ("d" not in layout.axes or layout.detector is not None):
        return dtype
    if dtype.kind == "f":
        return np.dtype(np.float64)
    return np.dtype(np.int64 if dtype.itemsize > 2 or dtype.kind == "i" else np.uint32)


@dataclass(frozen=True)
class Hdf5Dialect:
    """The functions of a `Format` whose files are HDF5.

    Attributes
    ----------
    find : callable
        Returns the cubes of an open file.
    """

    find: Find

    def layouts(self, path: Path) -> list[Layout]:
        """Return the cubes that a file holds."""
        with reading_other_hdf5(path) as file:
            return self.find(file)

    def sniff(self, path: Path) -> bool:
        """Return True if a file holds a cube as this dialect stores it."""
        try:
            return bool(self.layouts(path))
        except ScanError:
            return False

    def choices(self, path: Path) -> list[Choice]:
        """Return what can be read from a file; nothing if there is only one cube."""
        found = self.layouts(path)
        return [layout.choice for layout in found] if len(found) > 1 else []

    def open(self, path: Path | str, choice: str | None = None) -> Scan:
        """Open the cube of a file.

        Raises
        ------
        ScanError
            If it holds none, or not this one.
        """
        path = Path(path)
        found = self.layouts(path)
        if not found:
            with reading_other_hdf5(path) as file:
                raise ScanError(not_a_datastack(file, path.name))
        named = {layout.choice.key: layout for layout in found}
        chosen = found[0] if choice is None else named[check_choice(path, choice, named)]
        return Hdf5Scan(path, chosen)

    def format(
        self, name: str, written_by: str, reads: str, endings: tuple[str, ...], *, is_general: bool = False
    ) -> Format:
        """Return the declaration of the format."""
        return Format(
            name=name,
            written_by=written_by,
            reads=reads,
            files=(endings,),
            open=self.open,
            untrusted_check=CHECK,
            signature=file_signatures.HDF5,
            sniff=self.sniff,
            choices=self.choices,
            is_general=is_general,
        )

"""Scans in HDF5 files of other programs, read block by block, whatever the order of their axes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from maxrf_core import file_signatures
from maxrf_core.cube.slicing import around, pieces
from maxrf_core.datastack.hdf5_links import LinkSteps, own_dataset
from maxrf_core.datastack.other_hdf5 import not_a_datastack
from maxrf_core.errors import ScanError
from maxrf_core.readers.format import Choice, Format, check_choice
from maxrf_core.readers.hdf5_layouts import Layout, changed_meanwhile, is_counts, reading_other_hdf5
from maxrf_core.readers.scan import ALL, Scan, ranges_in
from maxrf_core.readers.summed_scan import dtype_of_sum
from maxrf_core.transform.scan_picture import ScanPicture

PIECE = 32_000_000  # bytes that are read at a time
CHECK = "untrusted.hdf5:check_other_hdf5"

Pictures = Callable[[h5py.File, Layout], tuple[ScanPicture, ...]]
Find = Callable[[h5py.File], list[Layout]]
"""Returns the cubes that a file of one dialect holds, the best guess first; empty if it is of another one."""


class Hdf5Scan(Scan):
    """A cube in an HDF5 file.

    Parameters
    ----------
    path : Path
    layout : Layout
        Where it lies.
    pictures : callable, optional
        Returns the pictures in the open file.

    Raises
    ------
    ScanError
        If the file cannot be read.
    """

    def __init__(self, path: Path, layout: Layout, pictures: Pictures | None = None) -> None:
        self._pictures = pictures
        self.paths, self.name, self.shape = (path,), path.stem, layout.shape
        self._layout = layout
        with reading_other_hdf5(path) as file:
            datasets = self._datasets(file)
            self.dtype = _dtype_of_sum(datasets, layout)
            stored = datasets[0].chunks or (*[1] * (len(layout.axes) - 1), datasets[0].shape[-1])
            block = dict(zip(layout.axes, map(int, stored), strict=True))
            self.natural_block = block["y"], block["x"], block["c"]
        energies = layout.energies
        self._falls = energies is not None and len(energies) > 1 and bool(energies[0] > energies[-1])
        if energies is not None:
            self.energies = energies[::-1].copy() if self._falls else energies
            self.energies_source = path.name
        self.about, self.maps = dict(layout.about), dict(layout.maps)
        self.cube_attributes = {"read_from": layout.choice.key}
        self.notes = layout.notes

    @property
    def pictures(self) -> tuple[ScanPicture, ...]:
        """Pictures in the file, read now."""
        if self._pictures is None:
            return ()
        with reading_other_hdf5(self.paths[0]) as file:
            return self._pictures(file, self._layout)

    def read(self, rows: slice, columns: slice, channels: slice = ALL) -> np.ndarray:
        """Read a block, a piece at a time; each of the file's chunks is unpacked once."""
        ranges = ranges_in(self.shape, rows, columns, channels)
        block = np.empty([len(indices) for indices in ranges], self.dtype)
        if not block.size:
            return block
        with reading_other_hdf5(self.paths[0]) as file:
            for number, dataset in enumerate(self._datasets(file)):
                self._read_dataset(dataset, ranges, block, is_first=number == 0)
        return block

    def _read_dataset(
        self, dataset: h5py.Dataset, ranges: Sequence[range], block: np.ndarray, is_first: bool
    ) -> None:
        """Write the counts of a dataset into a block, or add them to it."""
        axes, depth = self._layout.axes, self.shape[2]
        chosen = dict(zip("yxc", ranges, strict=True))
        if self._falls:  # in the order of the file
            chosen["c"] = range(depth - 1 - ranges[2][-1], depth - ranges[2][0], ranges[2].step)
            block = block[:, :, ::-1]
        if "d" in axes:
            known, one = range(dataset.shape[axes.index("d")]), self._layout.detector
            chosen["d"] = known if one is None else known[one : one + 1]
        stored = [chosen[axis] for axis in axes]
        size = max(dataset.dtype.itemsize, self.dtype.itemsize)
        for piece in pieces(stored, chunk_of(dataset, axes), PIECE // size):
            places = [indices[part] for indices, part in zip(stored, piece, strict=True)]
            part = dataset[tuple(map(around, places))]
            part = part[tuple(slice(None, None, indices.step) for indices in places)]
            names = axes
            where = dict(zip(axes, piece, strict=True))
            is_whole = is_first and where.pop("d", slice(0, 1)).start == 0
            if "d" in names:
                part, names = part.sum(axis=names.index("d"), dtype=self.dtype), names.replace("d", "")
            part = part.transpose([names.index(axis) for axis in "yxc"])
            target = block[tuple(where[axis] for axis in "yxc")]
            if is_whole:
                target[...] = part
            else:
                target += part.astype(self.dtype)

    def _datasets(self, file: h5py.File) -> list[h5py.Dataset]:
        steps, found = LinkSteps(self.paths[0].name), []
        for name in self._layout.datasets:
            dataset = own_dataset(file, name, steps)
            if not is_counts(dataset) or len(dataset.shape) != len(self._layout.axes):
                raise changed_meanwhile(self.paths[0])
            found.append(dataset)
        return found


def chunk_of(dataset: h5py.Dataset, axes: str) -> tuple[int, ...]:
    """Return the shape of a dataset's chunks; where it has none, that of what is read of a row.

    Parameters
    ----------
    dataset : h5py.Dataset
    axes : str
        As of a `Layout`.
    """
    if dataset.chunks is not None:
        return tuple(map(int, dataset.chunks))
    return tuple(1 if axis == "y" else size for axis, size in zip(axes, dataset.shape, strict=True))


def _dtype_of_sum(datasets: Sequence[h5py.Dataset], layout: Layout) -> np.dtype:
    """Return a type that holds the counts, or their sum over the detectors."""
    if len(datasets) == 1 and ("d" not in layout.axes or layout.detector is not None):
        return datasets[0].dtype.newbyteorder("=")
    return dtype_of_sum([dataset.dtype for dataset in datasets])


@dataclass(frozen=True)
class Hdf5Dialect:
    """The functions of a `Format` whose files are HDF5.

    Attributes
    ----------
    find : callable
        Returns the cubes of an open file.
    pictures : callable, optional
        Returns the pictures in an open file, besides a cube.
    """

    find: Find
    pictures: Pictures | None = None

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
        return Hdf5Scan(path, chosen, self.pictures)

    def format(
        self,
        name: str,
        written_by: str,
        reads: str,
        endings: tuple[str, ...],
        *,
        omits: str,
        tested_with: str,
        is_general: bool = False,
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
            omits=omits,
            tested_with=tested_with,
        )

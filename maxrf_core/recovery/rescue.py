"""What does a broken datastack still hold, and how is it brought into a sound one?

The broken file is only ever read. What is whole in it comes back as it was; of an array of which pieces are
gone the rest comes back, with zeros in their place and a note that says so.
"""

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import h5py
import numpy as np

from maxrf_core import file_signatures
from maxrf_core.atomic import changes as atomic
from maxrf_core.conversion.convert import convert
from maxrf_core.cube.cube import Cube
from maxrf_core.datastack.hdf5_store import GZIP_LEVEL, create_array, new_file, refuse_existing
from maxrf_core.errors import DatastackError
from maxrf_core.names import CUBE, MAX_SPECTRUM, SUM_SPECTRUM, check_name, listed_name, newest, plain
from maxrf_core.progress import Progress, silent
from maxrf_core.readers.maxrf4u import SMOOTHING_SIGMA
from maxrf_core.readers.scan import ALL, Scan
from maxrf_core.recovery import hdf5 as rescue_hdf5
from maxrf_core.recovery import zip as rescue_zip
from maxrf_core.recovery.partial_array import Remains

IN_MEMORY = 256_000_000  # bytes; larger arrays are copied piece by piece
LARGEST_CHUNK = 1 << 30  # bytes
ANEW = "made anew from the cube"
NOTE = "rescued"  # the attribute that tells what is missing of an array


@dataclass(frozen=True)
class Fate:
    """What became of one array of a broken file.

    Attributes
    ----------
    name : str
    shape : tuple of int or None
        None where nobody can tell it any more.
    saved : bool
        Whether it is in the new file.
    damage : str
        What is the matter with it, for people; empty where it is as it was.
    """

    name: str
    shape: tuple[int, ...] | None
    saved: bool
    damage: str


@dataclass(frozen=True)
class Report:
    """What became of each array of a broken file.

    Attributes
    ----------
    path : Path
        The sound datastack that was made.
    fates : tuple of Fate
        In the order of the broken file.
    """

    path: Path
    fates: tuple[Fate, ...]

    @property
    def saved(self) -> list[str]:
        """The names of the arrays in the new file, in part or whole."""
        return [fate.name for fate in self.fates if fate.saved]

    @property
    def damaged(self) -> list[tuple[str, str]]:
        """Name and what is the matter, for each array that is not as it was."""
        return [(fate.name, fate.damage) for fate in self.fates if fate.damage]


def rescue(
    path: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Bring what a broken datastack still holds into a new one.

    Parameters
    ----------
    path : path_like
        The broken file: HDF5 that was cut off or left open by a program that died, or a zip written by
        maxrf4u, without its table of contents or with two zarr formats in it. It is never written to.
    out : path_like
        The datastack to make. It appears when it is whole.
    overwrite : bool
        Replace a file that exists.
    progress : callable, optional
        Called with the fraction done and what is being done; whatever it raises stops the work.

    Returns
    -------
    Report
        What was saved, and what is damaged. An array of which some pieces are gone is both: its other pieces
        are saved, zeros stand for what is gone, and its attribute ``rescued`` says so. Of a cube the newest
        version is laid out as in every conversion; spectra that are lost are made anew from it.

    Raises
    ------
    DatastackError
        Where nothing can be saved, or the new file exists or cannot be written.

    Notes
    -----
    Damage is noticed by the checksums that zip and gzip keep. What an HDF5 file holds unpacked, as it does
    small arrays, has none: where such bytes were changed, nobody can tell.
    """
    path, out = Path(path), Path(out)
    refuse_existing(out, overwrite)
    if out.exists() and path.exists() and out.samefile(path):
        raise DatastackError(f"{path.name} itself is never changed; choose another name for what is saved.")
    with atomic.reading(path) as file:
        kind = rescue_hdf5 if file.read(8) == file_signatures.HDF5 else rescue_zip
    try:
        with kind.remains(path) as (arrays, hopeless), atomic.replacing(out) as temporary:
            fates = _save(path, arrays, hopeless, temporary, progress or silent)
            refuse_existing(out, overwrite)  # another process may have made it meanwhile
    except DatastackError as error:
        if error.__cause__ is not None and atomic.number_of(error.__cause__):
            # it names the temporary file, which nobody knows
            raise atomic.unwritten(out, error.__cause__) from error
        raise
    return Report(out, tuple(fates))


def _save(
    path: Path, found: list[Remains], hopeless: Mapping[str, str], new: Path, progress: Progress
) -> list[Fate]:
    """Write what is left of each array to a new file."""
    unnamed = _name(found)
    arrays = [array for array in found if array.name not in unnamed]
    alive = [array for array in arrays if array.is_alive()]
    if not alive:
        raise DatastackError(
            f"Nothing can be saved from {path.name}: no piece of any array in it is whole. Use a copy made "
            "earlier, or convert the raw scan again."
        )
    cube = _newest_cube(alive)
    if cube is None:
        with new_file(new, overwrite=True):
            pass
        anew: set[str] = set()
    else:
        scan = _RescuedScan(path, cube, [array for array in alive if array is not cube])
        convert(scan, new, overwrite=True, progress=lambda fraction, doing: progress(0.9 * fraction, doing))
        anew = {SUM_SPECTRUM, MAX_SPECTRUM} - set(scan.array_names)
    progress(0.9, "copying the other arrays")
    with atomic.AtomicFile(new) as change:
        try:
            with h5py.File(change, "r+") as file:
                if cube is not None and cube.name != CUBE:
                    file.move(CUBE, cube.name)
                fates = [_finish(file, array, array.name in anew) for array in alive]
        finally:
            change.check()  # a full disk is told as such, whatever followed from it
    fates += [Fate(array.name, array.shape, False, array.loss()) for array in arrays if array not in alive]
    fates += [Fate(name, None, False, why) for name, why in {**hopeless, **unnamed}.items()]
    told = {fate.name for fate in fates if fate.saved}
    fates = [fate for fate in fates if fate.saved or fate.name not in anew]
    fates += [Fate(name, None, True, f"it was not found and is {ANEW}") for name in sorted(anew - told)]
    progress(1.0, "saving")
    return fates


def _name(arrays: list[Remains]) -> dict[str, str]:
    """Give arrays that share a name a name each, as versions; say of those that can have none why."""
    taken: set[str] = set()
    unnamed = {}
    for array in arrays:
        try:
            array.name = check_name(listed_name(array.name, taken))
            taken.add(array.name)
        except DatastackError as error:
            unnamed[array.name] = str(error)
    return unnamed


def _newest_cube(arrays: list[Remains]) -> Remains | None:
    """Give the array that can be laid out anew as the cube, without a value of it changing."""
    cubes = {
        array.name: array
        for array in arrays
        if array.name.rstrip("_") == CUBE
        and len(array.shape) == 3
        and min(array.shape) > 0
        and (array.dtype.kind == "u" or array.dtype == np.float32)
    }
    return cubes[newest(CUBE, cubes)] if cubes else None


class _RescuedScan(Scan):
    """The cube of a broken file, to be converted, with what was found beside it."""

    def __init__(self, path: Path, cube: Remains, others: list[Remains]) -> None:
        self.paths, self.name = (path,), path.stem
        self.shape, self.dtype = cast(tuple[int, int, int], cube.shape), cube.dtype
        self.energies_source = path.name
        told = cube.attributes.get("smoothing_sigma", 0.0 if "units" in cube.attributes else SMOOTHING_SIGMA)
        if cube.dtype.kind == "f" and isinstance(told, float | int | np.number):
            self.smoothing_sigma = float(told)
        self._cube = Cube(cube)
        self._others = {
            array.name: array for array in others if array.name.rstrip("_") != CUBE and _is_convertible(array)
        }

    def read(self, rows: slice, columns: slice, channels: slice = ALL) -> np.ndarray:
        """Read a block, never more of the cube at once than its chunks or the block take."""
        height, width, _ = self.shape
        if range(height)[rows].step == range(width)[columns].step == 1:
            return self._cube.read(rows, columns, channels)
        tall, broad, _ = self._cube.chunks
        across = _met(range(width)[columns], broad)
        bands = [
            [self._cube.read(tile, part, channels)[inside][:, picked] for part, picked in across]
            for tile, inside in _met(range(height)[rows], tall)
        ]
        return np.concatenate([np.concatenate(band, axis=1) for band in bands])

    @property
    def array_names(self) -> list[str]:
        """The names of the arrays that are not too large to be read whole."""
        return list(self._others)

    def read_array(self, name: str) -> np.ndarray:
        """Read one of them, with zeros for what is lost."""
        return self._others[name].whole()

    def read_attributes(self, name: str) -> Mapping[str, Any]:
        """Tell nothing yet: attributes are written last, when it is known what is lost."""
        return {}


def _met(wanted: range, size: int) -> list[tuple[slice, list[int]]]:
    """Give each chunk along an axis that holds some of what is wanted, and where in the chunk that is."""
    parts: dict[int, list[int]] = {}
    for number in wanted:
        parts.setdefault(number // size, []).append(number % size)
    return [(slice(part * size, (part + 1) * size), inside) for part, inside in parts.items()]


def _is_convertible(array: Remains) -> bool:
    """Tell whether an array can be copied while converting: not if too large, or better made anew."""
    if array.name in (SUM_SPECTRUM, MAX_SPECTRUM):
        array.whole()
        return not array.lost
    return array.nbytes <= IN_MEMORY


def _finish(file: h5py.File, array: Remains, is_anew: bool) -> Fate:
    """Copy an array that is not in the new file yet, note what was beside it and what is lost of it."""
    if array.name not in file:
        _copy(file, array)
    dataset, damage = file[array.name], array.loss()
    if is_anew:
        return Fate(array.name, array.shape, True, f"{damage.removesuffix(' and read as 0')}; it is {ANEW}")
    for key, value in array.attributes.items():
        try:
            dataset.attrs[key] = value if isinstance(value, np.generic | np.ndarray | str) else plain(value)
        except (DatastackError, OSError, RuntimeError, TypeError, ValueError):
            damage = damage or f"its attribute {key} is lost"
    if damage:
        dataset.attrs[NOTE] = damage
    return Fate(array.name, array.shape, True, damage)


def _copy(file: h5py.File, array: Remains) -> None:
    if array.is_text or array.nbytes <= IN_MEMORY:
        create_array(file, array.name, array.whole())
        return
    packed = {"compression": "gzip", "compression_opts": GZIP_LEVEL, "shuffle": True}
    dataset = file.create_dataset(array.name, array.shape, array.dtype, chunks=_chunks(array), **packed)
    for place in array.pieces():
        dataset[place] = array[place]


def _chunks(array: Remains) -> tuple[int, ...] | bool:
    """Lay pieces out as chunks, where HDF5 can bear their size."""
    return array.chunks if math.prod(array.chunks) * array.dtype.itemsize < LARGEST_CHUNK else True

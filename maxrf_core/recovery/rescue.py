"""Recovery of the arrays of a broken datastack into a new one.

The broken file is never written to. Intact arrays are copied unchanged; lost pieces of an array are replaced
by zeros, and an attribute states it.
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
from maxrf_core.atomic.new_path import check_new_path
from maxrf_core.conversion.convert import convert
from maxrf_core.cube.binned import is_beside_cube
from maxrf_core.cube.cube import Cube
from maxrf_core.cube.packed_chunks import GZIP_LEVEL
from maxrf_core.datastack.hdf5_store import create_array, new_file
from maxrf_core.datastack.nxdata import ROOT_ATTRIBUTES, write_nxdata
from maxrf_core.errors import DatastackError
from maxrf_core.language import Note, _
from maxrf_core.names import CUBE, MAX_SPECTRUM, SUM_SPECTRUM, check_name, listed_name, newest, plain
from maxrf_core.progress import Progress, silent
from maxrf_core.readers.maxrf4u import SMOOTHING_SIGMA
from maxrf_core.readers.scan import ALL, Scan
from maxrf_core.recovery import hdf5 as rescue_hdf5
from maxrf_core.recovery import zip as rescue_zip
from maxrf_core.recovery.partial_array import PartialArray, RecoveredContents

MAX_IN_MEMORY = 256_000_000  # bytes; larger arrays are copied piece by piece
MAX_CHUNK = 1 << 30  # bytes
NOTE = "rescued"  # the attribute that states what is missing from an array


@dataclass(frozen=True)
class ArrayOutcome:
    """Result of the recovery of one array.

    Attributes
    ----------
    name : str
    shape : tuple of int or None
        None if unknown.
    saved : bool
        Whether it is in the new file.
    damage : str
        Description of the damage, for users; empty if the array is intact.
    """

    name: str
    shape: tuple[int, ...] | None
    saved: bool
    damage: str


@dataclass(frozen=True)
class Report:
    """Result of the recovery of each array of a broken file.

    Attributes
    ----------
    path : Path
        The new datastack.
    outcomes : tuple of ArrayOutcome
        In the order of the broken file.
    """

    path: Path
    outcomes: tuple[ArrayOutcome, ...]

    @property
    def saved(self) -> list[str]:
        """The names of the arrays in the new file, in part or whole."""
        return [outcome.name for outcome in self.outcomes if outcome.saved]

    @property
    def damaged(self) -> list[tuple[str, str]]:
        """Name and damage of each array that is not intact."""
        return [(outcome.name, outcome.damage) for outcome in self.outcomes if outcome.damage]


def rescue(
    path: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Copy the readable arrays of a broken datastack to a new one.

    Parameters
    ----------
    path : path_like
        The broken file: HDF5 that was truncated or left open by a crashed program, or a zip written by
        maxrf4u, without its table of contents or with two zarr formats in it. It is never written to.
    out : path_like
        The new datastack. It appears when it is complete.
    overwrite : bool
        Replace a file that exists.
    progress : callable, optional
        Called with the fraction done and the current step; an exception from it stops the work.

    Returns
    -------
    Report
        The saved and the damaged arrays. An array with lost pieces is both: its other pieces are saved, the
        lost ones are zeros, and its attribute ``rescued`` states it. The newest version of the cube is
        chunked as in every conversion; lost spectra are recomputed from it. Attributes of the file, such as
        its title, are kept where they can be read.

    Raises
    ------
    DatastackError
        If nothing can be saved, or the new file exists or cannot be written.

    Notes
    -----
    Damage is detected by the checksums of zip and gzip. Uncompressed data in HDF5, such as small arrays, has
    none: changed bytes there cannot be detected.
    """
    path, out = Path(path), Path(out)
    check_new_path(out, overwrite)
    if out.exists() and path.exists() and out.samefile(path):
        raise DatastackError(
            _("{name} itself is never changed; choose another name for what is saved.").format(name=path.name)
        )
    with atomic.reading(path) as file:
        kind = rescue_hdf5 if file.read(8) == file_signatures.HDF5 else rescue_zip
    try:
        with kind.open_contents(path) as contents, atomic.replacing(out) as temporary:
            outcomes = _save(path, contents, temporary, progress or silent)
            check_new_path(out, overwrite)  # another process may have made it meanwhile
    except DatastackError as error:
        if error.__cause__ is not None and atomic.errno_of(error.__cause__):
            # its message names the temporary file, which the user does not know
            raise atomic.write_error(out, error.__cause__) from error
        raise
    return Report(out, tuple(outcomes))


def _save(path: Path, contents: RecoveredContents, new: Path, progress: Progress) -> list[ArrayOutcome]:
    """Write the readable pieces of each array to a new file."""
    unnamed = _name(contents.arrays)
    arrays = [array for array in contents.arrays if array.name not in unnamed]
    readable = [array for array in arrays if array.is_readable()]
    if not readable:
        raise DatastackError(
            _(
                "Nothing can be saved from {name}: no piece of any array in it is whole. Use a copy "
                "made earlier, or convert the raw scan again."
            ).format(name=path.name)
        )
    cube = _newest_cube(readable)
    if cube is None:
        with new_file(new, overwrite=True):
            pass
        anew: set[str] = set()
    else:
        scan = _RescuedScan(path, cube, [array for array in readable if array is not cube])
        convert(
            scan,
            new,
            overwrite=True,
            progress=lambda fraction, doing: progress(0.9 * fraction, doing),
            keep_empty=True,  # what was lost is told by the report
        )
        anew = {SUM_SPECTRUM, MAX_SPECTRUM} - set(scan.array_names)
    progress(0.9, _("copying the other arrays"))
    with atomic.AtomicFile(new) as change:
        try:
            with h5py.File(change, "r+") as file:
                if cube is not None and cube.name != CUBE:
                    file.move(CUBE, cube.name)
                    for beside in [each for each in file if is_beside_cube(file, each)]:
                        file.move(beside, cube.name + beside.removeprefix(CUBE))
                known = {*file.attrs, *ROOT_ATTRIBUTES}
                about = {key: value for key, value in contents.about.items() if key not in known}
                _write_attributes(file, about)
                outcomes = [_finish(file, array, array.name in anew) for array in readable]
                write_nxdata(file)
        finally:
            change.check()  # report a full disk as such, not its consequences
    outcomes += [
        ArrayOutcome(array.name, array.shape, False, array.describe_damage())
        for array in arrays
        if array not in readable
    ]
    outcomes += [
        ArrayOutcome(name, None, False, why) for name, why in {**contents.unreadable, **unnamed}.items()
    ]
    told = {outcome.name for outcome in outcomes if outcome.saved}
    outcomes = [outcome for outcome in outcomes if outcome.saved or outcome.name not in anew]
    outcomes += [
        ArrayOutcome(name, None, True, Note("it was not found and is recomputed from the cube"))
        for name in sorted(anew - told)
    ]
    progress(1.0, _("saving"))
    return outcomes


def _name(arrays: list[PartialArray]) -> dict[str, str]:
    """Rename arrays that share a name to versions; return the reason for those that cannot have a name."""
    taken: set[str] = set()
    unnamed = {}
    for array in arrays:
        try:
            array.name = check_name(listed_name(array.name, taken))
            taken.add(array.name)
        except DatastackError as error:
            unnamed[array.name] = str(error)
    return unnamed


def _newest_cube(arrays: list[PartialArray]) -> PartialArray | None:
    """Return the newest array that can become the cube without a change of its values."""
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

    def __init__(self, path: Path, cube: PartialArray, others: list[PartialArray]) -> None:
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
        across = _chunk_parts(range(width)[columns], broad)
        bands = [
            [self._cube.read(tile, part, channels)[inside][:, picked] for part, picked in across]
            for tile, inside in _chunk_parts(range(height)[rows], tall)
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
        """Return nothing: attributes are written last, when the damage is known."""
        return {}


def _chunk_parts(wanted: range, size: int) -> list[tuple[slice, list[int]]]:
    """Return each chunk along an axis that overlaps the wanted range, and the indices within the chunk."""
    parts: dict[int, list[int]] = {}
    for number in wanted:
        parts.setdefault(number // size, []).append(number % size)
    return [(slice(part * size, (part + 1) * size), inside) for part, inside in parts.items()]


def _is_convertible(array: PartialArray) -> bool:
    """Return True if an array can be copied during conversion: not if too large or better recomputed."""
    if array.name in (SUM_SPECTRUM, MAX_SPECTRUM):
        array.whole()
        return not array.lost
    return array.nbytes <= MAX_IN_MEMORY


def _finish(file: h5py.File, array: PartialArray, is_anew: bool) -> ArrayOutcome:
    """Copy an array unless the new file has it, and write its attributes and its damage."""
    if array.name not in file:
        _copy(file, array)
    dataset = file[array.name]
    if is_anew:
        found = Note(
            "{damage}; it is recomputed from the cube", damage=array.describe_damage(is_recomputed=True)
        )
        return ArrayOutcome(array.name, array.shape, True, found)
    damage = array.describe_damage()
    for key in _write_attributes(dataset, array.attributes):
        damage = damage or Note("its attribute {key} is lost", key=key)
    if damage:
        dataset.attrs[NOTE] = str(damage)
    return ArrayOutcome(array.name, array.shape, True, damage)


def _write_attributes(item: h5py.HLObject, attributes: Mapping[str, Any]) -> list[str]:
    """Write attributes of an array or of the file; return the names of those that cannot be stored."""
    lost = []
    for key, value in attributes.items():
        try:
            item.attrs[key] = value if isinstance(value, np.generic | np.ndarray | str) else plain(value)
        except (DatastackError, OSError, RuntimeError, TypeError, ValueError):
            lost.append(key)
    return lost


def _copy(file: h5py.File, array: PartialArray) -> None:
    if array.is_text or array.nbytes <= MAX_IN_MEMORY:
        create_array(file, array.name, array.whole())
        return
    packed = {"compression": "gzip", "compression_opts": GZIP_LEVEL, "shuffle": True}
    dataset = file.create_dataset(array.name, array.shape, array.dtype, chunks=_chunks(array), **packed)
    for place in array.pieces():
        dataset[place] = array[place]


def _chunks(array: PartialArray) -> tuple[int, ...] | bool:
    """Return the pieces' shape as chunk shape, unless too large for HDF5."""
    return array.chunks if math.prod(array.chunks) * array.dtype.itemsize < MAX_CHUNK else True

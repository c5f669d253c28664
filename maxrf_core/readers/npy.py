"""Cubes in files of NumPy (.npy), with the order of the axes by choice; Python objects are never loaded."""

import os
from pathlib import Path

import numpy as np
from numpy.lib import format as npy_format

from maxrf_core import file_signatures
from maxrf_core.errors import ScanError
from maxrf_core.language import _
from maxrf_core.readers.axes import axis_orders, energies_of, is_plain_number, shape_of
from maxrf_core.readers.format import Choice, Format, check_choice, order_choices
from maxrf_core.readers.plain_array import PlainArray
from maxrf_core.readers.scan import ALL, Scan

ENERGIES_END = "_energies.npy"  # of the file with the energies, after the name of the cube's
_HEADERS = {(1, 0): npy_format.read_array_header_1_0, (2, 0): npy_format.read_array_header_2_0}


class NpyScan(Scan):
    """A cube in a file of NumPy.

    Parameters
    ----------
    path : path_like
    choice : str, optional
        Order of the axes, such as ``"cyx"``; by default the best guess.

    Raises
    ------
    ScanError
        If the file holds no cube of plain numbers, is cut off, or its axes cannot have this order.
    """

    def __init__(self, path: str | os.PathLike[str], choice: str | None = None) -> None:
        path = Path(path)
        stored, falls, dtype, offset = _header(path)
        orders = _orders(stored, dtype)
        if not orders:
            raise ScanError(
                _("{name} holds no cube of counts, but an array of {shape} ({dtype:.40}).").format(
                    name=path.name, shape=" × ".join(map(str, stored)) or "1", dtype=str(dtype)
                )
            )
        axes = orders[0] if choice is None else check_choice(path, choice, orders)
        self.paths, self.name = (path,), path.stem
        self.shape, self.dtype = shape_of(stored, axes), dtype.newbyteorder("=")
        self._array = PlainArray(path, dtype, self.shape, axes[::-1] if falls else axes, offset)
        if path.stat().st_size < self._array.expected_bytes:
            raise ScanError(
                _("{name} is cut off: it has {size:,} bytes of {expected:,}. Copy it again.").format(
                    name=path.name, size=path.stat().st_size, expected=self._array.expected_bytes
                )
            )
        self.natural_block = self._array.natural_block
        self.cube_attributes = {"read_from": axes}
        beside = path.with_name(path.stem + ENERGIES_END)
        self.energies = _energies(beside, self.shape[2])
        if self.energies is not None:
            self.paths, self.energies_source = (path, beside), beside.name

    def read(self, rows: slice, columns: slice, channels: slice = ALL) -> np.ndarray:
        """Read a block; only a small part of the file is mapped at a time."""
        return self._array.read(rows, columns, channels)


def _energies(path: Path, channels: int) -> np.ndarray | None:
    """Return the energies in keV of a file that this program exports beside a cube; None if it is another."""
    try:
        shape, _falls, dtype, _offset = _header(path)
        if shape != (channels,) or not is_plain_number(dtype):
            return None
        values = np.load(path, allow_pickle=False)
    except (ScanError, OSError, ValueError):
        return None
    energies, _notes = energies_of(values, "keV", channels, path.name)
    return energies if energies is not None and channels > 1 and energies[0] < energies[-1] else None


def _header(path: Path) -> tuple[tuple[int, ...], bool, np.dtype, int]:
    """Return shape, whether the first axis varies fastest, dtype, and the place of the first number."""
    try:
        with open(path, "rb") as file:
            shape, falls, dtype = _HEADERS[npy_format.read_magic(file)](file)
            return tuple(map(int, shape)), bool(falls), dtype, file.tell()
    except Exception as error:  # numpy raises nearly anything on damaged headers, TokenError too
        raise ScanError(
            _("{name} cannot be read as a file of NumPy; it is damaged, or of another kind.").format(
                name=path.name
            )
        ) from error


def _orders(shape: tuple[int, ...], dtype: np.dtype) -> list[str]:
    """Return the orders that the axes can have, the best guess first; empty if it is no cube."""
    if len(shape) != 3 or min(shape) < 1 or not is_plain_number(dtype):
        return []
    return axis_orders(shape)


def is_npy_cube(path: Path) -> bool:
    """Return True if a file of NumPy holds a cube of plain numbers."""
    try:
        stored, _falls, dtype, _offset = _header(path)
        return bool(_orders(stored, dtype))
    except ScanError:
        return False


def choices_of_npy(path: Path) -> list[Choice]:
    """Return the orders that the axes of a cube can have."""
    stored, _falls, dtype, _offset = _header(path)
    return order_choices(stored, _orders(stored, dtype))


FORMAT: Format = Format(
    name="NumPy",
    written_by=_("NumPy and programs in Python (numpy.save)"),
    reads=_("an array of rows, columns and channels in any order, by choice; energies of NAME_energies.npy"),
    omits=_("Python objects, tables, .npz archives; energies, since the file has none"),
    tested_with="NumPy",
    files=((".npy",),),
    open=NpyScan,
    untrusted_check=None,
    signature=file_signatures.NPY,
    sniff=is_npy_cube,
    choices=choices_of_npy,
    has_common_ending=True,
)

"""What is left of one array of a broken file, and which of its pieces are gone?"""

import math
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any

import numpy as np

from maxrf_core.cube.slicing import steps

Place = tuple[slice, ...]


class LostError(Exception):
    """A piece of an array cannot be had any more; the text says why, in a few words."""


class Remains:
    """An array that is read piece by piece; a piece that is gone reads as zeros and is noted.

    Parameters
    ----------
    name : str
    shape : tuple of int
    dtype : numpy.dtype
    chunks : tuple of int
        The shape of its pieces.
    read : callable
        Reads the values at the place of one piece; raises anything where it cannot.
    attributes : mapping
        What was noted beside it.
    all_attributes : bool
        Whether that is all that was noted.

    Attributes
    ----------
    lost : dict
        The corner of each piece that was found to be gone, and why.
    """

    def __init__(
        self,
        name: str,
        shape: tuple[int, ...],
        dtype: np.dtype,
        chunks: tuple[int, ...],
        read: Callable[[Place], Any],
        attributes: Mapping[str, Any],
        all_attributes: bool = True,
    ) -> None:
        self.name, self.shape, self.chunks, self.attributes = name, shape, chunks, attributes
        self.is_text = dtype.kind in "OTU"
        self.dtype = np.dtype(object) if self.is_text else dtype.newbyteorder("=")
        self.lost: dict[tuple[int, ...], str] = {}
        self._read, self._all_attributes = read, all_attributes

    def __getitem__(self, place: Place) -> np.ndarray:
        """Read one piece, whatever state it is in."""
        try:
            return np.asarray(self._read(place)).astype(self.dtype, copy=False)
        except Exception as error:  # a damaged file may fail in any way
            self.lost[_corner(place)] = str(error) if isinstance(error, LostError) else "damaged"
            shape = [part.stop - part.start for part in place]
            return np.full(shape, "" if self.is_text else 0, self.dtype)

    @property
    def nbytes(self) -> int:
        """How much memory the whole array takes."""
        return math.prod(self.shape) * self.dtype.itemsize

    def pieces(self) -> Iterator[Place]:
        """Give the place of each piece."""
        return product(*(steps(length, size) for length, size in zip(self.shape, self.chunks, strict=True)))

    def is_alive(self) -> bool:
        """Tell whether anything is left: one piece that can be read, or an array that has none."""
        place: Place | None = None
        for place in self.pieces():
            self[place]
            if _corner(place) not in self.lost:
                return True
        return place is None

    def whole(self) -> np.ndarray:
        """Read all of it into memory."""
        values = np.empty(self.shape, self.dtype)
        for place in self.pieces():
            values[place] = self[place]
        return values.astype(str) if self.is_text else values

    def loss(self) -> str:
        """Say what was found to be gone, for people; nothing where all is well."""
        if not self.lost:
            return "" if self._all_attributes else "attributes of it are lost"
        count = math.prod(-(-length // size) for length, size in zip(self.shape, self.chunks, strict=True))
        reasons = ", ".join(sorted(set(self.lost.values())))
        if len(self.lost) == count:
            return f"nothing of it is left ({reasons})"
        return f"{len(self.lost)} of its {count} pieces are lost ({reasons}) and read as 0"


def _corner(place: Place) -> tuple[int, ...]:
    return tuple(part.start for part in place)

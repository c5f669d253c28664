"""Array of a broken file that is read piece by piece, with a record of the lost pieces."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import product
from typing import Any

import numpy as np

from maxrf_core.cube.slicing import steps
from maxrf_core.language import Note, marked

Place = tuple[slice, ...]


class LostPieceError(Exception):
    """A piece of an array cannot be read; the text gives the reason in a few words."""


class PartialArray:
    """An array that is read piece by piece; a lost piece reads as zeros and is recorded.

    Parameters
    ----------
    name : str
    shape : tuple of int
    dtype : numpy.dtype
    chunks : tuple of int
        The shape of its pieces.
    read : callable
        Reads the values of one piece; may raise anything if it cannot.
    attributes : mapping
        Attributes of the array that could be read.
    all_attributes : bool
        Whether these are all attributes.

    Attributes
    ----------
    lost : dict
        Corner of each lost piece found so far, and the reason.
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
            self.lost[_corner(place)] = str(error) if isinstance(error, LostPieceError) else marked("damaged")
            shape = [part.stop - part.start for part in place]
            return np.full(shape, "" if self.is_text else 0, self.dtype)

    @property
    def nbytes(self) -> int:
        """Memory of the whole array in bytes."""
        return math.prod(self.shape) * self.dtype.itemsize

    def pieces(self) -> Iterator[Place]:
        """Yield the slices of each piece."""
        return product(*(steps(length, size) for length, size in zip(self.shape, self.chunks, strict=True)))

    def is_readable(self) -> bool:
        """Return True if at least one piece can be read, or the array has none."""
        place: Place | None = None
        for place in self.pieces():
            self[place]
            if _corner(place) not in self.lost:
                return True
        return place is None

    def whole(self) -> np.ndarray:
        """Read the whole array into memory."""
        values = np.empty(self.shape, self.dtype)
        for place in self.pieces():
            values[place] = self[place]
        return values.astype(str) if self.is_text else values

    def describe_damage(self, is_recomputed: bool = False) -> str:
        """Return a description of the damage found, a note for users; empty if there is none.

        Parameters
        ----------
        is_recomputed : bool
            Whether the array is made anew, so that lost pieces are not read as 0.
        """
        if not self.lost:
            return "" if self._all_attributes else Note("attributes of it are lost")
        count = math.prod(-(-length // size) for length, size in zip(self.shape, self.chunks, strict=True))
        found = (Note(reason) for reason in sorted(set(self.lost.values())))
        reasons = reduce(lambda some, one: Note("{some}, {one}", some=some, one=one), found)
        if len(self.lost) == count:
            return Note("nothing of it is left ({reasons})", reasons=reasons)
        lost = {"lost": len(self.lost), "count": count, "reasons": reasons}
        if is_recomputed:
            return Note("{lost} of its {count} pieces are lost ({reasons})", **lost)
        return Note("{lost} of its {count} pieces are lost ({reasons}) and read as 0", **lost)


@dataclass(frozen=True)
class RecoveredContents:
    """Parts found in a broken file.

    Attributes
    ----------
    arrays : list of PartialArray
    unreadable : dict of str to str
        Reasons for arrays without a readable description.
    about : dict
        Attributes of the file itself that could be read.
    """

    arrays: list[PartialArray]
    unreadable: dict[str, str]
    about: dict[str, Any]


def _corner(place: Place) -> tuple[int, ...]:
    return tuple(part.start for part in place)

"""Scans as all formats return them: a description, and counts that are read block by block."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from maxrf_core.errors import ScanError
from maxrf_core.language import Note, _, marked
from maxrf_core.names import MISSING
from maxrf_core.transform.scan_picture import ScanPicture

ALL = slice(None)
MAX_NAMED_FILES = 4  # files of a scan that are named, each


def ranges_in(shape: Sequence[int], *parts: slice) -> tuple[range, ...]:
    """Return the indices that slices of an array's axes stand for.

    Examples
    --------
    >>> ranges_in((20, 30), slice(5, None, 10), slice(-2, None))
    (range(5, 20, 10), range(28, 30))
    """
    return tuple(range(*part.indices(size)) for part, size in zip(parts, shape, strict=True))


def note_of_missing(pixels: int) -> list[str]:
    """Return the note that some pixels of a scan were never measured; none if there are none."""
    words = marked("{missing:,} pixels have no spectrum; they hold no counts.")
    return [Note(words, missing=pixels)] if pixels else []


def missing_pixels(missing: np.ndarray) -> tuple[dict[str, np.ndarray], dict[str, Any], list[str]]:
    """Return what is to be stored and said of pixels that were never measured.

    Parameters
    ----------
    missing : ndarray of bool, shape (height, width)

    Returns
    -------
    maps, attributes, notes
        Parts of `Scan.maps`, `Scan.cube_attributes` and `Scan.notes`; empty if no pixel is missing.
    """
    count = int(np.count_nonzero(missing))
    if not count:
        return {}, {}, []
    return {MISSING: missing.astype(np.uint8)}, {"pixels_missing": count}, note_of_missing(count)


class Scan(ABC):
    """A scan as its instrument or its program wrote it; nothing here ever writes to it.

    Attributes
    ----------
    name : str
        The file's name without its ending.
    shape : tuple of int
        (height, width, channels).
    dtype : numpy.dtype
        Of what `read` returns, in this machine's byte order.
    energies : ndarray, shape (channels,), float64, or None
        keV at the channels' centres; None if the scan's own files do not state them.
    energies_source : str
        Where the energies come from, usually a file's name.
    paths : tuple of Path
        Files that it is read from.
    smoothing_sigma : float
        Channels by which the spectra have been smoothed already; 0 for raw counts.
    about : mapping
        What its files state, under the names of a datastack's root attributes, such as ``title``.
    cube_attributes : mapping
        Further attributes to be stored with the cube.
    natural_block : tuple of int
        Rows, columns and channels that are stored or packed together: it is quickest to read all of them.
    maps : mapping of str to ndarray, shape (height, width)
        What else its files hold for each pixel, such as ``live_time_s``; stored beside the cube, turned with
        it.
    stated_sum : ndarray, shape (channels,), or None
        The sum over all pixels as its files state it; a conversion tells where it differs.
    notes : tuple of str
        Sentences for people: what could not be taken from its files.
    unread : mapping of (int, int) to str
        Row and column of each pixel whose file `read` has found to be damaged or gone so far, with the file's
        name. Such pixels hold no counts.
    """

    name: str
    shape: tuple[int, int, int]
    dtype: np.dtype
    energies: np.ndarray | None = None
    energies_source: str = ""
    paths: tuple[Path, ...] = ()
    smoothing_sigma: float = 0.0
    about: Mapping[str, Any] = MappingProxyType({})
    cube_attributes: Mapping[str, Any] = MappingProxyType({})
    natural_block: tuple[int, int, int] = (1, 1, 1)
    maps: Mapping[str, np.ndarray] = MappingProxyType({})
    stated_sum: np.ndarray | None = None
    notes: tuple[str, ...] = ()
    unread: Mapping[tuple[int, int], str] = MappingProxyType({})

    @abstractmethod
    def read(self, rows: slice, columns: slice, channels: slice = ALL) -> np.ndarray:
        """Read a block.

        Parameters
        ----------
        rows, columns, channels : slice
            As for a numpy array; with a step above 1 the rest is not read.

        Returns
        -------
        ndarray, shape (rows, columns, channels)
            A copy of the counts as stored, negative ones too.

        Raises
        ------
        MaxrfError
            If the file cannot be read (any more).
        """

    @property
    def source(self) -> str:
        """Names of its files; of many the first, the last and their number. Datastacks state it."""
        names = [each.name for each in self.paths]
        if len(names) <= MAX_NAMED_FILES:
            return ", ".join(names) or self.name
        return f"{names[0]} … {names[-1]} ({len(names)} files)"

    @property
    def pictures(self) -> tuple[ScanPicture, ...]:
        """Pictures that the instrument took, read from the files now; empty for most formats."""
        return ()

    @property
    def array_names(self) -> list[str]:
        """Names of other arrays of the file, to be stored beside the cube; empty for a raw scan."""
        return []

    def read_array(self, name: str) -> np.ndarray:
        """Read one of `array_names`, whole."""
        raise KeyError(name)

    def read_attributes(self, name: str) -> Mapping[str, Any]:
        """Read the attributes of one of `array_names`."""
        raise KeyError(name)


class ArrayScan(Scan):
    """A scan in memory.

    Parameters
    ----------
    counts : ndarray, shape (height, width, channels)
        Counts.
    name : str
        Name of the scan.
    energies : ndarray, shape (channels,), optional
        keV.

    Raises
    ------
    ScanError
        If the counts do not have three axes.

    Examples
    --------
    >>> scan = ArrayScan(np.arange(24).reshape(2, 3, 4), "small")
    >>> scan.read(slice(1, 2), slice(0, 3, 2)).tolist()
    [[[12, 13, 14, 15], [20, 21, 22, 23]]]
    """

    def __init__(self, counts: np.ndarray, name: str = "scan", energies: np.ndarray | None = None) -> None:
        self.counts = np.asarray(counts)
        if self.counts.ndim != 3:
            raise ScanError(
                _("A scan has three axes (rows, columns, channels), and {name} has {ndim}.").format(
                    name=name, ndim=self.counts.ndim
                )
            )
        height, width, channels = self.counts.shape
        self.name, self.shape, self.dtype = name, (height, width, channels), self.counts.dtype
        self.energies = energies
        self.energies_source = name

    def read(self, rows: slice, columns: slice, channels: slice = ALL) -> np.ndarray:
        """Read a block (a copy)."""
        return self.counts[rows, columns, channels].copy()

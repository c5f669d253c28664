"""Cubes in HDF5 files of other programs: where they lie, and which of their axes is which."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeGuard

import h5py
import numpy as np

from maxrf_core.errors import MaxrfError, ScanError
from maxrf_core.language import _
from maxrf_core.readers.format import Choice, cube_in_words

CACHE_BYTES = 32 << 20  # of unpacked chunks
MAX_DETECTORS = 32  # that are offered, each


@dataclass(frozen=True, eq=False)
class Layout:
    """A cube in an HDF5 file.

    Attributes
    ----------
    datasets : tuple of str
        Their sum is the cube: one for each detector.
    axes : str
        Order of their axes: ``y``, ``x``, ``c`` for channels, and perhaps ``d`` for detectors, as in
        ``"cyx"``.
    shape : tuple of int
        (height, width, channels).
    words : str
        What it is, for people.
    detector : int or None
        The one that is read of the axis ``d``; None for the sum of all.
    energies : ndarray, shape (channels,), or None
        keV in the order of the file.
    about, maps, notes
        As of a `Scan`.
    scan : str
        As of a `Choice`.
    detector_name : str
        As ``detector`` of a `Choice`.
    """

    datasets: tuple[str, ...]
    axes: str
    shape: tuple[int, int, int]
    words: str
    detector: int | None = None
    energies: np.ndarray | None = None
    about: Mapping[str, Any] = field(default_factory=dict)
    maps: Mapping[str, np.ndarray] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    scan: str = ""
    detector_name: str = ""

    @property
    def choice(self) -> Choice:
        """The cube as one of several that can be read."""
        detector = "" if self.detector is None else f"/{self.detector}"
        key = f"{'+'.join(self.datasets)}{detector}:{self.axes}"
        return Choice(key, self.words, self.shape, self.scan, self.detector_name)


def each_detector(layout: Layout, stored: Sequence[int]) -> list[Layout]:
    """Return a cube that is summed over an axis of detectors as that of each of them; nothing without such.

    Parameters
    ----------
    layout : Layout
    stored : sequence of int
        Shape of the array.
    """
    count = stored[layout.axes.index("d")] if "d" in layout.axes else 0
    if not 1 < count <= MAX_DETECTORS:
        return []
    what = _("{name}, detector {number}")
    return [
        replace(
            layout,
            detector=number,
            detector_name=str(number),
            words=cube_in_words(layout.shape, what.format(name=layout.datasets[0], number=number)),
        )
        for number in range(count)
    ]


def changed_meanwhile(path: Path) -> ScanError:
    """Return the exception for a file that no longer holds what was found when it was opened."""
    return ScanError(_("{name} has changed since it was opened; open it again.").format(name=path.name))


@contextmanager
def reading_other_hdf5(path: Path) -> Iterator[h5py.File]:
    """Open an HDF5 file of another program for reading.

    Raises
    ------
    ScanError
        If it cannot be read, then or later.
    """
    try:
        with h5py.File(path, "r", locking=False, rdcc_nbytes=CACHE_BYTES) as file:
            yield file
    except MaxrfError:
        raise
    except Exception as error:  # h5py raises nearly anything on damaged files
        raise ScanError(
            _("{name} cannot be read: it is damaged, or another program is writing it.").format(
                name=path.name
            )
        ) from error


def is_counts(dataset: Any, n_axes: Sequence[int] = (3, 4)) -> TypeGuard[h5py.Dataset]:
    """Return True for a dataset of plain numbers with one of these numbers of axes, none of them empty."""
    return (
        isinstance(dataset, h5py.Dataset)
        and dataset.shape is not None
        and len(dataset.shape) in n_axes
        and 0 not in dataset.shape
        and dataset.dtype.kind in "uif"
    )


def text_of(attributes: Mapping[str, Any], name: str) -> str:
    """Return an attribute as text; ``""`` if it is missing or no text."""
    value = attributes.get(name, "")
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.ravel()[0]
    if isinstance(value, bytes):
        value = value.decode(errors="replace")
    return value if isinstance(value, str) else ""


def path_of(dataset: h5py.Dataset) -> str:
    """Return the path of a dataset without its first slash."""
    return str(dataset.name).lstrip("/")

"""Cubes in HDF5 files of other programs: where they lie, and which of their axes is which."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

import h5py
import numpy as np

from maxrf_core.errors import MaxrfError, ScanError
from maxrf_core.language import Note, _
from maxrf_core.readers.format import Choice

CACHE_BYTES = 32 << 20  # of unpacked chunks
MIN_CHANNELS = 16
MIN_USUAL = 256  # channels; a detector has a power of two of them
MAX_KEV = 200.0  # of an X-ray scan; larger values of an axis without unit are eV
KEV = {"kev": 1.0, "ev": 1e-3, "mev": 1e3}
MM = {"mm": 1.0, "um": 1e-3, "µm": 1e-3, "μm": 1e-3, "micron": 1e-3, "microns": 1e-3, "m": 1e3, "cm": 10.0}
MAX_UNEVENNESS = 0.02  # of the steps of an axis in space, relative


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

    @property
    def choice(self) -> Choice:
        """The cube as one of several that can be read."""
        detector = "" if self.detector is None else f"/{self.detector}"
        return Choice(f"{'+'.join(self.datasets)}{detector}:{self.axes}", self.words, self.shape)


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


def axis_orders(shape: Sequence[int], interpretation: str = "") -> list[str]:
    """Return the orders that the axes of a cube can have, the best guess first.

    Parameters
    ----------
    shape : sequence of int
        Of three axes, or of four, one of which counts detectors.
    interpretation : str
        ``"spectrum"`` if the last axis counts channels, ``"image"`` if the last two are rows and columns, as
        NeXus states it.

    Examples
    --------
    >>> axis_orders((20, 30, 2048))
    ['yxc', 'cyx', 'ycx']
    >>> axis_orders((2048, 20, 30)), axis_orders((11, 9, 4, 2000))[0]
    (['cyx', 'yxc', 'ycx'], 'yxdc')
    >>> axis_orders((1692, 1592, 1024))[0]
    'yxc'
    """
    usual = [place for place, size in enumerate(shape) if size >= MIN_USUAL and not size & (size - 1)]
    longest = max(range(len(shape)), key=lambda place: (shape[place], place))
    guess = usual[-1] if usual else longest
    channels = {"spectrum": len(shape) - 1, "image": 0}.get(interpretation, guess)
    places = sorted(range(len(shape)), key=lambda place: (place != channels, place != len(shape) - 1, place))
    orders = []
    for place in places:
        if shape[place] < MIN_CHANNELS:
            continue
        others = [axis for axis in range(len(shape)) if axis != place]
        detectors = min(others, key=lambda axis: (shape[axis], -axis)) if len(shape) == 4 else None
        names = iter("yx")
        orders.append(
            "".join(
                "c" if axis == place else "d" if axis == detectors else next(names)
                for axis in range(len(shape))
            )
        )
    return orders


def shape_of(shape: Sequence[int], axes: str) -> tuple[int, int, int]:
    """Return (height, width, channels) of an array with these axes."""
    height, width, channels = (int(shape[axes.index(name)]) for name in "yxc")
    return height, width, channels


def energies_of(values: Any, unit: str, channels: int, source: str) -> tuple[np.ndarray | None, list[str]]:
    """Return an axis of energies in keV, and what is to be said about it.

    Parameters
    ----------
    values : array_like or None
        Of the axis.
    unit : str
        As the file states it; ``""`` if it does not.
    channels : int
        How many there must be.
    source : str
        Name of the axis for people.

    Returns
    -------
    ndarray, shape (channels,), float64, or None
        None if it is no axis of energies: another length, not steadily rising or falling, or the numbers of
        the channels.
    list of str
    """
    if values is None:
        return None, []
    energies = np.asarray(values, np.float64).ravel()
    steps = np.diff(energies)
    if energies.shape != (channels,) or not (
        np.isfinite(energies).all() and ((steps > 0).all() or (steps < 0).all())
    ):
        return None, []
    factor = KEV.get(unit.strip().lower())
    if factor is not None:
        return energies * factor, []
    largest = abs(energies).max()
    is_numbers = bool((steps == steps[0]).all()) and abs(steps[0]) == 1  # of the channels
    if unit.strip() or is_numbers or largest > 1e3 * MAX_KEV:
        return None, []
    name = "eV" if largest > MAX_KEV else "keV"
    return energies * KEV[name.lower()], [
        Note("{source} states no unit: its values are taken as {unit}.", source=source, unit=name)
    ]


def step_in_mm(values: Any, unit: str) -> float | None:
    """Return the step of an even axis in space in mm; None if it has no unit of length, or is not even.

    Examples
    --------
    >>> step_in_mm([100, 350, 600], "um"), step_in_mm([1, 2, 9], "mm"), step_in_mm([1, 2, 3], "")
    (0.25, None, None)
    """
    factor = MM.get(unit.strip().lower())
    places = np.asarray(values, np.float64).ravel()
    if factor is None or len(places) < 2 or not np.isfinite(places).all():
        return None
    step = (places[-1] - places[0]) / (len(places) - 1)
    expected = places[0] + step * np.arange(len(places))
    if not step or abs(places - expected).max() > MAX_UNEVENNESS * abs(step) * len(places):
        return None
    return float(abs(step) * factor)


def pixel_size(x: float | None, y: float | None) -> dict[str, Any]:
    """Return the root attribute with the size of a pixel, if both steps are known."""
    return {} if x is None or y is None else {"pixel_size_mm": np.array([x, y], np.float64)}


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

"""Axes of a cube in a file of another program: their order, the energies, and the steps in space."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from maxrf_core.language import Note, _, marked

MIN_CHANNELS = 16
MIN_USUAL = 256  # channels; a detector has a power of two of them
MAX_KEV = 200.0  # of an X-ray scan; larger values of an axis without unit are eV
KEV = {"kev": 1.0, "ev": 1e-3, "mev": 1e3}
MM = {"mm": 1.0, "um": 1e-3, "µm": 1e-3, "μm": 1e-3, "micron": 1e-3, "microns": 1e-3, "m": 1e3, "cm": 10.0}
MAX_UNEVENNESS = 0.02  # of the steps of an axis in space, relative
AXES_IN_WORDS = {
    "y": marked("rows"),
    "x": marked("columns"),
    "c": marked("channels"),
    "d": marked("detectors"),
}


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


def is_plain_number(dtype: np.dtype) -> bool:
    """Return True for integers and fractions of at most 8 bytes."""
    return dtype.kind in "uif" and dtype.itemsize <= 8


def order_in_words(axes: str) -> str:
    """Return the order of axes for people.

    Examples
    --------
    >>> order_in_words("cyx")
    'channels × rows × columns'
    """
    return " × ".join(_(AXES_IN_WORDS[axis]) for axis in axes)


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


def origin(x: float, y: float) -> dict[str, Any]:
    """Return the root attribute with the place of the first pixel on the stage, in mm.

    Only for scans whose columns and rows run with rising x and y.
    """
    return {"origin_mm": np.array([x, y], np.float64)}

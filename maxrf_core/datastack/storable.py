"""Values that both kinds of file can store: arrays of numbers or texts, and ragged lists as padded arrays."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from maxrf_core.errors import DatastackError
from maxrf_core.language import _

PADDING = -9999  # fills the short rows of a ragged list, as in maxrf4u


def storable(name: str, array: Any) -> np.ndarray:
    """Return an array as both kinds of file can store it, in native byte order.

    Parameters
    ----------
    name : str
        For the message.
    array : array_like

    Raises
    ------
    DatastackError
        If its values are neither numbers nor texts.
    """
    stored = np.asarray(array)
    kind, size = stored.dtype.kind, stored.dtype.itemsize
    if kind not in "biufcU" or size > {"f": 8, "c": 16}.get(kind, size):
        raise DatastackError(
            _("{name} cannot be stored: its values are {dtype}, not numbers or text.").format(
                name=name, dtype=stored.dtype
            )
        )
    if kind == "U":
        text = "".join(stored.ravel().tolist())
        if "\0" in text or text.encode(errors="ignore").decode(errors="replace") != text:
            raise DatastackError(
                _("{name} cannot be stored: its texts hold signs that no file can.").format(name=name)
            )
    return stored.astype(stored.dtype.newbyteorder("="), copy=False)


def pad(name: str, ragged_list: Sequence[Sequence[float]], nan: float = PADDING) -> np.ndarray:
    """Return a list of lists of numbers as a rectangular array with padded rows.

    Parameters
    ----------
    name : str
        For the message.
    ragged_list : sequence of sequence of numbers
    nan : number
        Fills the short rows.

    Returns
    -------
    ndarray, (rows, longest row), int64 or float64

    Raises
    ------
    DatastackError
        If the list holds `nan` itself, or something that is not a number.

    Examples
    --------
    >>> pad("list", [[1, 2], [3]])
    array([[    1,     2],
           [    3, -9999]])
    """
    try:
        rows = [np.asarray(row) if len(row) else np.zeros(0, np.int64) for row in ragged_list]
    except TypeError:
        rows = [np.zeros((1, 1))]
    if any(row.ndim != 1 or row.dtype.kind not in "iufb" for row in rows):
        raise DatastackError(
            _("{name} must be a list of lists of numbers, such as [[1, 2], [3, 5, 7], [1]].").format(
                name=name
            )
        )
    if any((row == nan).any() for row in rows):
        raise DatastackError(
            _(
                "{name} holds the number {nan}, which marks the end of short rows; choose another `nan`."
            ).format(name=name, nan=nan)
        )
    if any(row.dtype.kind == "u" and row.max(initial=0) > np.iinfo(np.int64).max for row in rows):
        raise DatastackError(
            _("{name} holds numbers beyond 2⁶³, which a ragged list cannot.").format(name=name)
        )
    whole = all(row.dtype.kind in "iub" for row in rows) and float(nan).is_integer()
    padded = np.full(
        (len(rows), max((len(row) for row in rows), default=0) or 1), nan, np.int64 if whole else np.float64
    )
    for filled, row in zip(padded, rows, strict=True):
        filled[: len(row)] = row
    return padded

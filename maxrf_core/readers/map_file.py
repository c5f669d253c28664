"""What every reader of element maps returns: names, size, and each map when it is needed."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from maxrf_core.errors import ScanError
from maxrf_core.imaging.limits import MAX_PIXELS
from maxrf_core.language import _

MAX_NAME = 60  # characters of a map's name
MAX_MAPS = 300  # of one file, and of one datastack


@dataclass(frozen=True)
class MapFile:
    """Element maps of one file.

    Attributes
    ----------
    path : Path
    names : tuple of str
        Of its maps, as the file tells them; "" for one that it does not name.
    shape : tuple of int
        (height, width) of each map.
    dtype : numpy.dtype
    read : callable
        Reads the map of a number: (height, width) in `dtype`.
    about : mapping
        Root attributes of a datastack that the file tells.
    notes : tuple of str
        Sentences for people.
    """

    path: Path
    names: tuple[str, ...]
    shape: tuple[int, int]
    dtype: np.dtype
    read: Callable[[int], np.ndarray]
    about: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def clean_name(text: str) -> str:
    """Return a map's name without quotes, blanks around it, and signs that cannot be shown.

    Examples
    --------
    >>> clean_name(' "Fe-K" ')
    'Fe-K'
    """
    return "".join(filter(str.isprintable, text)).strip(" \t\"'")[:MAX_NAME].strip()


def check_size(path: Path, width: int, height: int, count: int) -> None:
    """Check that so many maps of this size can be read.

    Raises
    ------
    ScanError
        If there are none, or too many, or they are empty or too large.
    """
    if not (width > 0 and height > 0 and 0 < count <= MAX_MAPS and math.prod((width, height)) <= MAX_PIXELS):
        raise ScanError(
            _(
                "{name} would hold {count:,} maps of {width:,} × {height:,} pixels; what can be read is 1 to "
                "{limit} maps of at most {pixels} million pixels."
            ).format(
                name=path.name,
                count=count,
                width=width,
                height=height,
                limit=MAX_MAPS,
                pixels=MAX_PIXELS // 1_000_000,
            )
        )


def plain_map(path: Path, dtype: np.dtype, shape: tuple[int, int], offset: int) -> np.ndarray:
    """Read a map of plain numbers at a place in a file: (height, width) in `dtype`.

    Raises
    ------
    ScanError
        If the file has become shorter.
    """
    values = np.fromfile(path, dtype, math.prod(shape), offset=offset)
    return _whole(path, values, shape)


def map_of(path: Path, content: bytes, dtype: np.dtype, shape: tuple[int, int]) -> np.ndarray:
    """Return the map of the bytes of plain numbers: (height, width) in `dtype`, of this machine's byte order.

    Raises
    ------
    ScanError
        If they are too few, since the file at `path` has become shorter.
    """
    whole = len(content) // dtype.itemsize * dtype.itemsize
    values = np.frombuffer(content[:whole], dtype)
    return _whole(path, values, shape).astype(dtype.newbyteorder("="))


def _whole(path: Path, values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    if values.size < math.prod(shape):
        raise cannot_read(path, _("it has become shorter since it was opened"))
    return values.reshape(shape)


def cannot_read(path: Path, reason: object) -> ScanError:
    """Return the error for a file that the system does not let us read, or that has changed meanwhile."""
    return ScanError(
        _("{name} cannot be read as element maps: {reason}.").format(name=path.name, reason=reason)
    )

"""Pictures of any size as TIFF and PNG files, written tile by tile."""

import json
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import cv2
import numpy as np
import tifffile

from maxrf_core._version import SOFTWARE
from maxrf_core.errors import PictureError
from maxrf_core.imaging.display import percentile_limits
from maxrf_core.language import _
from maxrf_core.large_array import large_array, let_go
from maxrf_core.transform.onto_grid import TILE

MAX_PLAIN_TIFF = 2_000_000_000  # bytes of values; more needs BigTIFF
PACKED_AT_ONCE = 1 << 25  # bytes of tiles that wait to be packed
MAX_WORKERS = 4
GDAL_NODATA = 42113  # TIFF tag, which programs for maps read
FAST = 1  # of zlib's levels: others take longer and hardly make noise smaller


def write_tiled_tiff(
    file: IO[bytes] | str | os.PathLike[str],
    tiles: Iterable[np.ndarray],
    shape: Sequence[int],
    dtype: Any,
    about: Mapping[str, Any],
) -> None:
    """Write a picture as tiled TIFF, as BigTIFF if it is large.

    Parameters
    ----------
    file : binary file or path
    tiles : iterable of ndarray
        Of 512 × 512 pixels, row by row; those at the right and at the bottom may be smaller. Each is asked
        for when it is written.
    shape : (height, width) or (height, width, 3 or 4)
    dtype : data-type
    about : mapping
        The description, as JSON. Of floats the file also says that NaN is no value.
    """
    dtype = np.dtype(dtype)
    channels = shape[2] if len(shape) > 2 else 1
    nodata = [(GDAL_NODATA, "s", 0, "nan", True)] if dtype.kind == "f" else None
    with tifffile.TiffWriter(file, bigtiff=math.prod(shape) * dtype.itemsize > MAX_PLAIN_TIFF) as writer:
        writer.write(
            iter(tiles),
            shape=tuple(shape),
            dtype=dtype,
            tile=(TILE, TILE),
            photometric="rgb" if channels > 1 else "minisblack",
            planarconfig="contig" if channels > 1 else None,
            extrasamples=["unassalpha"] if channels == 4 else None,
            compression="zlib",
            compressionargs={"level": FAST},
            maxworkers=min(MAX_WORKERS, os.cpu_count() or 1),
            buffersize=PACKED_AT_ONCE,
            description=json.dumps(about),
            software=SOFTWARE,
            metadata=None,
            extratags=nodata,
        )


@dataclass(frozen=True)
class Scale:
    """What the values of an 8 or 16 bit picture mean: 0 is no value, from 1 on they are evenly spaced.

    Attributes
    ----------
    bits : {8, 16}
    lo, hi : float
        Values of 1 and of the largest number. Values beyond them are shown as these.

    Examples
    --------
    >>> scale = Scale(8, 0.0, 254.0)
    >>> scale.levels(np.array([np.nan, 0, 253.0, 900]))
    array([  0,   1, 254, 255], dtype=uint8)
    >>> scale.values(np.array([1, 255], np.uint8))
    array([  0., 254.])
    """

    bits: int
    lo: float
    hi: float

    @classmethod
    def of(cls, values: np.ndarray, bits: int) -> "Scale":
        """Return the scale for a map: 16 bits keep all values, 8 bits those that are shown well.

        Parameters
        ----------
        values : ndarray
        bits : {8, 16}
        """
        known = values[np.isfinite(values)]
        if not known.size:
            return cls(bits, 0.0, 1.0)
        lo, hi = (
            (float(known.min()), float(known.max())) if bits == 16 else percentile_limits(values, 0.1, 99.9)
        )
        return cls(bits, float(lo), float(hi) if hi > lo else float(lo) + 1.0)

    @property
    def dtype(self) -> np.dtype:
        """Type of the picture."""
        return np.dtype(np.uint16 if self.bits == 16 else np.uint8)

    @property
    def top(self) -> int:
        """The largest number."""
        return (1 << self.bits) - 1

    def levels(self, values: np.ndarray) -> np.ndarray:
        """Return values as numbers of the picture."""
        exists = np.isfinite(values)
        share = np.clip((np.where(exists, values, self.lo) - self.lo) / (self.hi - self.lo), 0, 1)
        return np.where(exists, 1 + np.rint(share * (self.top - 1)), 0).astype(self.dtype)

    def values(self, levels: np.ndarray) -> np.ndarray:
        """Return the values that numbers of the picture stand for; NaN for 0."""
        shown = self.lo + (levels.astype(np.float64) - 1) / (self.top - 1) * (self.hi - self.lo)
        return np.where(levels == 0, np.nan, shown)

    def record(self) -> dict[str, Any]:
        """Return what a file says of it."""
        return {"value_of_1": self.lo, f"value_of_{self.top}": self.hi, "no_value": 0}


class ScaledPng:
    """A map as PNG of 8 or 16 bits, filled part by part; it lies on the disk until it is written.

    Parameters
    ----------
    shape : (height, width)
    scale : Scale
    """

    def __init__(self, shape: Sequence[int], scale: Scale) -> None:
        self.scale = scale
        self._levels = large_array(tuple(shape), scale.dtype)

    def fill(self, rows: slice, columns: slice, values: np.ndarray) -> None:
        """Set the values of a part."""
        self._levels[rows, columns] = self.scale.levels(values)
        let_go(self._levels)

    def write(self, path: Path) -> None:
        """Write the file.

        Raises
        ------
        PictureError
            If it cannot be written.
        """
        try:
            written = cv2.imwrite(str(path), self._levels, [cv2.IMWRITE_PNG_COMPRESSION, FAST])
        except cv2.error as error:
            raise PictureError(str(error)) from error
        if not written:
            raise PictureError(_("{name} could not be written; is there room for it?").format(name=path.name))

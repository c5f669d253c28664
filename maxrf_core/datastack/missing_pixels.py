"""Pixels of a scan that were never measured, as the datastack tells them; they change no mean."""

import math
from typing import TYPE_CHECKING

import numpy as np

from maxrf_core.names import CUBE, MISSING, PIXELS, SUM_SPECTRUM

if TYPE_CHECKING:
    from maxrf_core.datastack.datastack import DataStack
    from maxrf_core.datastack.stored_arrays import StoredArrays


def missing_pixels_of(ds: "StoredArrays") -> np.ndarray | None:
    """Return the pixels that were never measured: (height, width) bool; None if all were.

    Parameters
    ----------
    ds : StoredArrays
        An array ``missing`` that is no mask of its cube, such as another program's, is ignored.
    """
    shapes = {entry.name: entry.shape for entry in ds.entries()}
    if MISSING not in ds.names or CUBE not in ds.names:
        return None
    exact = ds.latest(MISSING), ds.latest(CUBE)
    if shapes[exact[0]] != shapes[exact[1]][:2]:
        return None
    stored = ds.read(exact[0], latest=False)
    if stored.dtype.kind not in "bui":
        return None
    missing = stored != 0
    missing.flags.writeable = False
    return missing if missing.any() else None


def averaged_pixels(ds: "DataStack") -> int:
    """Return of how many pixels the stored mean spectrum is the mean; its counts are their product.

    Parameters
    ----------
    ds : DataStack
        A conversion states the number where pixels are missing; elsewhere it is that of all pixels. Of a file
        without a mean spectrum it is the number of pixels that were measured.
    """
    everything = math.prod(ds.shape[:2])
    if SUM_SPECTRUM not in ds.names:  # then the mean comes from the cube
        return everything if ds.missing is None else int(np.count_nonzero(~ds.missing))
    told = ds.attributes(SUM_SPECTRUM).get(PIXELS)
    if isinstance(told, int | np.integer) and 0 < told <= everything:
        return int(told)
    return everything

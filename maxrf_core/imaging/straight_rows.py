"""View of a scan in which displaced odd rows are shifted back; the stored counts stay as they are.

Rows are counted from 0. In the view, pixel x of an odd row shows what the scan holds at x + displacement,
interpolated between its two neighbours; a spectrum is that of the nearest pixel of the scan.
"""

import math

import numpy as np

MAX_DISPLACEMENT = 3.0  # pixels to each side, of a scanner that reads both ways


def straighten(values: np.ndarray, displacement: float) -> np.ndarray:
    """Return a map with its odd rows shifted back.

    Parameters
    ----------
    values : ndarray, shape (height, width)
    displacement : float
        By which odd rows show everything too far to the right, in pixels.

    Returns
    -------
    ndarray, shape (height, width)
        Of the dtype of `values` if that is a float. NaN where the scan has no pixel.

    Examples
    --------
    >>> straighten(np.array([[0.0, 1, 2, 3], [0, 1, 2, 3]]), 0.75)
    array([[0.  , 1.  , 2.  , 3.  ],
           [0.75, 1.75, 2.75,  nan]])
    """
    if displacement == 0:
        return values
    straight = np.array(values, np.result_type(values.dtype, np.float32))
    odd = straight[1::2]
    whole = math.floor(displacement)
    part = displacement - whole
    left, right = shifted(odd, whole), shifted(odd, whole + 1)
    shares = np.stack([np.isfinite(left) * (1 - part), np.isfinite(right) * part])
    total = shares.sum(axis=0)
    sums = np.nan_to_num(left) * shares[0] + np.nan_to_num(right) * shares[1]
    exists = np.isfinite(shifted(odd, nearest_shift(displacement)))
    straight[1::2] = np.divide(sums, total, out=np.full(odd.shape, np.nan), where=exists)
    return straight


def shifted(rows: np.ndarray, pixels: int, fill: float | bool = np.nan) -> np.ndarray:
    """Return rows of which pixel x is pixel x + `pixels` of the given ones; `fill` beyond them.

    Examples
    --------
    >>> shifted(np.array([[1.0, 2, 3]]), 1)
    array([[ 2.,  3., nan]])
    """
    width = rows.shape[1]
    result = np.full(rows.shape, fill, rows.dtype)
    first, stop = max(0, pixels), min(width, width + pixels)
    if first < stop:
        result[:, first - pixels : stop - pixels] = rows[:, first:stop]
    return result


def nearest_shift(displacement: float) -> int:
    """Return the whole number of pixels by which pixels of odd rows of the scan differ from those shown."""
    return math.floor(displacement + 0.5)


def to_scan(pixels: np.ndarray, displacement: float) -> np.ndarray:
    """Return the pixels of the scan, (n, 2), that the view shows at these, (n, 2); x may lie outside.

    Examples
    --------
    >>> to_scan(np.array([[4, 0], [4, 1]]), 0.75).tolist()
    [[4, 0], [5, 1]]
    """
    pixels = np.array(pixels)
    pixels[:, 0] += nearest_shift(displacement) * (pixels[:, 1] % 2)
    return pixels


def to_view(pixels: np.ndarray, displacement: float) -> np.ndarray:
    """Return where the view shows pixels of the scan, (n, 2); the inverse of `to_scan`."""
    pixels = np.array(pixels)
    pixels[:, 0] -= nearest_shift(displacement) * (pixels[:, 1] % 2)
    return pixels

"""Values of a map, with limits, ranks and means that are computed once."""

import hashlib
from collections.abc import Callable, Hashable
from typing import Any

import cv2
import numpy as np

from maxrf_core.imaging.display import percentile_limits, shrink

RANKS = 50_001  # values, evenly spaced by rank, that stand for all of a map's when limits are looked for


class MapData:
    """A map's values, and what was already computed from them.

    Parameters
    ----------
    values : ndarray (height, width)
        They must not change; the array is marked unwritable.
    name : hashable, optional
        Identifies these values, such as the file's version with the band. By default it is computed from
        the values, which takes time.

    Attributes
    ----------
    values : ndarray (height, width) float32
    name : hashable
    """

    def __init__(self, values: np.ndarray, name: Hashable = None) -> None:
        self.values = np.asarray(values, np.float32).view()
        self.values.flags.writeable = False
        self.name = _digest(self.values) if name is None else name
        self._made: dict[Hashable, Any] = {}

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        height, width = self.values.shape
        return height, width

    @property
    def missing(self) -> int:
        """Number of pixels without a value."""
        return self._once("missing", lambda: int(np.count_nonzero(np.isnan(self.values))))

    @property
    def max_bytes(self) -> int:
        """Upper estimate of the memory of the values with all that is usually computed from them."""
        return self.values.nbytes * 3 // 2 + RANKS * self.values.itemsize

    def limits(self, low: float, high: float) -> tuple[float, float]:
        """Return the values at two percentiles, as `maxrf_core.imaging.display.percentile_limits` does."""
        return self._once(("limits", low, high), lambda: percentile_limits(self._ranked(), low, high))

    def fit(self, width: int, height: int) -> np.ndarray:
        """Shrink the map into a width and height by averaging areas; fast, so it is not kept."""
        return shrink(self.values, width, height)

    def means(self, block: int) -> np.ndarray:
        """Average square blocks of pixels, as `block_means` does."""
        return self._once(("means", block), lambda: block_means(self.values, block))

    def _ranked(self) -> np.ndarray:
        """Return sorted values, enough that their percentiles are those of all pixels."""

        def rank() -> np.ndarray:
            finite = np.isfinite(self.values)
            ranked = np.sort(self.values if finite.all() else self.values[finite], axis=None)
            if ranked.size <= RANKS:
                return ranked
            return ranked[np.linspace(0, ranked.size - 1, RANKS).round().astype(int)]

        return self._once("ranked", rank)

    def _once(self, what: Hashable, make: Callable[[], Any]) -> Any:
        # Two sessions at once may both make it; it is the same.
        if what not in self._made:
            self._made[what] = make()
        return self._made[what]


def block_means(values: np.ndarray, block: int) -> np.ndarray:
    """Average square blocks of pixels; blocks at the right and lower edge may hold fewer.

    Parameters
    ----------
    values : ndarray (height, width)
        Missing values (NaN) are left out.
    block : int
        Pixels to a side.

    Returns
    -------
    ndarray (ceil(height / block), ceil(width / block)) float32
        NaN where all pixels of a block are missing.

    Examples
    --------
    >>> block_means(np.array([[1, 3, 5], [1, 3, 7]]), 2)
    array([[2., 6.]], dtype=float32)
    """
    values = np.asarray(values, np.float32)
    if block == 1:
        return values
    exists = np.isfinite(values)
    if not exists.all():
        share = block_means(exists.astype(np.float32), block)
        means = block_means(np.where(exists, values, np.float32(0)), block)
        return np.divide(means, share, out=np.full_like(means, np.nan), where=share > 0.5 / block**2)
    height, width = values.shape
    down, right = -height % block, -width % block
    # Zeros beside the map, which the division by the pixels that a block holds takes out again.
    padded = cv2.copyMakeBorder(values, 0, down, 0, right, cv2.BORDER_CONSTANT, value=0)
    rows, columns = padded.shape[0] // block, padded.shape[1] // block
    means = cv2.resize(padded, (columns, rows), interpolation=cv2.INTER_AREA)
    heights, widths = np.full(rows, block), np.full(columns, block)
    heights[-1] -= down
    widths[-1] -= right
    if down or right:
        means *= (block * block / np.outer(heights, widths)).astype(np.float32)
    return means


def spread_blocks(means: np.ndarray, block: int, shape: tuple[int, int]) -> np.ndarray:
    """Return a map in which each pixel has the mean of its block, as `block_means` makes them.

    Parameters
    ----------
    means : ndarray (ceil(height / block), ceil(width / block))
    block : int
        Pixels to a side.
    shape : (height, width)
        Of the map.

    Examples
    --------
    >>> spread_blocks(np.array([[2.0, 6.0]]), 2, (2, 3))
    array([[2., 2., 6.],
           [2., 2., 6.]])
    """
    height, width = shape
    return means.repeat(block, axis=0)[:height].repeat(block, axis=1)[:, :width]


def _digest(values: np.ndarray) -> str:
    digest = hashlib.blake2b(repr(values.shape).encode(), digest_size=16)
    digest.update(np.ascontiguousarray(values).data)
    return digest.hexdigest()

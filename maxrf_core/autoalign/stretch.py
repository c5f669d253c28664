"""Stretch of a transform: how far its scales differ between directions and between the map's corners.

A camera that is tilted stretches its picture a little in any direction. A scan whose steps are longer than
the distance of its rows is stretched much, but along the map's axes only.
"""

from dataclasses import dataclass

import numpy as np

from maxrf_core.transform.extents import corners_of
from maxrf_core.transform.homography import Homography

MAX_ASPECT = 1.6  # of a map pixel's sides


@dataclass(frozen=True)
class Stretch:
    """Stretch of a transform from photograph to map.

    Parameters
    ----------
    aspect : float
        Width over height of a map pixel in the photograph, in the mean over the map's corners.
    total : float
        Largest ratio of scales, in two directions or at two corners; infinite if the map folds.
    rest : float
        The same after the map is stretched along its axes so that its pixels are square.
    """

    aspect: float
    total: float
    rest: float

    def is_plausible(self, max_total: float, max_rest: float) -> bool:
        """Return True if a tilted camera explains the stretch, or pixels that are not square and little else.

        Parameters
        ----------
        max_total, max_rest : float
            Largest `total`, and largest `rest` where that is exceeded.
        """
        is_aspect = 1 / MAX_ASPECT <= self.aspect <= MAX_ASPECT
        return self.total <= max_total or (is_aspect and self.rest <= max_rest)


def stretch_of(transform: Homography, shape: tuple[int, int]) -> Stretch:
    """Return the stretch of a transform.

    Parameters
    ----------
    transform : Homography
        From photograph to map.
    shape : (height, width)
        Of the map.

    Returns
    -------
    Stretch

    Examples
    --------
    >>> narrow = stretch_of(Homography([[0.5, 0, 0], [0, 1, 0], [0, 0, 1]]), (80, 100))
    >>> f"{narrow.aspect:.1f}, {narrow.total:.1f}, {narrow.rest:.1f}"
    '2.0, 2.0, 1.0'
    """
    corners = corners_of(shape)
    back = transform.inverse()
    depth = back.depth(corners)
    if depth.min() <= 0 <= depth.max():
        return Stretch(1.0, float("inf"), float("inf"))
    step = 0.5
    along_x, along_y = (
        (back.apply(corners + offset) - back.apply(corners - offset)) for offset in ([step, 0], [0, step])
    )
    lengths = [np.hypot(*along.T) for along in (along_x, along_y)]
    aspect = float(np.exp(np.mean(np.log(lengths[0] / np.maximum(lengths[1], 1e-12)))))
    return Stretch(aspect, _ratio(along_x, along_y), _ratio(along_x / aspect, along_y))


def _ratio(along_x: np.ndarray, along_y: np.ndarray) -> float:
    """Return the ratio of the largest to the smallest scale."""
    scales = np.linalg.svd(np.stack([along_x, along_y], axis=2), compute_uv=False)
    return float(scales.max() / max(scales.min(), 1e-12))

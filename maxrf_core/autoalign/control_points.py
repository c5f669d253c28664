"""Pairs of points through which a thin-plate spline reproduces a smooth bend."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.models import Transform, thin_plate_spline
from maxrf_core.transform.thin_plate_spline import ThinPlateSpline

MIN_ALONG, MAX_ALONG = 4, 14  # pairs along the map's longer side
MARGIN = 0.01  # of the map's sides, between its border and the outermost pairs
MIN_PAIRS = 9
MAX_RMS = 0.04  # map pixels, between the spline and the bend, root mean square
MAX_DISAGREEMENT = 0.15  # the same at most, in a corner
CHECKS = 33  # places along each side of the map at which they are compared


@dataclass(frozen=True, eq=False)
class ControlPoints:
    """Pairs in the photograph and on the map, both (n, 2) float64, and the spline through them."""

    src: np.ndarray
    dst: np.ndarray
    transform: Transform


def place_control_points(
    flat: Homography,
    bend: Callable[[np.ndarray], np.ndarray],
    shape: tuple[int, int],
    photo_shape: tuple[int, int],
) -> ControlPoints | None:
    """Place as few pairs in a grid on the map as reproduce a bend to 0.04 map pixels, root mean square.

    Parameters
    ----------
    flat : Homography
        From photograph to map.
    bend : callable
        What it lacks: the place p of the map lies in the photograph where `flat` has p + bend(p); (n, 2) to
        (n, 2), in map pixels.
    shape : (height, width)
        Of the map.
    photo_shape : (height, width)
        Of the photograph, beyond which no pair lies.

    Returns
    -------
    ControlPoints or None
        None if no grid of 14 pairs along the longer side is enough, or the photograph folds.
    """

    def source(places: np.ndarray) -> np.ndarray:
        return flat.inverse().apply(places + bend(places))

    checked = _grid(shape, (CHECKS, CHECKS), 0.0)
    checked = checked[_inside(source(checked), photo_shape)]
    if len(checked) < CHECKS:
        return None
    mirrored = bool(np.linalg.det(flat.matrix) < 0)
    wanted = source(checked)
    for along in range(MIN_ALONG, MAX_ALONG + 1):
        rows, columns = (max(3, round(along * side / max(shape))) for side in shape)
        places = _grid(shape, (rows, columns), MARGIN, denser=True)
        places = places[_inside(source(places), photo_shape)]
        if len(places) < MIN_PAIRS:
            return None
        weights = ThinPlateSpline.fit(places, np.eye(len(places))).apply(checked)
        at = np.linalg.lstsq(weights, wanted, rcond=None)[0]  # the spline that is nearest everywhere
        left = np.hypot(*(flat.apply(weights @ at) - checked - bend(checked)).T)
        if np.sqrt(np.mean(left**2)) < MAX_RMS and left.max() < MAX_DISAGREEMENT:
            return _fitted(at, places, photo_shape, mirrored)
    return None


def _fitted(
    src: np.ndarray, dst: np.ndarray, photo_shape: tuple[int, int], mirrored: bool
) -> ControlPoints | None:
    if not _inside(src, photo_shape).all():
        return None
    try:
        return ControlPoints(src, dst, thin_plate_spline(src, dst, mirrored))
    except RegistrationError:
        return None


def _grid(shape: tuple[int, int], counts: tuple[int, int], margin: float, denser: bool = False) -> np.ndarray:
    """Return places in rows and columns over a map; nearer to one another at its border if `denser`.

    There the spline, which is straight beyond its pairs, follows a bend worst. The cosine's spacing
    (Chebyshev) needs about half as many pairs as an even one.
    """
    axes = []
    for side, count in zip(shape, counts, strict=True):
        part = np.linspace(0, 1, count)
        part = (1 - np.cos(np.pi * part)) / 2 if denser else part
        axes.append((margin + (1 - 2 * margin) * part) * (side - 1))
    return np.stack(np.meshgrid(axes[1], axes[0]), axis=2).reshape(-1, 2)


def _inside(points: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    return np.all((points > -0.5) & (points < [shape[1] - 0.5, shape[0] - 0.5]), axis=1)

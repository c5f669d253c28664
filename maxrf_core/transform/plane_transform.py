"""What all transforms of the plane have in common: residuals, scale and orientation."""

from typing import Any, Protocol

import numpy as np

from maxrf_core.transform.coordinates import View
from maxrf_core.transform.point_pairs import matching


class PlaneTransform(Protocol):
    """Interface of all transforms of the plane, such as `Homography`."""

    def apply(self, points: Any) -> np.ndarray:
        """Transform points.

        Parameters
        ----------
        points : array_like, (n, 2)
            x, y in pixels.

        Returns
        -------
        ndarray, (n, 2), float64
            Not finite where the transform has no value, such as on the horizon of a perspective.
        """
        ...

    def inverse(self) -> "PlaneTransform":
        """Return the inverse transform."""
        ...

    def scale_at(self, point: Any) -> float:
        """Return the local scale: destination pixels per source pixel, geometric mean of all directions.

        Parameters
        ----------
        point : array_like, (2,)
            x, y in source pixels.

        Returns
        -------
        float
        """
        ...


def residuals(h: PlaneTransform, src: Any, dst: Any) -> np.ndarray:
    """Compute the distances of the transformed points from their partners.

    With exactly four pairs a homography leaves no residuals, whatever the precision of the points.

    Parameters
    ----------
    h : PlaneTransform
    src, dst : array_like, (n, 2)
        x, y in pixels.

    Returns
    -------
    ndarray, (n,), float64
        Distances in destination pixels.

    Examples
    --------
    >>> from maxrf_core.transform.homography import Homography
    >>> residuals(Homography(np.eye(3)), [[0, 0], [5, 5]], [[3, 4], [5, 5]])
    array([5., 0.])
    """
    source, destination = matching(src, dst)
    return np.hypot(*(h.apply(source) - destination).T)


def scale_of(h: PlaneTransform, map_shape: tuple[int, ...]) -> float:
    """Return the photograph's true scale: its pixels per map pixel at the centre of the map.

    The ratio of both heights is not that scale, since a photograph shows more or less than the map.

    Parameters
    ----------
    h : PlaneTransform
        From photograph to map.
    map_shape : (height, width) or more

    Returns
    -------
    float

    Examples
    --------
    >>> from maxrf_core.transform.homography import Homography
    >>> half = Homography([[0.5, 0, 0], [0, 0.5, 0], [0, 0, 1]])
    >>> round(scale_of(half, (24, 20)), 9)
    2.0
    """
    height, width = map_shape[:2]
    return h.inverse().scale_at([(width - 1) / 2, (height - 1) / 2])


def view_of(h: PlaneTransform, map_shape: tuple[int, ...]) -> View:
    """Return the view in which the photograph has the orientation of the map.

    Parameters
    ----------
    h : PlaneTransform
        From photograph to map.
    map_shape : (height, width) or more

    Returns
    -------
    View
        Mirrored if the transform mirrors, and rotated by the nearest quarter turn.

    Examples
    --------
    >>> from maxrf_core.transform.homography import Homography
    >>> view_of(Homography([[0, -1, 99], [1, 0, 0], [0, 0, 1]]), (50, 99))
    View(turns=1, mirrored=False)
    """
    middle = np.array([(map_shape[1] - 1) / 2, (map_shape[0] - 1) / 2])
    here, right, below = h.inverse().apply(middle + np.array([[0, 0], [1, 0], [0, 1]]))
    (a, c), (b, d) = right - here, below - here
    mirrored = bool(a * d - b * c < 0)
    angle = np.degrees(np.arctan2(-c, -a if mirrored else a))
    return View(int(np.round(angle / 90)) % 4, mirrored)

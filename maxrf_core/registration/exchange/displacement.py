"""Cubic B-splines of the displacement from map to photograph, as ITK and elastix have them.

They stand for a perspective, which neither program knows, with a grid that is fine enough. Beyond the map
they move nothing.
"""

from collections.abc import Sequence

import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.language import _
from maxrf_core.registration.exchange.control_pairs import thinned
from maxrf_core.registration.photo_transform import PhotoTransform
from maxrf_core.registration.points_formats import ParsedPoints, Shape
from maxrf_core.transform.extents import image_extent

ORDER = 3  # of the B-splines
MESHES = (4, 8, 16, 32, 48)  # intervals along each side, from coarse to fine
MAX_DEPARTURE = 1e-6  # photograph pixels at which no finer grid is tried
SAMPLES = 4  # to an interval, for the fit
READ_GRID = 4  # points to a side of the grid of pairs that stand for a B-spline


class Displacement:
    """Displacement by a cubic B-spline on a grid, as ITK stores it.

    Parameters
    ----------
    params : sequence of float
        Coefficients of x, row by row, then those of y.
    fixed : sequence of float
        Size, origin, spacing and direction of the grid.
    """

    def __init__(self, params: Sequence[float], fixed: Sequence[float]) -> None:
        if len(fixed) != 10 or list(fixed[6:]) != [1, 0, 0, 1] or min(fixed[4:6]) <= 0:
            raise RegistrationError(_("the grid of its B-spline is not along x and y."))
        self.counts = tuple(int(count) for count in fixed[:2])
        if min(self.counts) <= ORDER or 2 * self.counts[0] * self.counts[1] != len(params):
            raise RegistrationError(
                _("{kind} has another number of parameters.").format(kind="BSplineTransform")
            )
        self.origin, self.spacing = fixed[2:4], fixed[4:6]
        self.coefficients = np.array(params).reshape(2, self.counts[1], self.counts[0])

    @property
    def domain(self) -> np.ndarray:
        """First and last x, y where anything is moved: (2, 2)."""
        first = np.array(self.origin) + np.array(self.spacing)
        return np.array([first, first + (np.array(self.counts) - ORDER) * self.spacing])

    def on_grid(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the places of all points of a grid in the photograph: (rows, columns, 2)."""
        across = _basis(x, self.counts[0], self.origin[0], self.spacing[0])
        down = _basis(y, self.counts[1], self.origin[1], self.spacing[1])
        moved = np.einsum("yj,cjk,xk->yxc", down, self.coefficients, across, optimize=True)
        return moved + np.stack(np.meshgrid(x, y), axis=2)


def _basis(places: np.ndarray, count: int, origin: float, spacing: float) -> np.ndarray:
    """Return the cubic B-splines around each node of a grid at places within its domain: (places, count)."""
    from scipy.interpolate import BSpline  # imported late: it takes 0.3 s

    knots = origin + (np.arange(count + ORDER + 1) - (ORDER + 1) / 2) * spacing
    return BSpline.design_matrix(np.clip(places, knots[ORDER], knots[-ORDER - 1]), knots, ORDER).toarray()


def fitted_displacement(placed: PhotoTransform) -> tuple[list[float], list[float], float]:
    """Fit the B-spline of a transform from map to photograph.

    Parameters
    ----------
    placed : PhotoTransform

    Returns
    -------
    params, fixed : list of float
        See `Displacement`.
    departure : float
        How far it is off at most on the map, in photograph pixels.
    """
    left, right, bottom, top = image_extent(*placed.map_shape[:2])
    params, fixed, departure = [0.0], [0.0], np.inf
    for mesh in MESHES:
        spacing = [(right - left) / mesh, (bottom - top) / mesh]
        origin = [left - spacing[0], top - spacing[1]]
        x, y = (np.linspace(*ends, SAMPLES * mesh + 1) for ends in ((left, right), (top, bottom)))
        places = np.stack(np.meshgrid(x, y), axis=2)
        moved = placed.to_photo.apply(places).reshape(places.shape) - places
        across, down = (
            np.linalg.pinv(_basis(axis, mesh + ORDER, first, step))
            for axis, first, step in zip((x, y), origin, spacing, strict=True)
        )
        params = np.einsum("jy,yxc,kx->cjk", down, moved, across, optimize=True).ravel().tolist()
        fixed = [mesh + ORDER, mesh + ORDER, *origin, *spacing, 1, 0, 0, 1]
        far = Displacement(params, fixed).on_grid(x, y) - placed.to_photo.apply(places).reshape(places.shape)
        departure = float(np.hypot(far[..., 0], far[..., 1]).max())
        if departure <= MAX_DEPARTURE:
            break
    return params, fixed, departure


def pairs_of_displacement(
    moves: Displacement, photo_shape: Shape | None, map_shape: Shape | None, sizes: dict[str, list[int]]
) -> ParsedPoints:
    """Return control pairs of a B-spline: four if it is a perspective, otherwise a grid."""
    (left, top), (right, bottom) = moves.domain
    x, y = (np.linspace(*ends, READ_GRID) for ends in ((left, right), (top, bottom)))
    dst = np.stack(np.meshgrid(x, y), axis=2).reshape(-1, 2)
    parsed = ParsedPoints(moves.on_grid(x, y).reshape(-1, 2), dst, 0, sizes)
    return thinned(parsed, photo_shape, map_shape)

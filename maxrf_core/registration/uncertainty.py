"""Propagation of click errors to positions on the map, and suggestions for further points.

Click errors are random and equal in all pairs; their length, photograph and map together, is one map pixel
(root mean square). They are propagated to first order, by the Jacobian of the fit.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from maxrf_core.transform.homography import MIRROR, Homography, normalisation
from maxrf_core.transform.models import Model, Transform, find_model
from maxrf_core.transform.piecewise_affine import PiecewiseAffine
from maxrf_core.transform.point_pairs import matching
from maxrf_core.transform.thin_plate_spline import ThinPlateSpline

N_DRAWS = 2000  # of all clicks, for the error of the worst corner
MARGIN = 0.08  # of the map's sides, without suggested points
N_CANDIDATES = 13  # along each side of the map
MIN_DISTANCE = 0.15  # of the map's diagonal, between a suggested point and all others

# Directions in which the elements of the 3×3 matrix vary in each model, in normalised coordinates
PARAM_BASIS = {
    "homography": np.eye(9),
    "affine": np.eye(9)[:6],
    "similarity": np.array(
        [
            [1, 0, 0, 0, 1, 0, 0, 0, 0],
            [0, -1, 0, 1, 0, 0, 0, 0, 0],
            [0, 0, 1, 0, 0, 0, 0, 0, 0],
            [0, 0, 0, 0, 0, 1, 0, 0, 0],
        ]
    ),
}


def position_errors(
    src: Any,
    dst: Any,
    places: Any,
    model: str = "homography",
    click_error: float = 1.0,
    mirrored: bool = False,
) -> np.ndarray:
    """Compute the errors of positions on the map that follow from a click error.

    Parameters
    ----------
    src, dst : array_like, (n, 2)
        The pairs x, y that the transform is fitted to.
    places : array_like, (m, 2)
        x, y on the map.
    model : str
        Name of the model, see `maxrf_core.transform.models`.
    click_error : float
        Length of a click's error in map pixels, root mean square.
    mirrored : bool
        Whether the map shows the photograph's mirror image.

    Returns
    -------
    ndarray, (m,), float64
        Length of each position's error in map pixels, root mean square, to first order.

    Raises
    ------
    RegistrationError
        If the points fix no sensible transform.

    Examples
    --------
    >>> square = [[0, 0], [100, 0], [100, 100], [0, 100]]
    >>> np.round(position_errors(square, square, [[0, 0], [50, 50], [150, 50]]), 3)
    array([1.   , 0.707, 1.581])
    """
    kind = find_model(model)
    source, destination = matching(src, dst)
    fitted = kind.fit(source, destination, mirrored)
    effect = sensitivity(kind, fitted, source, destination, np.asarray(places, float))
    return click_error * np.sqrt(np.sum(effect**2, axis=(1, 2, 3)) / 2)


def estimate_click_error(
    model: Model, source: np.ndarray, destination: np.ndarray, vectors: np.ndarray, left_out: np.ndarray
) -> float | None:
    """Estimate the length of a click's error from the pairs themselves.

    Parameters
    ----------
    model : Model
    source, destination : ndarray, (n, 2), float64
    vectors : ndarray, (n, 2), float64
        Residuals of the fit to all pairs, in map pixels.
    left_out : ndarray, (n, 2), float64
        Residual of each pair under a fit to the others; NaN if not known.

    Returns
    -------
    float or None
        Root mean square in map pixels; None if no pair is redundant, so that nothing is known.

    Notes
    -----
    The residuals of a model of k parameters have 2n − k degrees of freedom. Elastic models fit all pairs
    exactly: there the errors of the left-out pairs are used, each of which is the error of its own click plus
    those of the others, with the weights of the model at that position.
    """
    if model.n_params:
        redundancy = 2 * len(vectors) - model.n_params
        return float(np.sqrt(2 * np.sum(vectors**2) / redundancy)) if redundancy > 0 else None
    known = np.flatnonzero(np.isfinite(left_out).all(axis=1))
    if not len(known):
        return None
    expected = 0.0
    for number in known:
        others = np.delete(destination, number, axis=0)
        expected += 1 + float(np.sum(_node_weights(model, others, destination[number : number + 1]) ** 2))
    return float(np.sqrt(np.sum(left_out[known] ** 2) / expected))


def sensitivity(
    model: Model, fitted: Transform, source: np.ndarray, destination: np.ndarray, places: np.ndarray
) -> np.ndarray:
    """Compute the derivatives of positions on the map by the points on the map.

    Parameters
    ----------
    model : Model
    fitted : Transform
        Fit of that model to the pairs.
    source, destination : ndarray, (n, 2), float64
    places : ndarray, (m, 2), float64
        x, y on the map.

    Returns
    -------
    ndarray, (m, 2, n, 2), float64
        Of each position's x and y, by each point's x and y.
    """
    count = len(source)
    if not isinstance(fitted, Homography):
        return _node_weights(model, destination, places)[:, None, :, None] * np.eye(2)[None, :, None, :]
    slopes = _param_jacobian(model, fitted, source, destination)
    answer = np.linalg.pinv(slopes(source).reshape(2 * count, -1), rcond=1e-9)
    return (slopes(fitted.inverse().apply(places)) @ answer).reshape(-1, 2, count, 2)


def worst_corner(effect: np.ndarray) -> float:
    """Return the typical error of the worst of some positions for click errors of one map pixel.

    Parameters
    ----------
    effect : ndarray, (m, 2, n, 2)
        Result of `sensitivity` for the positions.

    Returns
    -------
    float
        Median of the largest error in map pixels, over 2000 seeded draws of all clicks.
    """
    clicks = np.random.default_rng(0).normal(0, np.sqrt(0.5), (N_DRAWS, *effect.shape[2:]))
    moved = np.einsum("mdne,rne->rmd", effect, clicks)
    return float(np.median(np.hypot(moved[..., 0], moved[..., 1]).max(axis=1)))


def suggested_places(
    model: Model,
    fitted: Transform,
    source: np.ndarray,
    destination: np.ndarray,
    map_shape: Sequence[int],
    count: int = 2,
) -> np.ndarray:
    """Suggest positions where further pairs would help most.

    For rigid models these are the positions that minimise the mean error over the map; for elastic models
    those farthest from all points. They keep a distance from the border and from other points.

    Parameters
    ----------
    model : Model
    fitted : Transform
        Fit of that model to the pairs.
    source, destination : ndarray, (n, 2), float64
    map_shape : (height, width) or more
    count : int

    Returns
    -------
    ndarray, (count, 2), float64
        x, y on the map; fewer if the map is full of points.
    """
    candidates = _grid(map_shape, N_CANDIDATES)
    taken = destination
    diagonal = float(np.hypot(map_shape[0], map_shape[1]))
    gain = (
        _gain_function(model, fitted, source, destination, map_shape)
        if isinstance(fitted, Homography)
        else None
    )
    for _ in range(count):
        distances = np.linalg.norm(candidates[:, None] - taken, axis=2).min(axis=1)
        free = distances >= MIN_DISTANCE * diagonal
        if not free.any():
            break
        useful = distances if gain is None else gain(taken[len(destination) :], candidates)
        taken = np.vstack([taken, candidates[np.argmax(np.where(free, useful, -np.inf))]])
    return taken[len(destination) :]


def _node_weights(model: Model, nodes: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return the weight of each node at positions under an elastic model: (m, n)."""
    fit = ThinPlateSpline.fit if model.name == "thin-plate-spline" else PiecewiseAffine.fit
    return fit(nodes, np.eye(len(nodes))).apply(places)


def _param_jacobian(model: Model, fitted: Homography, source: np.ndarray, destination: np.ndarray) -> Any:
    """Return the function from points of the photograph to derivatives by the model's parameters."""
    # Axes that are scaled differently would make other transforms of the similarities.
    to_source = normalisation(source, per_axis=model.name != "similarity")
    to_destination = normalisation(destination)
    if np.linalg.det(fitted.matrix) < 0:
        to_source = MIRROR @ to_source  # `PARAM_BASIS` is for transforms that do not mirror
    near = to_destination @ fitted @ to_source.inverse()
    freedom = PARAM_BASIS[model.name]
    return lambda points: near.param_jacobian(to_source.apply(points)) @ freedom.T


def _gain_function(
    model: Model,
    fitted: Homography,
    source: np.ndarray,
    destination: np.ndarray,
    map_shape: Sequence[int],
) -> Any:
    """Return the function that computes by how much a further pair lowers the mean variance over the map.

    A pair with derivatives D adds DᵀD to the information; its inverse C loses C Dᵀ (1 + D C Dᵀ)⁻¹ D C.
    """
    slopes = _param_jacobian(model, fitted, source, destination)
    at = slopes(source).reshape(2 * len(source), -1)
    back = fitted.inverse()
    everywhere = slopes(back.apply(_grid(map_shape, N_CANDIDATES, 0.0))).reshape(-1, at.shape[1])
    weight = everywhere.T @ everywhere

    def gain(suggested: np.ndarray, candidates: np.ndarray) -> np.ndarray:
        more = slopes(back.apply(suggested)).reshape(-1, at.shape[1])
        known = np.vstack([at, more])
        covariance = np.linalg.pinv(known.T @ known, rcond=1e-12, hermitian=True)
        new = slopes(back.apply(candidates))
        spread = new @ covariance
        inner = np.linalg.inv(np.eye(2) + spread @ new.transpose(0, 2, 1))
        return np.einsum("mij,mjk,kl,mil->m", inner, spread, weight, spread)

    return gain


def _grid(map_shape: Sequence[int], count: int, margin: float = MARGIN) -> np.ndarray:
    height, width = (length - 1.0 for length in map_shape[:2])
    x, y = (length * np.linspace(margin, 1 - margin, count) for length in (width, height))
    return np.stack(np.meshgrid(x, y), axis=2).reshape(-1, 2)

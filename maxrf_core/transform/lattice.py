"""Transforms evaluated on a fine grid by linear interpolation between the nodes of a coarser one."""

from collections.abc import Callable

import cv2
import numpy as np

MAX_NODE_DISTANCE = 16  # grid points between nodes


def interpolated_on_grid(
    apply: Callable[[np.ndarray], np.ndarray], x: np.ndarray, y: np.ndarray, max_error: float
) -> np.ndarray:
    """Evaluate a smooth function on all points of a grid, by linear interpolation between nodes.

    The nodes come closer until the error halfway between them is small enough.

    Parameters
    ----------
    apply : callable
        Takes points (n, 2), float64; returns values (n, k). NaN where there is none: grid points beside such
        a node have no value either.
    x, y : ndarray, (columns,) and (rows,), float64
        Equally spaced.
    max_error : float
        In units of the values.

    Returns
    -------
    ndarray, (rows, columns, k), float64

    Examples
    --------
    >>> grid = interpolated_on_grid(lambda points: points**2, np.arange(4.0), np.arange(3.0), 1e-9)
    >>> grid[2, 3].tolist()
    [9.0, 4.0]
    """
    step = MAX_NODE_DISTANCE
    nodes = _nodes(x, y, step)
    values = _evaluate(apply, *nodes)
    while step > 1 and _interpolation_error(apply, nodes, values) > max_error:
        step //= 2
        nodes = _nodes(x, y, step)
        values = _evaluate(apply, *nodes)
    fine = cv2.resize(values, (values.shape[1] * step, values.shape[0] * step))  # linear, exact in float64
    return fine[step : step + len(y), step : step + len(x)]


def _nodes(x: np.ndarray, y: np.ndarray, step: int) -> list[np.ndarray]:
    """Return the centres of blocks of `step` columns and rows, with one more block all around."""
    nodes = []
    for axis in (x, y):
        apart = axis[1] - axis[0] if len(axis) > 1 else 1.0
        count = -(-len(axis) // step) + 2
        nodes.append(axis[0] + ((np.arange(count) - 0.5) * step - 0.5) * apart)
    return nodes


def _interpolation_error(
    apply: Callable[[np.ndarray], np.ndarray], nodes: list[np.ndarray], values: np.ndarray
) -> float:
    """Return the largest interpolation error halfway between nodes, along x and along y together."""
    across, down = ((axis[1:] + axis[:-1]) / 2 for axis in nodes)
    between = _evaluate(apply, across, nodes[1]), _evaluate(apply, nodes[0], down)
    guessed = (values[:, 1:] + values[:, :-1]) / 2, (values[1:] + values[:-1]) / 2
    pairs = zip(between, guessed, strict=True)
    return sum(float(np.nanmax(np.abs(one - other), initial=0.0)) for one, other in pairs)


def _evaluate(apply: Callable[[np.ndarray], np.ndarray], columns: np.ndarray, rows: np.ndarray) -> np.ndarray:
    places = np.stack(np.meshgrid(columns, rows), axis=2).reshape(-1, 2)
    return apply(places).reshape(len(rows), len(columns), -1)

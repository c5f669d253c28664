"""Non-negative fit of many templates, of which most have nothing to explain."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

MIN_SHARE = 0.05  # of a template that lies in the spectrum
MIN_CORRELATION = 2.0  # standard deviations by which a template alone has to improve the fit

FittedAreas = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # as `fit_areas` returns


@dataclass(frozen=True, eq=False)
class ChannelWidths:
    """Widths of lines on an axis of channels, as `maxrf_core.spectrum.background.snip` needs them."""

    widths: np.ndarray
    gain: float = 1.0

    def energies(self, n_channels: int) -> np.ndarray:
        """Return the channels."""
        return np.arange(n_channels)

    def fwhm(self, energy: ArrayLike) -> np.ndarray:
        """Return the widths at channels."""
        return self.widths[np.asarray(energy)]


def fit_areas(
    columns: np.ndarray, target: np.ndarray, inverse_error: np.ndarray, n_always: int
) -> FittedAreas | None:
    """Fit columns to a target by non-negative least squares (Lawson and Hanson, 1974).

    Parameters
    ----------
    columns : ndarray, shape (columns, bins)
        Counts.
    target : ndarray, shape (bins,)
        Counts multiplied by `inverse_error`.
    inverse_error : ndarray, shape (bins,)
    n_always : int
        Number of last columns that are used if they are not empty; the others only if they can explain
        anything.

    Returns
    -------
    columns, areas, used, residuals : ndarray
        The used columns, their areas and numbers, and the target less the fit; None without a solution.

    Examples
    --------
    >>> columns = np.array([[1.0, 2, 1, 0, 0], [0, 0, 1, 2, 1], [1, 1, 1, 1, 1]])
    >>> _, areas, used, _ = fit_areas(columns, np.array([11.0, 21, 11, 1, 1]), np.ones(5), 1)
    >>> areas.round(3).tolist(), used.tolist()
    ([10.0, 0.0, 1.0], [0, 1, 2])
    """
    from scipy.linalg import cholesky, solve_triangular  # slow to import
    from scipy.optimize import nnls

    weighted = columns * inverse_error
    norms = np.sqrt((weighted**2).sum(axis=1))
    wanted = (columns.sum(axis=1) > MIN_SHARE) & (weighted @ target > MIN_CORRELATION * norms)
    wanted[len(columns) - n_always :] = norms[len(columns) - n_always :] > 0
    used = np.flatnonzero(wanted)
    rows, scale = weighted[used], 1 / norms[used]
    gram = rows @ rows.T * scale * scale[:, np.newaxis] + 1e-9 * np.eye(len(used))
    root = cholesky(gram)
    right = solve_triangular(root, (rows @ target) * scale, trans=1)
    try:
        areas = nnls(root, right, maxiter=2000)[0] * scale
    except RuntimeError:
        return None
    return columns[used], areas, used, target - areas @ rows

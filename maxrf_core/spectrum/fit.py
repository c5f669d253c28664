"""Fit of a spectrum by a model's columns: non-negative weighted least squares."""

from dataclasses import dataclass

import numpy as np

from maxrf_core.spectrum.model import Model

MIN_VARIANCE = 1.0  # counts
MISFIT_WINDOW = 41  # channels
CORRELATION = 10  # channels
RIDGE = 1e-10  # added to the scaled normal equations, so that equal columns do not stop the solution


@dataclass(frozen=True, eq=False)
class SpectrumFit:
    """A fitted spectrum.

    Attributes
    ----------
    model : Model
    areas : ndarray, shape (components,)
        Counts of each component, not negative.
    sigmas : ndarray, shape (components,)
        Their standard deviations from counting alone.
    errors : ndarray, shape (components,)
        Their standard deviations with the local misfit of the model, at least `sigmas`.
    fitted : ndarray, shape (channels,)
        Counts of the whole model; meaningful in the model's channels.
    chi2 : float
        Mean squared deviation relative to the variance of counting.
    """

    model: Model
    areas: np.ndarray
    sigmas: np.ndarray
    errors: np.ndarray
    fitted: np.ndarray
    chi2: float

    def area(self, name: str) -> float:
        """Return the counts of a component, 0 if the model has none."""
        return float(self.areas[self.model.index(name)]) if name in self.model.names else 0.0


def nnls_of(columns: np.ndarray, values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the amounts, none negative, of columns (components, channels) that fit values best."""
    weighted = columns * weights
    return nnls_of_normal(weighted @ columns.T, weighted @ values)


def nnls_of_normal(gram: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the solution, not negative, of normal equations M W Mᵀ · amounts = M W values.

    They are scaled and solved by ``scipy.optimize.nnls`` (Lawson and Hanson).
    """
    from scipy.linalg import cholesky, solve_triangular
    from scipy.optimize import nnls

    scaled, scale = _scaled(gram)
    root = cholesky(scaled + RIDGE * np.eye(len(gram)))
    target = solve_triangular(root, right * scale, trans=1)
    return nnls(root, target, maxiter=30 * len(root))[0] * scale


def _scaled(gram: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return M W Mᵀ with a diagonal of 1, and the factors of its rows and columns."""
    scale = 1 / np.sqrt(np.maximum(np.diag(gram), 1e-300))
    return gram * scale * scale[:, np.newaxis], scale


def fit_spectrum(model: Model, spectrum: np.ndarray, model_error: float = 0.0) -> SpectrumFit:
    """Fit a spectrum by non-negative weighted least squares.

    Parameters
    ----------
    model : Model
    spectrum : ndarray, shape (channels,)
        Counts.
    model_error : float
        Share of the counts by which the model may err; added to the variance.
    """
    channels = model.channels
    values, columns = spectrum[channels].astype(np.float64), model.columns[:, channels]
    areas, expected, weights = _fitted(columns, values, model_error)
    deviations = (values - areas @ columns) ** 2 / expected
    rows = _rows(columns, weights, areas > 0)
    sigmas = np.sqrt((rows**2) @ expected)
    errors = np.sqrt((rows**2) @ (expected * misfit(deviations)))
    return SpectrumFit(model, areas, sigmas, errors, areas @ model.columns, float(deviations.mean()))


def expected_counts(model: Model, spectrum: np.ndarray, model_error: float = 0.0) -> np.ndarray:
    """Return the fitted counts of `fit_spectrum` in the model's channels, at least `MIN_VARIANCE`."""
    values = spectrum[model.channels].astype(np.float64)
    return _fitted(model.columns[:, model.channels], values, model_error)[1]


def _fitted(
    columns: np.ndarray, values: np.ndarray, model_error: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return amounts, expected counts, and the weights of the fit."""
    expected = np.maximum(values, MIN_VARIANCE)
    for _ in range(2):  # the second time with the variance of the first fit, which noise does not bias
        weights = 1 / (expected + (model_error * expected) ** 2)
        areas = nnls_of(columns, values, weights)
        expected = np.maximum(areas @ columns, MIN_VARIANCE)
    return areas, expected, weights


def inverse_of(columns: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the matrix that computes the amounts of a weighted linear fit from counts.

    R = (M W Mᵀ)⁻¹ M W for columns M (components, channels): amounts = R · counts, with the variances
    R² · variance of the counts.
    """
    weighted = columns * weights
    gram, scale = _scaled(weighted @ columns.T)
    inverse = np.linalg.pinv(gram, rcond=1e-9, hermitian=True)
    return inverse * scale * scale[:, np.newaxis] @ weighted


def inverse_of_normal(gram: np.ndarray, count: int) -> np.ndarray:
    """Return the first `count` rows of the inverse of M W Mᵀ: (count, components)."""
    scaled, scale = _scaled(gram)
    first = np.linalg.solve(scaled + RIDGE * np.eye(len(gram)), np.eye(len(gram), count))
    return first.T * scale * scale[:count, np.newaxis]


def _rows(columns: np.ndarray, weights: np.ndarray, used: np.ndarray) -> np.ndarray:
    """Return `inverse_of` the columns that are used; each other one's row is that of a fit with it added."""
    rows = np.zeros(columns.shape)
    rows[used] = inverse_of(columns[used], weights)
    others = columns[~used]
    others = others - (others @ rows[used].T) @ columns[used]
    own = (others**2) @ weights
    floor = 1e-9 * np.maximum((columns[~used] ** 2) @ weights, 1e-300)
    rows[~used] = others * weights / np.maximum(own, floor)[:, np.newaxis]
    return rows


def misfit(deviations: np.ndarray) -> np.ndarray:
    """Return the factor by which a local misfit enlarges the variance of each channel, at least 1.

    Neighbouring channels of a misfit have one sign, so its variance counts `CORRELATION` times.
    """
    from scipy.ndimage import uniform_filter1d  # slow to import

    local = uniform_filter1d(deviations, MISFIT_WINDOW, mode="nearest")
    return 1 + CORRELATION * np.maximum(local - 1.3, 0)  # 1.3: beyond the noise of the mean itself

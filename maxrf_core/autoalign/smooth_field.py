"""Smooth field of residuals between photograph and map, from patches, with its covariance.

The field is what a registration leaves: a small change of the homography, and a smooth bend, a Gaussian
process of a length and a size (Rasmussen and Williams 2006, Gaussian Processes for Machine Learning, 2.2).
Patches weigh as in `robust_fit`: by the sharpness of their peaks, and those that disagree not at all.
"""

from dataclasses import dataclass

import numpy as np

from maxrf_core.autoalign.patch_matching import Matches
from maxrf_core.autoalign.robust_fit import MAX_CORRELATION, Clicks, frame_of, plane_jacobian
from maxrf_core.transform.homography import Homography

REPEATS = 4.0  # of what a patch tells in others: they overlap, and two blurs see the same pixels
MAX_NODE_DISTANCE = 0.7  # between the nodes of a field, in its length
MIN_EIGENVALUE = 1e-4  # of the nodes' covariance, over the largest; smaller ones shape nothing
TOLERANCES = (6.0, 3.0, 1.5, 1.0)  # compared pixels, of successive fits: outliers are left out step by step


@dataclass(frozen=True)
class Kernel:
    """Length over which a bend changes, and size of its displacements.

    Parameters
    ----------
    length : float
        Distance over which it changes, in half the map's longer side.
    size : float
        Standard deviation of its displacement in each direction, in map pixels; 0 for no bend.
    """

    length: float
    size: float


class Field:
    """The functions of which a smooth field on a map is the sum: eight of a homography, and bells.

    Parameters
    ----------
    shape : (height, width)
        Of the map.
    length : float
        Of the kernel.
    """

    def __init__(self, shape: tuple[int, int], length: float) -> None:
        self.shape, self.length = shape, length
        self._middle, self._half = frame_of(shape)
        sides = np.array([shape[1], shape[0]]) / (2 * self._half)
        counts = [max(3, int(np.ceil(2 * side / (MAX_NODE_DISTANCE * length))) + 1) for side in sides]
        x, y = (np.linspace(-side, side, count) for side, count in zip(sides, counts, strict=True))
        self._nodes = np.stack(np.meshgrid(x, y), axis=2).reshape(-1, 2)
        values, vectors = np.linalg.eigh(self._bells(self._nodes))
        kept = values > MIN_EIGENVALUE * values.max()
        self._mixture = vectors[:, kept] / np.sqrt(values[kept])

    def at(self, places: np.ndarray) -> np.ndarray:
        """Return the functions at places on the map: (n, 2) to (n, 2, 8 + 2 k)."""
        bells = self._bells((places - self._middle) / self._half) @ self._mixture
        nothing = np.zeros_like(bells)
        along_x, along_y = np.hstack([bells, nothing]), np.hstack([nothing, bells])
        return np.concatenate([plane_jacobian(places, self.shape), np.stack([along_x, along_y], 1)], axis=2)

    def precision(self, size: float, clicks: Clicks) -> np.ndarray:
        """Return the precision of the parameters before any patch: of the clicks, and of a bend's size."""
        count = 2 * self._mixture.shape[1]
        known = np.diag(np.concatenate([np.zeros(8), np.full(count, 1 / max(size, 1e-4) ** 2)]))
        jacobian = plane_jacobian(clicks.dst, self.shape)
        known[:8, :8] = np.einsum("nij,nik->jk", jacobian, jacobian) / (clicks.error**2 / 2)
        return known

    def _bells(self, places: np.ndarray) -> np.ndarray:
        squares = np.sum((places[:, None] - self._nodes) ** 2, axis=2)
        return np.exp(-squares / (2 * self.length**2))


@dataclass(frozen=True, eq=False)
class Residuals:
    """Where patches were found beside the place that a homography predicts.

    Parameters
    ----------
    places : ndarray, (n, 2), float64
        Centres of the patches on the map.
    vectors : ndarray, (n, 2), float64
        In map pixels.
    stiffness : ndarray, (n, 2, 2), float64
        See `Matches`; times the weight of the patch's correlation.
    known : ndarray, (n, 2, 2), float64
        The same over its largest eigenvalue and the compared pixels: the directions that are known.
    """

    places: np.ndarray
    vectors: np.ndarray
    stiffness: np.ndarray
    known: np.ndarray

    @classmethod
    def of(cls, transform: Homography, matches: list[Matches]) -> "Residuals":
        """Return the residuals of all patches whose peak lies inside the searched area."""
        parts = []
        for each in matches:
            some = each[each.inside & (each.correlation > 0)]
            correlation = np.minimum(some.correlation, MAX_CORRELATION)
            largest = np.linalg.eigvalsh(some.stiffness)[:, 1] if len(some) else np.empty(0)
            parts.append(
                (
                    some.on_map,
                    transform.apply(some.on_photo) - some.on_map,
                    some.stiffness * (correlation / (1 - correlation))[:, None, None],
                    some.stiffness / (largest * some.pixel**2)[:, None, None],
                )
            )
        return cls(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))

    def __len__(self) -> int:
        return len(self.places)

    def trust(self, left: np.ndarray, tolerance: float) -> np.ndarray:
        """Return the trust in each patch, 0 to 1, by what a field leaves of it (Geman and McClure 1985)."""
        squares = np.einsum("ni,nij,nj->n", left, self.known, left)
        return 1 / (1 + squares / tolerance**2) ** 2

    def squares(self, left: np.ndarray) -> np.ndarray:
        """Return the square of what is left of each patch, by its stiffness: (n,)."""
        return np.einsum("ni,nij,nj->n", left, self.stiffness, left)


@dataclass(frozen=True, eq=False)
class FittedField:
    """A field fitted to residuals.

    Parameters
    ----------
    field : Field
    params : ndarray, (8 + 2 k,), float64
    covariance : ndarray, (8 + 2 k, 8 + 2 k), float64
    trust : ndarray, (n,), float64
        In each patch.
    noise : float
        Scale of the patches' stiffness: their covariance is this times its inverse.
    """

    field: Field
    params: np.ndarray
    covariance: np.ndarray
    trust: np.ndarray
    noise: float

    def at(self, places: np.ndarray) -> np.ndarray:
        """Return the field at places on the map, (n, 2) to (n, 2), in map pixels."""
        return self.field.at(places) @ self.params

    def variance(self, places: np.ndarray) -> np.ndarray:
        """Return the variance of the field's length at places on the map, (n, 2) to (n,)."""
        functions = self.field.at(places)
        return np.einsum("nij,jk,nik->n", functions, self.covariance, functions)


@dataclass(frozen=True, eq=False)
class NormalEquations:
    """Normal equations of a field's parameters by least squares, from patches.

    Parameters
    ----------
    precision : ndarray, (8 + 2 k, 8 + 2 k), float64
    gradient : ndarray, (8 + 2 k,), float64
    """

    precision: np.ndarray
    gradient: np.ndarray

    @classmethod
    def of(
        cls, functions: np.ndarray, residuals: Residuals, trust: np.ndarray, noise: float
    ) -> "NormalEquations":
        """Return the equations of patches that are trusted: functions (n, 2, 8 + 2 k), trust (n,)."""
        some = trust > 0
        functions = functions[some]
        weight = (trust[some] / (noise * REPEATS))[:, None, None]
        weighted = (weight * np.matmul(residuals.stiffness[some], functions)).reshape(-1, functions.shape[2])
        return cls(
            weighted.T @ functions.reshape(weighted.shape), weighted.T @ residuals.vectors[some].ravel()
        )

    def solve(self, prior: np.ndarray) -> np.ndarray:
        """Return the parameters, (8 + 2 k,), with the precision that was known before."""
        return np.linalg.solve(self._with(prior), self.gradient)

    def covariance(self, prior: np.ndarray) -> np.ndarray:
        """Return the covariance of the parameters, (8 + 2 k, 8 + 2 k)."""
        return np.linalg.inv(self._with(prior))

    def _with(self, prior: np.ndarray) -> np.ndarray:
        precision = prior + self.precision
        return precision + 1e-12 * np.trace(precision) / len(precision) * np.eye(len(precision))


def fit_field(
    residuals: Residuals,
    field: Field,
    size: float,
    clicks: Clicks,
    start: FittedField | None = None,
) -> FittedField:
    """Fit a smooth field to residuals, without those that disagree.

    Parameters
    ----------
    residuals : Residuals
    field : Field
    size : float
        Of the kernel, in map pixels; 0 for no bend.
    clicks : Clicks
        They hold the homography where there are no patches.
    start : FittedField, optional
        From which outliers are first told; otherwise step by step.

    Returns
    -------
    FittedField
    """
    functions, prior = field.at(residuals.places), field.precision(size, clicks)
    left = residuals.vectors - (start.at(residuals.places) if start else 0)
    tolerances = TOLERANCES if start is None else TOLERANCES[-1:] * 2
    for tolerance in tolerances:
        trust = residuals.trust(left, tolerance)
        noise = max(1e-9, float(trust @ residuals.squares(left)) / max(1.0, 2 * float(trust.sum()) - 8))
        equations = NormalEquations.of(functions, residuals, trust, noise)
        params = equations.solve(prior)
        left = residuals.vectors - functions @ params
    return FittedField(field, params, equations.covariance(prior), trust, noise)

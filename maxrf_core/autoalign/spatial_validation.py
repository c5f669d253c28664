"""Held-out blocks of the map: how well a smooth field predicts their patches, and how it depends on them.

Neighbouring patches err alike, as where a pigment's edge is not the photograph's, so what single patches
scatter is not what a field is wrong.
"""

from dataclasses import dataclass

import numpy as np

from maxrf_core.autoalign.robust_fit import Clicks
from maxrf_core.autoalign.smooth_field import (
    Field,
    FittedField,
    Kernel,
    NormalEquations,
    Residuals,
    fit_field,
)

LENGTHS = (0.35, 0.6, 1.0, 1.6)  # of half the map's longer side
SIZES = (0.5, 1.5, 5.0)  # map pixels
FIRST = Kernel(1.2, 5.0)  # by which outliers are told before a kernel is chosen
MIN_PATCHES = 20
BLOCK = 48  # map pixels along a held-out block, at least
MIN_BLOCKS, MAX_BLOCKS = 3, 6  # along each side of the map
BUFFER = 16  # map pixels around a held-out block, whose patches overlap its and are not fitted either


@dataclass(frozen=True, eq=False)
class Choice:
    """The kernel that predicts held-out patches best.

    Parameters
    ----------
    kernel : Kernel
        Its size is 0 if a homography alone predicts them best.
    fitted : FittedField
        To all patches.
    gain : float
        Part of the squares of held-out patches that the field takes away, beyond what a homography does.
    error : float
        Standard error of that, from the differences between blocks.
    """

    kernel: Kernel
    fitted: FittedField
    gain: float
    error: float


def choose_kernel(
    residuals: Residuals, shape: tuple[int, int], clicks: Clicks, start: FittedField | None = None
) -> Choice | None:
    """Choose the kernel of the smooth field that predicts held-out patches best.

    Parameters
    ----------
    residuals : Residuals
        What a homography leaves.
    shape : (height, width)
        Of the map.
    clicks : Clicks
    start : FittedField, optional
        From which outliers are told.

    Returns
    -------
    Choice or None
        None if there are too few patches.
    """
    if len(residuals) < MIN_PATCHES:
        return None
    first = fit_field(residuals, Field(shape, FIRST.length), FIRST.size, clicks, start)
    folds = _folds(residuals.places, shape)
    losses: dict[Kernel, np.ndarray] = {}
    for length in LENGTHS:
        field = Field(shape, length)
        functions = field.at(residuals.places)
        equations = [
            NormalEquations.of(functions, residuals, first.trust * fitted, first.noise)
            for fitted in folds.fitted
        ]
        for size in (0.0, *SIZES) if length == LENGTHS[0] else SIZES:
            prior = field.precision(size, clicks)
            params = [each.solve(prior) for each in equations]
            losses[Kernel(length, size)] = _loss(functions, residuals, first.trust, params, folds)
    none = losses[Kernel(LENGTHS[0], 0.0)]
    best = min(losses, key=lambda kernel: float(losses[kernel].sum()))
    gains, total = none - losses[best], max(float(none.sum()), 1e-12)
    error = np.sqrt(len(gains)) * float(np.std(gains, ddof=1)) if len(gains) > 1 else np.inf
    fitted = fit_field(residuals, Field(shape, best.length), best.size, clicks, start or first)
    return Choice(best, fitted, float(gains.sum()) / total, float(error) / total)


def jackknife_variance(
    residuals: Residuals, fitted: FittedField, size: float, clicks: Clicks, places: np.ndarray
) -> np.ndarray:
    """Return the variance of a field's length by leaving out the patches of each block of the map in turn.

    It is the jackknife's (Efron and Stein 1981, Annals of Statistics 9, 586) with blocks as the units, as
    Künsch (1989, Annals of Statistics 17, 1217) has it for what is alike nearby.

    Parameters
    ----------
    residuals : Residuals
        To which the field is fitted.
    fitted : FittedField
    size : float
        Of its kernel, in map pixels.
    clicks : Clicks
    places : ndarray, (n, 2)
        On the map.

    Returns
    -------
    ndarray, (n,), float64
        In map pixels²; 0 if there is but one block.
    """
    field, shape = fitted.field, fitted.field.shape
    prior, functions, there = field.precision(size, clicks), field.at(residuals.places), field.at(places)
    blocks = _numbered(*_blocks(residuals.places, shape))
    numbers = np.unique(blocks)
    whole = NormalEquations.of(functions, residuals, fitted.trust, fitted.noise)
    squares = np.zeros(len(places))
    for number in numbers if len(numbers) > 1 else ():
        part = NormalEquations.of(functions, residuals, fitted.trust * (blocks == number), fitted.noise)
        rest = NormalEquations(whole.precision - part.precision, whole.gradient - part.gradient)
        squares += np.sum((there @ (rest.solve(prior) - fitted.params)) ** 2, axis=1)
    return squares * (len(numbers) - 1) / max(1, len(numbers))


def _blocks(places: np.ndarray, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the column and row of each place's block, (n, 2), and how many there are along x and y."""
    sides = np.array([shape[1], shape[0]], dtype=float)
    counts = np.clip(sides // BLOCK, MIN_BLOCKS, MAX_BLOCKS)
    return np.clip((places + 0.5) // (sides / counts), 0, counts - 1).astype(int), counts


def _numbered(at: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the number of each block, (n,)."""
    return (at[:, 1] * counts[0] + at[:, 0]).astype(int)


@dataclass(frozen=True, eq=False)
class _Folds:
    """Number of each patch's block; and in each fold the patches that are fitted, and those held out."""

    block: np.ndarray
    fitted: list[np.ndarray]
    held_out: list[np.ndarray]


def _folds(places: np.ndarray, shape: tuple[int, int]) -> _Folds:
    """Hold out every second or third block along each side together."""
    at, counts = _blocks(places, shape)
    size = np.array([shape[1], shape[0]]) / counts
    every = 3 if counts.min() > MIN_BLOCKS else 2
    fitted, held_out = [], []
    for first in np.ndindex(every, every):
        out = (at % every == first).all(axis=1)
        within = places + 0.5 - size * first  # the held-out blocks begin at multiples of `every` blocks
        away = np.zeros_like(places)
        for axis in (0, 1):
            last = (counts[axis] - 1 - first[axis]) // every
            block = np.clip(np.round((within[:, axis] - size[axis] / 2) / (every * size[axis])), 0, last)
            away[:, axis] = np.abs(within[:, axis] - (every * block + 0.5) * size[axis]) - size[axis] / 2
        near = np.hypot(*np.maximum(away, 0).T) < BUFFER
        if out.any() and not near.all():
            fitted.append(~near)
            held_out.append(out)
    return _Folds(_numbered(at, counts), fitted, held_out)


def _loss(
    functions: np.ndarray, residuals: Residuals, trust: np.ndarray, params: list[np.ndarray], folds: _Folds
) -> np.ndarray:
    """Return the sum of squares of the held-out patches of each block that has any, from each fold's fit."""
    sums = np.zeros(int(folds.block.max()) + 1)
    for fitted_params, held_out in zip(params, folds.held_out, strict=True):
        squares = trust * residuals.squares(residuals.vectors - functions @ fitted_params) * held_out
        sums += np.bincount(folds.block, squares, len(sums))
    return sums[np.bincount(folds.block, minlength=len(sums)) > 0]

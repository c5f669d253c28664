"""Comparison of patches: what each holds of each element, and whether they differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, inf, nan

import numpy as np

from maxrf_core.cube.cube import Cube
from maxrf_core.elements.maps import DETECTION, ElementMaps
from maxrf_core.errors import PatchError
from maxrf_core.language import _
from maxrf_core.patches.fit_error import FitError, is_seen, limits_of_ratio
from maxrf_core.patches.patch import Patch, pixel_area_mm2
from maxrf_core.patches.scatter import Mean, mean_of
from maxrf_core.progress import Progress

CLEARLY, PERHAPS, NO = "clearly", "perhaps", "no"
TOO_LITTLE = "too little"  # in either patch to be compared
MAX_P = {CLEARLY: 0.001, PERHAPS: 0.05}  # of a chance as large as the difference, after Holm's correction


@dataclass(frozen=True)
class Difference:
    """Difference of one patch from the first one, in one family.

    Attributes
    ----------
    value, error : float
        Net counts per pixel more than in the first patch, and their standard deviation.
    ratio, ratio_error : float or None
        Net counts per pixel relative to the first patch; None if the first patch has none above its detection
        limit.
    limits : tuple of float
        Between which ratios it is in any case; 0 and infinity where there is no limit.
    p : float
        Probability of a difference as large as this by chance, corrected for the number of comparisons.
    verdict : str
        ``"clearly"``, ``"perhaps"``, ``"no"``, or ``"too little"`` if neither patch has any above its
        detection limit.
    """

    value: float
    error: float
    ratio: float | None
    ratio_error: float | None
    limits: tuple[float, float]
    p: float
    verdict: str


@dataclass(frozen=True)
class Comparison:
    """What some patches hold, and how they differ from the first of them.

    Attributes
    ----------
    patches : tuple of str
        Names; the first one is what the others are compared with.
    families : tuple of str
    means : tuple of tuple of Mean
        Net counts per pixel of each patch and each family.
    fit_errors : tuple of tuple of float
        What the fit may be off by in each patch and family, in net counts per pixel.
    differences : tuple of tuple of Difference
        Of each patch but the first, and of each family.
    pixel_area_mm2 : float or None
        Where the size of a pixel is known.
    shared : int
        Pixels of several of the patches, which are left out of all.
    """

    patches: tuple[str, ...]
    families: tuple[str, ...]
    means: tuple[tuple[Mean, ...], ...]
    fit_errors: tuple[tuple[float, ...], ...]
    differences: tuple[tuple[Difference, ...], ...]
    pixel_area_mm2: float | None = None
    shared: int = 0

    def per_mm2(self, patch: int, family: int) -> tuple[float, float] | None:
        """Return the net counts per mm² and their standard deviation; None where no size is known."""
        if self.pixel_area_mm2 is None:
            return None
        mean = self.means[patch][family]
        return mean.value / self.pixel_area_mm2, mean.error / self.pixel_area_mm2

    def is_seen(self, patch: int, family: int) -> bool:
        """Return True if a patch has net counts above the detection limit of its mean, and of the fit."""
        return is_seen(self.means[patch][family], self.fit_errors[patch][family], DETECTION)


def compare_patches(
    maps: ElementMaps,
    patches: Sequence[Patch],
    families: Sequence[str] | None = None,
    *,
    pixel_size_mm: Sequence[float] | None = None,
    scanner_share: float = 0.0,
    fit_error: FitError = FitError(),  # noqa: B008  (it is frozen)
) -> Comparison:
    """Compare what patches hold of each element with the first of them.

    Parameters
    ----------
    maps : ElementMaps
    patches : sequence of Patch
        Two or more. Pixels that belong to several of them are left out.
    families : sequence of str, optional
        By default all that have a map.
    pixel_size_mm : sequence of float, optional
        Width and height of a pixel, for net counts per mm².
    scanner_share : float
        What the net counts of a whole patch may be off by, as a share of them, such as 0.03 for a tube that
        drifts during the scan. What varies from pixel to pixel is part of the scatter.
    fit_error : FitError
        What the fit of the maps may be off by, however many pixels there are.

    Returns
    -------
    Comparison

    Raises
    ------
    PatchError
        If there are fewer than two, one is of another scan, or one has no pixel of its own.
    CalibrationError
        If there is no map of a family.

    Notes
    -----
    Welch's t-test (Biometrika 34, 1947, 28) of the difference of two means. The variance of each is that of
    counting, that of real differences between pixels (`maxrf_core.patches.scatter.mean_of`) and that of the
    scanner; that of the difference has the fit's own error, too. All p-values are corrected together by
    Holm's method (Scand. J. Statist. 6, 1979, 65). A difference is clear below 0.001, and there perhaps
    below 0.05.
    """
    masks, shared = _own_pixels(maps, patches)
    numbers = (
        list(range(len(maps.names))) if families is None else [maps.index(family) for family in families]
    )
    means = tuple(
        tuple(mean_of(maps.net[number], maps.sigma[number], mask, scanner_share) for number in numbers)
        for mask in masks
    )
    fits = [fit_error.of_patch(maps, mask)[numbers] for mask in masks]
    beside = [fit_error.of_difference(maps, masks[0], mask)[numbers] for mask in masks[1:]]
    pairs = [
        [_Pair(*each) for each in zip(means[0], of, fits[0], fit, apart, strict=True)]
        for of, fit, apart in zip(means[1:], fits[1:], beside, strict=True)
    ]
    corrected = holm(np.array([[pair.chance() for pair in row] for row in pairs]))
    differences = tuple(
        tuple(pair.difference(float(p)) for pair, p in zip(row, chances, strict=True))
        for row, chances in zip(pairs, corrected, strict=True)
    )
    return Comparison(
        tuple(patch.name for patch in patches),
        tuple(maps.names[number] for number in numbers),
        means,
        tuple(tuple(float(each) for each in of) for of in fits),
        differences,
        pixel_area_mm2(pixel_size_mm),
        shared,
    )


def difference_spectrum(
    cube: Cube, first: Patch, other: Patch, progress: Progress | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the counts per pixel of a patch less those of the first, and their standard deviation.

    Parameters
    ----------
    cube : Cube
    first, other : Patch
    progress : callable, optional

    Returns
    -------
    difference, sigma : ndarray, shape (channels,), float64
        Sigma is from counting.
    """
    spectra = cube.region_spectra([first.mask, other.mask], progress)
    variances = [np.maximum(each.mean, 0) / (each.pixels - each.missing) for each in spectra]
    return spectra[1].mean - spectra[0].mean, np.sqrt(variances[0] + variances[1])


def holm(chances: np.ndarray) -> np.ndarray:
    """Return p-values that are corrected for their number by Holm's method, in the same shape.

    Examples
    --------
    >>> holm(np.array([0.04, 0.001, 0.02])).round(3)
    array([0.04 , 0.003, 0.04 ])
    """
    flat = chances.ravel()
    order = np.argsort(flat)
    factors = len(flat) - np.arange(len(flat))
    corrected = np.minimum(np.maximum.accumulate(flat[order] * factors), 1)
    found = np.empty(len(flat))
    found[order] = corrected
    return found.reshape(chances.shape)


def _own_pixels(maps: ElementMaps, patches: Sequence[Patch]) -> tuple[list[np.ndarray], int]:
    """Return the pixels of each patch that belong to no other one, and how many belong to several."""
    if len(patches) < 2:
        raise PatchError(_("A comparison needs two patches or more."))
    for patch in patches:
        if patch.mask.shape != maps.residual.shape:
            raise PatchError(_("{name} is a patch of another scan.").format(name=patch.name))
    several = sum(patch.mask.astype(np.uint8) for patch in patches) > 1
    masks = [patch.mask & ~several for patch in patches]
    for patch, mask in zip(patches, masks, strict=True):
        if not mask.any():
            words = _("{name} has no pixel of its own: all of them belong to another patch, too.")
            raise PatchError(words.format(name=patch.name))
    return masks, int(np.count_nonzero(several))


@dataclass(frozen=True)
class _Pair:
    """Means of one family in two patches, with what the fit may be off by in each and in their difference."""

    first: Mean
    other: Mean
    fit_first: float
    fit_other: float
    fit_difference: float

    @property
    def error(self) -> float:
        """Standard deviation of the difference of the two means."""
        return hypot(self.first.error, self.other.error, self.fit_difference)

    def chance(self) -> float:
        """Return the probability of a difference as large as that of the two means."""
        from scipy.stats import t as student  # slow to import

        error = self.error
        if not self.first.pixels or not self.other.pixels or not error > 0:
            return 1.0
        parts = sum(mean.scatter**4 / mean.freedom for mean in (self.first, self.other))
        freedom = error**4 / parts if parts else inf
        difference = abs(self.other.value - self.first.value)
        return float(2 * student.sf(difference / error, min(freedom, 1e6)))

    def difference(self, p: float) -> Difference:
        """Return the difference with a corrected probability."""
        first, other = self.first, self.other
        verdict = next((verdict for verdict, limit in MAX_P.items() if p < limit), NO)
        is_first_seen = is_seen(first, self.fit_first, DETECTION)
        known = bool(first.pixels and other.pixels)
        if known and not is_first_seen and not is_seen(other, self.fit_other, DETECTION):
            verdict = TOO_LITTLE
        ratio = ratio_error = None
        if is_first_seen and other.pixels and first.value > DETECTION * first.error:
            ratio = other.value / first.value
            fit = hypot((ratio - 1) * self.fit_first, self.fit_difference)  # as the fit errs alike in both
            ratio_error = hypot(other.error, ratio * first.error, fit) / first.value
        limits = limits_of_ratio((first, other), (self.fit_first, self.fit_other)) if known else (0.0, inf)
        error = self.error if known else nan
        return Difference(other.value - first.value, error, ratio, ratio_error, limits, p, verdict)

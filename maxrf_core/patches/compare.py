"""Comparison of patches: what each holds of each element, and whether they differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, inf, nan, sqrt

import numpy as np

from maxrf_core.cube.cube import Cube
from maxrf_core.elements.maps import DETECTION, ElementMaps
from maxrf_core.errors import PatchError
from maxrf_core.language import _
from maxrf_core.patches.patch import Patch, pixel_area_mm2
from maxrf_core.patches.scatter import Mean, mean_of
from maxrf_core.progress import Progress

CLEARLY, PERHAPS, NO = "clearly", "perhaps", "no"
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
    p : float
        Probability of a difference as large as this by chance, corrected for the number of comparisons.
    verdict : str
        ``"clearly"``, ``"perhaps"`` or ``"no"``.
    """

    value: float
    error: float
    ratio: float | None
    ratio_error: float | None
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
        """Return True if a patch has net counts above the detection limit of its mean."""
        mean = self.means[patch][family]
        return mean.value > DETECTION * mean.error


def compare_patches(
    maps: ElementMaps,
    patches: Sequence[Patch],
    families: Sequence[str] | None = None,
    *,
    pixel_size_mm: Sequence[float] | None = None,
    scanner_share: float = 0.0,
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
    scanner. All p-values are corrected together by Holm's method (Scand. J. Statist. 6, 1979, 65). A
    difference is clear below 0.001, and there perhaps below 0.05.
    """
    masks, shared = _own_pixels(maps, patches)
    numbers = range(len(maps.names)) if families is None else [maps.index(family) for family in families]
    means = tuple(
        tuple(mean_of(maps.net[number], maps.sigma[number], mask, scanner_share) for number in numbers)
        for mask in masks
    )
    chances = [[_chance(first, other) for first, other in zip(means[0], of, strict=True)] for of in means[1:]]
    corrected = holm(np.array(chances))
    differences = tuple(
        tuple(_difference(first, other, float(p)) for first, other, p in zip(means[0], of, row, strict=True))
        for of, row in zip(means[1:], corrected, strict=True)
    )
    return Comparison(
        tuple(patch.name for patch in patches),
        tuple(maps.names[number] for number in numbers),
        means,
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


def _chance(first: Mean, other: Mean) -> float:
    """Return the probability of a difference as large as that of two means."""
    from scipy.stats import t as student  # slow to import

    error = hypot(first.error, other.error)
    if not first.pixels or not other.pixels or not error > 0:
        return 1.0
    parts = sum(mean.scatter**4 / mean.freedom for mean in (first, other))
    freedom = error**4 / parts if parts else inf
    return float(2 * student.sf(abs(other.value - first.value) / error, min(freedom, 1e6)))


def _difference(first: Mean, other: Mean, p: float) -> Difference:
    verdict = next((verdict for verdict, limit in MAX_P.items() if p < limit), NO)
    ratio = ratio_error = None
    if first.value > DETECTION * first.error and other.pixels:
        ratio = other.value / first.value
        ratio_error = sqrt(other.error**2 + (ratio * first.error) ** 2) / first.value
    error = hypot(first.error, other.error) if first.pixels and other.pixels else nan
    return Difference(other.value - first.value, error, ratio, ratio_error, p, verdict)

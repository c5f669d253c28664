"""Error of a patch's net counts that no number of pixels makes smaller: that of the fitted model."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maxrf_core.elements.maps import ElementMaps
from maxrf_core.patches.scatter import Mean


@dataclass(frozen=True)
class FitError:
    """What the fit of the element maps may be off by, as one standard deviation.

    The shapes of lines, of their tails and of the background in the model are not quite those of the
    detector. Net counts of a family are then off by a part of what lies beneath its lines and by a part of
    what other families have.

    Attributes
    ----------
    beneath : float
        Part of the counts beneath a family's lines: of rivals, of the background and of neighbouring lines.
    others : float
        Part of the net counts of all other families together.

    Notes
    -----
    The default values are what the fit of the demo errs by, whose truth is known (docs/patches.md;
    `python -m benchmarks.patch_pairs`).
    """

    beneath: float = 0.03
    others: float = 0.005

    def of_patch(self, maps: ElementMaps, mask: np.ndarray) -> np.ndarray:
        """Return the error of each family's mean net counts in a patch.

        Parameters
        ----------
        maps : ElementMaps
        mask : ndarray, shape (height, width), bool

        Returns
        -------
        ndarray, shape (families,), float64
        """
        return self._error(*_beneath_and_net(maps, mask))

    def of_difference(self, maps: ElementMaps, first: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Return the error of the difference of two patches: errors that both have are not in it.

        Parameters
        ----------
        maps : ElementMaps
        first, other : ndarray, shape (height, width), bool

        Returns
        -------
        ndarray, shape (families,), float64
        """
        one, two = _beneath_and_net(maps, first), _beneath_and_net(maps, other)
        return self._error(two[0] - one[0], two[1] - one[1])

    def _error(self, beneath: np.ndarray, net: np.ndarray) -> np.ndarray:
        amounts = np.abs(net)
        return np.hypot(self.beneath * beneath, self.others * (amounts.sum() - amounts))


def _beneath_and_net(maps: ElementMaps, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean counts beneath each family's lines and its mean net counts; 0 where values are missing.

    The variance of net counts is that of the family's own counts and of those that lie beneath, as far as the
    fit cannot tell them apart.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # means of no values
        net = [float(np.nanmean(each[mask], dtype=np.float64)) for each in maps.net]
        variance = [float(np.nanmean(np.square(each[mask], dtype=np.float64))) for each in maps.sigma]
    own = np.maximum(np.nan_to_num(net), 0)
    return np.maximum(np.nan_to_num(variance) - own, 0), own


def is_seen(mean: Mean, fit_error: float, detection: float) -> bool:
    """Return True if the net counts of these pixels are above `detection` standard deviations.

    That the pixels differ from each other does not count: half a patch of azurite holds copper.
    """
    return bool(mean.value > detection * np.hypot(mean.measurement, fit_error))


def limits_of_ratio(
    means: Sequence[Mean], fit_errors: Sequence[float], deviations: float = 2.0
) -> tuple[float, float]:
    """Return between which ratios the second mean is to the first, at so many standard deviations of each.

    Parameters
    ----------
    means : sequence of two Mean
    fit_errors : sequence of two float
    deviations : float

    Returns
    -------
    at_least, at_most : float
        0 and infinity where there is no limit.

    Examples
    --------
    >>> first, other = (Mean(100, value, 0.1, 0.0, np.inf) for value in (0.5, 40.0))
    >>> [round(limit, 1) for limit in limits_of_ratio([first, other], [1.0, 1.0])]
    [15.1, inf]
    """
    (low, high), (other_low, other_high) = (
        (mean.value - deviations * error, mean.value + deviations * error)
        for mean, error in (
            (mean, float(np.hypot(mean.error, fit))) for mean, fit in zip(means, fit_errors, strict=True)
        )
    )
    at_least = max(other_low, 0.0) / high if high > 0 else 0.0
    return at_least, max(other_high, 0.0) / low if low > 0 else np.inf

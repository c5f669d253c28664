"""Confidence intervals of rates and quantiles, 95 % unless told otherwise."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import binomtest, quantile_test

NONE = "–"
MIN_VALUES = 6  # fewer have no interval for their median


def rate_interval(count: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the interval of a rate (Wilson 1927, J. Am. Stat. Assoc. 22, 209).

    Examples
    --------
    >>> [round(each, 3) for each in rate_interval(0, 200)]
    [0.0, 0.019]
    """
    interval = binomtest(count, trials).proportion_ci(confidence, method="wilson")
    return float(interval.low), float(interval.high)


def quantile_interval(values: Sequence[float], share: float, confidence: float = 0.95) -> tuple[float, float]:
    """Return the interval of a quantile by order statistics, without assuming a distribution.

    An end is NaN if so few values do not determine it (Conover 1999, Practical Nonparametric Statistics).

    Examples
    --------
    >>> quantile_interval(range(101), 0.5)
    (40.0, 60.0)
    """
    interval = quantile_test(np.sort(values), p=share).confidence_interval(confidence)
    return float(interval.low), float(interval.high)


def rate(count: int, trials: int) -> str:
    """Format a rate and its interval, in per cent."""
    if not trials:
        return NONE
    low, high = rate_interval(count, trials)
    return f"{100 * count / trials:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def quantile(values: Sequence[float], share: float = 0.5) -> str:
    """Format a quantile and its interval."""
    if not len(values):
        return NONE
    found = f"{np.quantile(values, share):.2f}"
    if len(values) < MIN_VALUES:
        return found
    low, high = quantile_interval(values, share)
    return f"{found} ({_end(low)} to {_end(high)})"


def _end(value: float) -> str:
    return f"{value:.2f}" if np.isfinite(value) else "?"

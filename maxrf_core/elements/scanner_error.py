"""The scanner's own error: what net counts vary by beside counting, such as by an unsteady stage or tube."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from maxrf_core.elements.maps import ElementMaps
from maxrf_core.elements.smoothing import KERNELS
from maxrf_core.language import Note, marked

SMOOTH_PART = 0.1  # of a family's bright pixels, those with the least structure around them
MIN_PIXELS = 200  # with fewer the error is not known
MAX_ROWS = 120  # that are examined
BRIGHT = 0.5  # of a family's 95th percentile
MAX_SHARE = 0.05  # a larger scatter is the object's own structure, as no scanner errs so much
SHARES = np.linspace(0, 0.3, 301)
CERTAINTY = 1.65  # standard deviations on one side: 95 %
SPREAD_ERROR = 1.17  # of a standard deviation from quartiles of n values, times √n
NEIGHBOURS = 1.5  # variances of a pixel less the mean of two others, in units of one pixel's


@dataclass(frozen=True)
class ScannerError:
    """Error of net counts beside counting.

    Attributes
    ----------
    share : float
        Standard deviation as a part of the net counts; 0 if none was found.
    limit : float
        Part of the net counts that it certainly does not exceed (95 %); NaN if the scan does not show it.
    """

    share: float
    limit: float

    def total(self, net: ArrayLike, sigma: ArrayLike) -> np.ndarray:
        """Return the standard deviation of net counts by counting and by the scanner, float64.

        Examples
        --------
        >>> round(float(ScannerError(0.025, 0.03).total(720, 18)), 1)
        25.5
        """
        return np.hypot(sigma, self.share * np.maximum(np.asarray(net, np.float64), 0))

    def smoothed(self, size: int) -> "ScannerError":
        """Return the error in maps that are smoothed by a window, as `maxrf_core.elements.smoothing.smooth`.

        The scanner errs independently in each pixel.
        """
        if size == 1:
            return self
        kernel = np.array(KERNELS[size], np.float64)
        return replace(self, share=self.share * float((kernel**2).sum() / kernel.sum() ** 2))

    @property
    def sentence(self) -> Note:
        """What was found, in words."""
        share, limit = f"{self.share:.1%}", f"{self.limit:.1%}"
        if self.share > 0:
            words = marked("Beside counting, neighbouring pixels vary by {share} of the net counts.")
            return Note(words, share=share)
        if np.isnan(self.limit):
            return Note("The scan has too few counts to tell an error beside counting.")
        if self.limit > MAX_SHARE:
            words = marked(
                "The object is too uneven, or has too few counts, to tell the scanner's own error: "
                "it is below {limit} of the net counts."
            )
            return Note(words, limit=limit)
        return Note("No error beside counting was found: it is below {limit} of the net counts.", limit=limit)


def scanner_error(maps: ElementMaps) -> ScannerError:
    """Estimate the error beside counting from one scan.

    A pixel is compared with the mean of its left and right neighbours where the pixels around these differ
    least. What remains beyond counting is the scanner's part, and structure of the object that is finer than
    three pixels. The latter differs between families: the family with the smallest limit counts, and another
    one has to agree. So the estimate may be too large, by fine structure, but hardly too small.

    Parameters
    ----------
    maps : ElementMaps
        Not smoothed.
    """
    _, height, width = maps.net.shape
    if height < 5 or width < 5:
        return ScannerError(0.0, np.nan)
    rows = np.unique(np.linspace(2, height - 3, min(MAX_ROWS, height - 4)).astype(np.int64))
    structure = np.sum([_structure(net, rows) for net in maps.net], axis=0)
    found = [_of_family(net, sigma, rows, structure) for net, sigma in zip(maps.net, maps.sigma, strict=True)]
    known = [each for each in found if each is not None]
    if not known:
        return ScannerError(0.0, np.nan)
    low, share, limit = min(known, key=lambda each: each[2])
    # An error of the scanner is in all families, structure of the object differs between them.
    agreeing = [each for each in known if 0 < each[0] < limit and each[2] > low]
    told = low > 0 and limit <= MAX_SHARE and len(agreeing) > 1
    return ScannerError(share if told else 0.0, limit)


def _around(values: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return pixels, and those beside them by 1 left, 1 right, 2 left, 2 right, 2 up and 2 down.

    Those above and below are two rows away, since a scanner that reads both ways displaces every other row.
    """
    own, above, below = (values[rows + step].astype(np.float64) for step in (0, -2, 2))
    columns = [own[:, 2 + step : own.shape[1] - 2 + step] for step in (0, -1, 1, -2, 2)]
    return *columns, above[:, 2:-2], below[:, 2:-2]


def _structure(net: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return how much the pixels around differ, by differences that those of the pixel do not depend on."""
    _, left, right, far_left, far_right, above, below = _around(net, rows)
    return (right - left) ** 2 + (far_right - far_left) ** 2 + (below - above) ** 2


def _of_family(
    net: np.ndarray, sigma: np.ndarray, rows: np.ndarray, structure: np.ndarray
) -> tuple[float, float, float] | None:
    """Return the lower limit, the estimate and the upper limit of the share in a family's net counts."""
    own, left, right, *far = _around(net, rows)
    mean = np.mean(far, axis=0)
    bright = np.isfinite(own + mean + structure) & (mean > 0)
    if np.count_nonzero(bright) < MIN_PIXELS:
        return None
    bright &= mean > BRIGHT * np.percentile(mean[bright], 95)
    # Structure beside the brightness of the whole, so that dark places are not taken for smooth ones.
    places = np.flatnonzero(bright)
    count = max(MIN_PIXELS, int(SMOOTH_PART * len(places)))
    if len(places) < count:
        return None
    relative = structure.ravel()[places] / mean.ravel()[places] ** 2
    smooth = places[np.argpartition(relative, count - 1)[:count]]
    own_sigma, left_sigma, right_sigma, *_ = (part.ravel()[smooth] for part in _around(sigma, rows))
    variance = own_sigma**2 + (left_sigma**2 + right_sigma**2) / 4
    deviation = (own - (left + right) / 2).ravel()[smooth]
    level = mean.ravel()[smooth]
    spreads = np.array(
        [_spread(deviation / np.sqrt(variance + NEIGHBOURS * (share * level) ** 2)) for share in SHARES]
    )
    error = CERTAINTY * SPREAD_ERROR / np.sqrt(count)
    low, share = (_crossing(spreads * factor) for factor in (1 - error, 1))
    # A spread below 1 is chance, or few counts; it does not make the limit smaller.
    return low, share, _crossing(spreads / min(1, spreads[0]) * (1 + error))


def _spread(values: np.ndarray) -> float:
    """Return a standard deviation that outliers do not change, from the quartiles."""
    return float(np.subtract(*np.percentile(values, [75, 25])) / 1.349)


def _crossing(spreads: np.ndarray) -> float:
    """Return the share with which a spread, which falls with the share, is 1."""
    return float(np.interp(-1.0, -np.minimum.accumulate(spreads), SHARES))

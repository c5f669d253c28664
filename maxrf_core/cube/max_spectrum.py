"""What is the highest smoothed spectrum of many pixels, found without smoothing them one by one?

Smoothing is linear, so a band of smoothed channels is a product: the raw channels in and around the band
times a matrix that holds the shifted Gaussian. That takes a fraction of the time of filtering.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from maxrf_core.cube.shuffled_counts import highest, with_nan

MAXRF4U_SIGMA = 7.0
TRUNCATE = 4.0  # of the Gaussian, in sigma: scipy's default
BAND = 64  # channels to a product; measured best of 64, 128, 256


@dataclass(frozen=True, eq=False)
class SmoothedBand:
    """Some channels of the smoothed spectrum, as a product.

    Attributes
    ----------
    channels : slice
        Those that come out.
    needed : slice
        Those that go in.
    weights : ndarray, shape (needed, channels), float32
        What each one counts for.
    """

    channels: slice
    needed: slice
    weights: np.ndarray

    def smooth(self, spectra: np.ndarray, first: int = 0) -> np.ndarray:
        """Smooth spectra (pixels, channels), which begin with channel `first`; return the band's, float32.

        Missing values have no weight, and stay missing: NaN.
        """
        needed = slice(self.needed.start - first, self.needed.stop - first)
        values = spectra[:, needed].astype(np.float32)
        if spectra.dtype.kind != "f" or np.isfinite(values).all():
            return values @ self.weights
        present = np.isfinite(values)
        own = present[:, self.channels.start - self.needed.start : self.channels.stop - self.needed.start]
        smooth = np.where(present, values, 0) @ self.weights
        weight = present.astype(np.float32) @ self.weights
        return np.divide(smooth, weight, out=np.full_like(smooth, np.nan), where=own)

    def maximum(self, spectra: np.ndarray, first: int = 0) -> np.ndarray:
        """Find the maximum over all pixels of the smoothed spectra: (channels of the band,), float32."""
        return highest(self.smooth(spectra, first))


@lru_cache(maxsize=8)
def smoothed_bands(
    n_channels: int, sigma: float = MAXRF4U_SIGMA, band: int = BAND
) -> tuple[SmoothedBand, ...]:
    """Cut a spectrum's Gaussian smoothing into bands of channels.

    Parameters
    ----------
    n_channels : int
        Of the whole spectrum.
    sigma : float
        Of the Gaussian, in channels; cut off at 4 sigma. 0 leaves the spectra as they are.
    band : int
        How many channels a band holds at most.

    Returns
    -------
    tuple of SmoothedBand
        Which together give what ``scipy.ndimage.gaussian_filter1d`` gives with its defaults: at the ends the
        spectrum is continued by its mirror image.

    Examples
    --------
    >>> spectra = np.zeros((1, 300))
    >>> spectra[0, 150] = 1000
    >>> smooth = np.concatenate([band.smooth(spectra) for band in smoothed_bands(300)], axis=1)
    >>> round(float(smooth[0, 150]), 3)
    56.994
    """
    radius = int(TRUNCATE * sigma + 0.5)
    kernel = np.exp(-0.5 * (np.arange(-radius, radius + 1) / (sigma or 1)) ** 2)
    kernel /= kernel.sum()
    source = np.pad(np.arange(n_channels), radius, mode="symmetric")  # where each tap really looks
    bands = []
    for start in range(0, n_channels, band):
        stop = min(start + band, n_channels)
        taps = source[start : stop + 2 * radius]
        needed = slice(int(taps.min()), int(taps.max()) + 1)
        weights = np.zeros((needed.stop - needed.start, stop - start))
        for out in range(stop - start):
            np.add.at(weights[:, out], taps[out : out + len(kernel)] - needed.start, kernel)
        bands.append(SmoothedBand(slice(start, stop), needed, weights.astype(np.float32)))
    return tuple(bands)


def smoothed(spectrum: np.ndarray, sigma: float = MAXRF4U_SIGMA) -> np.ndarray:
    """Smooth one spectrum by a Gaussian of `sigma` channels.

    Parameters
    ----------
    spectrum : ndarray, shape (channels,)
        Missing values have no weight.
    sigma : float
        In channels.

    Returns
    -------
    ndarray, shape (channels,), float64
        What ``scipy.ndimage.gaussian_filter1d`` gives; NaN where the value is missing.

    Examples
    --------
    >>> smoothed(np.array([2.0, 2.0, np.nan, 2.0]), 1).round(9).tolist()
    [2.0, 2.0, nan, 2.0]
    """
    from scipy.ndimage import gaussian_filter1d  # slow to load, and few need it

    values = with_nan(np.asarray(spectrum, np.float64))
    present = ~np.isnan(values)
    if present.all():
        return gaussian_filter1d(values, sigma)
    smooth = gaussian_filter1d(np.where(present, values, 0), sigma)
    weight = gaussian_filter1d(present.astype(np.float64), sigma)
    return np.divide(smooth, weight, out=np.full_like(smooth, np.nan), where=present)

"""Maximum of the smoothed spectra of many pixels, by matrix products.

Smoothing is linear, so a band of smoothed channels is a product: the raw channels in and around the band
times a matrix of the shifted Gaussian. That takes a fraction of the time of filtering.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from maxrf_core.cube.shuffled_counts import highest, with_nan

MAXRF4U_SIGMA = 7.0
TRUNCATE = 4.0  # of the Gaussian, in sigma: scipy's default
BAND = 64  # channels of a product; measured as the fastest of 64, 128, 256


@dataclass(frozen=True, eq=False)
class SmoothedBand:
    """Several channels of the smoothed spectrum, as a product.

    Attributes
    ----------
    channels : slice
        The smoothed channels.
    needed : slice
        The raw channels that they depend on.
    weights : ndarray, shape (needed, channels), float32
        Weight of each raw channel.
    """

    channels: slice
    needed: slice
    weights: np.ndarray

    def smooth(self, spectra: np.ndarray, first: int = 0) -> np.ndarray:
        """Return the band of smoothed spectra (pixels, channels) that begin with channel `first`, float32.

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
        """Return the maximum over all pixels of the smoothed spectra: (channels of the band,), float32."""
        return highest(self.smooth(spectra, first))


@lru_cache(maxsize=8)
def smoothed_bands(
    n_channels: int, sigma: float = MAXRF4U_SIGMA, band: int = BAND
) -> tuple[SmoothedBand, ...]:
    """Return the Gaussian smoothing of a spectrum as bands of channels.

    Parameters
    ----------
    n_channels : int
        Number of channels of the whole spectrum.
    sigma : float
        Sigma of the Gaussian in channels, truncated at 4 sigma; 0 does not smooth.
    band : int
        Largest number of channels of a band.

    Returns
    -------
    tuple of SmoothedBand
        Together equal to ``scipy.ndimage.gaussian_filter1d`` with its defaults, which mirrors the spectrum at
        the ends.

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
    source = np.pad(np.arange(n_channels), radius, mode="symmetric")  # channel that each tap reads
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
    """Return one spectrum smoothed by a Gaussian of `sigma` channels.

    Parameters
    ----------
    spectrum : ndarray, shape (channels,)
        Missing values have no weight.
    sigma : float
        In channels.

    Returns
    -------
    ndarray, shape (channels,), float64
        Equal to ``scipy.ndimage.gaussian_filter1d``; missing values stay NaN.

    Examples
    --------
    >>> smoothed(np.array([2.0, 2.0, np.nan, 2.0]), 1).round(9).tolist()
    [2.0, 2.0, nan, 2.0]
    """
    from scipy.ndimage import gaussian_filter1d  # slow to import

    values = with_nan(np.asarray(spectrum, np.float64))
    present = ~np.isnan(values)
    if present.all():
        return gaussian_filter1d(values, sigma)
    smooth = gaussian_filter1d(np.where(present, values, 0), sigma)
    weight = gaussian_filter1d(present.astype(np.float64), sigma)
    return np.divide(smooth, weight, out=np.full_like(smooth, np.nan), where=present)

"""Shape of lines in a measured spectrum: axis, widths, shelf, tail, escape peaks and low-energy loss."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import xraylib
from numpy.typing import ArrayLike

from maxrf_core.spectrum.calibration import Calibration
from maxrf_core.spectrum.detector import ELECTRONIC_NOISE, FANO_FACTOR, PAIR_ENERGY, efficiency

SIGMAS = 6.0  # to both sides, beyond which a Gaussian is left out
TAIL_LENGTH = 0.25  # keV in which the tail below a line falls to 1/e
AIR, AIR_DENSITY = "Air, Dry (near sea level)", 0.0012  # g/cm³
SILICON_KA, SILICON_EDGE = 1.740, 1.839  # keV
SILICON_YIELD, SILICON_JUMP = 0.047, 10.8  # of the K shell


@dataclass(frozen=True)
class Response:
    """The instrument's response to a line.

    Parameters
    ----------
    offset, gain : float
        The axis, keV and keV per channel.
    noise : float
        Electronic noise, full width at half maximum in keV.
    fano : float
        Fano factor, which broadens lines with their energy.
    shelf : float
        Share of a line's counts in a shelf that reaches evenly from the line down to 0.
    tail : float
        Share of a line's counts in an exponential tail below it.
    escape : float
        Counts of silicon escape peaks relative to `escape_share`.
    path : float
        Loss of low energies on the way (air, windows, helium), in cm of air.
    """

    offset: float
    gain: float
    noise: float = ELECTRONIC_NOISE
    fano: float = FANO_FACTOR
    shelf: float = 0.01
    tail: float = 0.02
    escape: float = 1.0
    path: float = 1.0

    @classmethod
    def of(cls, calibration: Calibration) -> "Response":
        """Return the response of a usual silicon drift detector."""
        return cls(calibration.offset, calibration.gain)

    def energies(self, n_channels: int) -> np.ndarray:
        """Return the energy of each channel in keV, (n_channels,)."""
        return self.offset + self.gain * np.arange(n_channels)

    def fwhm(self, energy: ArrayLike) -> np.ndarray:
        """Return the full width at half maximum of a line in keV; see `maxrf_core.spectrum.detector.fwhm`."""
        energy = np.maximum(np.asarray(energy, np.float64), 0)
        return np.sqrt(self.noise**2 + 8 * np.log(2) * self.fano * PAIR_ENERGY * energy)

    def detected(self, energies: ArrayLike) -> np.ndarray:
        """Return the share of photons of these energies that is detected."""
        energies = np.asarray(energies, np.float64)
        grid, logarithm, share = _losses()
        return np.exp(-self.path * np.exp(np.interp(energies, grid, logarithm))) * np.interp(
            energies, grid, share
        )

    def lines(self, energies: Sequence[float] | np.ndarray, areas: ArrayLike, n_channels: int) -> np.ndarray:
        """Return the spectrum of lines of these areas (counts): (n_channels,) float64.

        Each has its escape peak, its tail and its shelf; together they keep the line's counts but for the
        shelf.
        """
        return self.spectra(energies, areas, np.zeros(len(energies), np.int64), 1, n_channels)[0]

    def spectra(
        self,
        energies: Sequence[float] | np.ndarray,
        areas: ArrayLike,
        owners: np.ndarray,
        n_spectra: int,
        n_channels: int,
    ) -> np.ndarray:
        """Return several spectra of lines at once: (n_spectra, n_channels) float64; see `lines`.

        Parameters
        ----------
        energies, areas : array, shape (lines,)
            keV and counts.
        owners : ndarray of int, shape (lines,)
            Number of the spectrum that each line belongs to.
        n_spectra, n_channels : int
        """
        energies, areas = np.asarray(energies, np.float64), np.asarray(areas, np.float64)
        escaping = self.escape * escape_share(energies)
        centres = np.concatenate([energies, energies - SILICON_KA])
        parts = np.concatenate([areas * (1 - escaping), areas * escaping])
        some = parts > 0
        of_part = np.concatenate([owners, owners])[some]
        peaks = _gaussians(self, centres[some], parts[some], of_part, (n_spectra, n_channels))
        if self.tail > 0:
            peaks = (1 - self.tail) * peaks + self.tail * self._tails(peaks)
        if self.shelf > 0:
            axis = self.energies(n_channels)
            weight = np.where(axis > 0, self.gain * self.shelf / np.maximum(axis, 0.5), 0)
            shelf = np.cumsum((peaks * weight)[:, ::-1], axis=1)[:, ::-1]
            peaks += np.where(axis > 0.2, shelf, 0)
        return peaks

    def gaussians(
        self, centres: np.ndarray, areas: np.ndarray, n_channels: int, widths: np.ndarray | None = None
    ) -> np.ndarray:
        """Return Gaussians of these areas (counts) and FWHM (by default the detector's), in keV."""
        owners = np.zeros(len(centres), np.int64)
        return _gaussians(self, centres, areas, owners, (1, n_channels), widths)[0]

    def _tails(self, peaks: np.ndarray) -> np.ndarray:
        """Return peaks spread exponentially towards lower energies, of the same area."""
        from scipy.signal import lfilter  # slow to import

        kept = np.exp(-self.gain / TAIL_LENGTH)
        return lfilter([1 - kept], [1, -kept], peaks[:, ::-1], axis=1)[:, ::-1]


def _gaussians(
    response: Response,
    centres: np.ndarray,
    areas: np.ndarray,
    owners: np.ndarray,
    shape: tuple[int, int],
    widths: np.ndarray | None = None,
) -> np.ndarray:
    """Return sums of Gaussians, one for each owner: (owners, channels) float64."""
    n_channels = shape[1]
    sigmas = (response.fwhm(centres) if widths is None else widths) / np.sqrt(8 * np.log(2)) / response.gain
    middles = (centres - response.offset) / response.gain
    starts = np.clip((middles - SIGMAS * sigmas).astype(np.int64), 0, n_channels)
    stops = np.clip((middles + SIGMAS * sigmas).astype(np.int64) + 2, 0, n_channels)
    lengths = np.maximum(stops - starts, 0)
    # All channels of all Gaussians, one after the other: `line` is the Gaussian of each.
    line = np.repeat(np.arange(len(centres)), lengths)
    channels = np.arange(len(line)) + (starts - np.cumsum(lengths) + lengths)[line]
    heights = areas / (sigmas * np.sqrt(2 * np.pi))
    counts = heights[line] * np.exp(-0.5 * ((channels - middles[line]) / sigmas[line]) ** 2)
    total = np.bincount(owners[line] * n_channels + channels, counts, shape[0] * n_channels)
    return total.reshape(shape)


@lru_cache(maxsize=1)
def _losses() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return energies in keV, the logarithm of air's attenuation per cm, and the detector's efficiency."""
    grid = np.geomspace(0.2, 120, 600)
    attenuation = [xraylib.CS_Total_CP(AIR, float(energy)) * AIR_DENSITY for energy in grid]
    return grid, np.log(attenuation), np.array([efficiency(float(energy)) for energy in grid])


def escape_share(energies: np.ndarray) -> np.ndarray:
    """Return the share of a line's counts that lies in its silicon escape peak, 1.74 keV lower.

    For photons that enter at right angles (Reed and Ware, Journal of Physics E 5, 1972, 582):
    0.5 · ω · (1 − 1/r) · (1 − µ(Si Ka)/µ(E) · ln(1 + µ(E)/µ(Si Ka))), with the K yield ω = 0.047 and the
    jump ratio r = 10.8 of silicon.

    Examples
    --------
    >>> escape_share(np.array([1.5, 3.69, 6.4])).round(4).tolist()
    [0.0, 0.0085, 0.003]
    """
    ratio = np.array([_attenuation(float(energy)) for energy in energies])
    share = 0.5 * SILICON_YIELD * (1 - 1 / SILICON_JUMP) * (1 - np.log1p(ratio) / ratio)
    return np.where(energies > SILICON_EDGE, share, 0.0)


@lru_cache(maxsize=16384)
def _attenuation(energy: float) -> float:
    """Return the attenuation of silicon at an energy, relative to that at its own Ka."""
    return float(xraylib.CS_Total(14, max(energy, 0.2)) / xraylib.CS_Total(14, SILICON_KA))

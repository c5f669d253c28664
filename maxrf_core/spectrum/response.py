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
STEP_LENGTH = 1.74  # keV; energy that an Auger electron of silicon carries away
BROADENING_STEP = 0.005  # sigma
WINGS = 100.0  # natural widths, farther than that beyond which a line is left out
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
        Share of a line's counts in an exponential tail below it: charge that is lost near the surface.
    tail_length : float
        keV in which the tail falls to 1/e.
    step : float
        Share of a line's counts that is spread evenly over the 1.74 keV below it: Auger electrons of silicon
        leave through the surface (Scholze and Procop, X-Ray Spectrometry 38, 2009, 312).
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
    tail_length: float = 0.15
    step: float = 0.002
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

    def lines(
        self,
        energies: Sequence[float] | np.ndarray,
        areas: ArrayLike,
        n_channels: int,
        natural: ArrayLike = 0.0,
    ) -> np.ndarray:
        """Return the spectrum of lines of these counts and natural widths in keV: (n_channels,) float64.

        Each has its escape peak, its tail, its step and its shelf; together they keep the line's counts but
        for the shelf.
        """
        return self.spectra(energies, areas, np.zeros(len(energies), np.int64), 1, n_channels, natural)[0]

    def spectra(
        self,
        energies: Sequence[float] | np.ndarray,
        areas: ArrayLike,
        owners: np.ndarray,
        n_spectra: int,
        n_channels: int,
        natural: ArrayLike = 0.0,
    ) -> np.ndarray:
        """Return several spectra of lines at once: (n_spectra, n_channels) float64; see `lines`.

        Parameters
        ----------
        energies, areas : array, shape (lines,)
            keV and counts.
        owners : ndarray of int, shape (lines,)
            Number of the spectrum that each line belongs to.
        n_spectra, n_channels : int
        natural : float or array, shape (lines,)
            Natural widths in keV.
        """
        energies, areas = np.asarray(energies, np.float64), np.asarray(areas, np.float64)
        natural = np.broadcast_to(np.asarray(natural, np.float64), energies.shape)
        escaping = self.escape * escape_share(energies)
        centres = np.concatenate([energies, energies - SILICON_KA])
        parts = np.concatenate([areas * (1 - escaping), areas * escaping])
        some = parts > 0
        of_part = np.concatenate([owners, owners])[some]
        peaks = _gaussians(self, centres[some], parts[some], of_part, (n_spectra, n_channels))
        if natural.any():
            peaks += _wings(self, energies, areas * (1 - escaping), natural, owners, peaks.shape)
        if self.tail > 0:
            peaks = (1 - self.tail) * peaks + self.tail * self._tails(peaks)
        if self.step > 0:
            peaks = (1 - self.step) * peaks + self.step * self._steps(peaks)
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

        kept = np.exp(-self.gain / self.tail_length)
        return lfilter([1 - kept], [1, -kept], peaks[:, ::-1], axis=1)[:, ::-1]

    def _steps(self, peaks: np.ndarray) -> np.ndarray:
        """Return peaks spread evenly over `STEP_LENGTH` below them, of the same area."""
        length = max(1, round(STEP_LENGTH / self.gain))
        n_channels = peaks.shape[1]
        beyond = np.zeros((len(peaks), n_channels + length))  # counts at a channel and above
        beyond[:, :n_channels] = np.cumsum(peaks[:, ::-1], axis=1)[:, ::-1]
        return (beyond[:, :n_channels] - beyond[:, length:]) / length


def _gaussians(
    response: Response,
    centres: np.ndarray,
    areas: np.ndarray,
    owners: np.ndarray,
    shape: tuple[int, int],
    widths: np.ndarray | None = None,
) -> np.ndarray:
    """Return sums of Gaussians, one for each owner: (owners, channels) float64."""
    sigmas = (response.fwhm(centres) if widths is None else widths) / np.sqrt(8 * np.log(2)) / response.gain
    middles = (centres - response.offset) / response.gain
    line, channels = _spans(middles, SIGMAS * sigmas, shape[1])
    heights = areas / (sigmas * np.sqrt(2 * np.pi))
    counts = heights[line] * np.exp(-0.5 * ((channels - middles[line]) / sigmas[line]) ** 2)
    return np.bincount(owners[line] * shape[1] + channels, counts, shape[0] * shape[1]).reshape(shape)


def _wings(
    response: Response,
    centres: np.ndarray,
    areas: np.ndarray,
    natural: np.ndarray,
    owners: np.ndarray,
    shape: tuple[int, ...],
) -> np.ndarray:
    """Return what natural widths in keV add to the sums of Gaussians, to their first order."""
    sigmas = response.fwhm(centres) / np.sqrt(8 * np.log(2)) / response.gain
    middles = (centres - response.offset) / response.gain
    natural = natural / response.gain
    line, channels = _spans(middles, np.where(natural > 0, SIGMAS * sigmas + WINGS * natural, 0), shape[1])
    heights = areas * natural / sigmas**2 / np.sqrt(2 * np.pi)
    counts = heights[line] * _broadening((channels - middles[line]) / sigmas[line])
    return np.bincount(owners[line] * shape[1] + channels, counts, shape[0] * shape[1]).reshape(shape)


def _spans(middles: np.ndarray, reaches: np.ndarray, n_channels: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the channels that lines reach, one line after the other, and the line of each."""
    starts = np.clip((middles - reaches).astype(np.int64), 0, n_channels)
    stops = np.clip((middles + reaches).astype(np.int64) + 2, 0, n_channels)
    lengths = np.maximum(stops - starts, 0)
    line = np.repeat(np.arange(len(middles)), lengths)
    return line, np.arange(len(line)) + (starts - np.cumsum(lengths) + lengths)[line]


def _broadening(distances: np.ndarray) -> np.ndarray:
    """Return what a natural width of one sigma adds to a Gaussian of height 1, at distances in sigma."""
    table = _broadening_table()
    place = np.minimum(np.abs(distances) / BROADENING_STEP, len(table) - 1)
    near = table[place.astype(np.int64)]
    return np.where(place < len(table) - 1, near, 1 / np.maximum(np.sqrt(2 * np.pi) * distances**2, 1))


@lru_cache(maxsize=1)
def _broadening_table() -> np.ndarray:
    """Return `_broadening` in steps: the derivative of the Voigt profile by the natural width at 0.

    (2 z F(z) − 1) / sqrt(2π) with z = distance / sqrt(2) and Dawson's function F; far out it is that of a
    Lorentzian, 1 / (sqrt(2π) · distance²).
    """
    from scipy.special import dawsn  # slow to import

    z = (np.arange(round(10 / BROADENING_STEP) + 1) + 0.5) * BROADENING_STEP / np.sqrt(2)
    return (2 * z * dawsn(z) - 1) / np.sqrt(2 * np.pi)


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

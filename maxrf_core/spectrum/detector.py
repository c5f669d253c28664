"""Response of a silicon drift detector: widths of lines and efficiency."""

import numpy as np
import xraylib
from numpy.typing import ArrayLike

DETECTOR_THICKNESS = 0.045  # cm of silicon, as in most silicon drift detectors
SILICON_DENSITY = 2.33  # g/cm³
MIN_ENERGY = 0.11  # keV; xraylib has no cross-sections below 0.1 keV

# Width of a line: electronic noise and charge statistics, fitted to spectra of pure elements
# measured with a silicon drift detector (107 eV at S Ka, 146 eV at Fe Ka).
ELECTRONIC_NOISE = 0.0767  # keV, full width at half maximum
FANO_FACTOR = 0.119
PAIR_ENERGY = 0.00366  # keV for one electron-hole pair in silicon


def fwhm(energy: ArrayLike) -> np.ndarray:
    """Return the full width at half maximum of a line as measured by a silicon drift detector.

    sqrt(noise² + 2.355² · F · ε · E): electronic noise, and the statistics of electron-hole pairs of
    ε = 3.66 eV with the Fano factor F (Fano, Physical Review 72, 1947, 26).

    Parameters
    ----------
    energy : float or array
        keV.

    Returns
    -------
    ndarray of float64
        keV, of the shape of `energy`.

    Examples
    --------
    >>> round(float(fwhm(6.4)), 3)
    0.146
    """
    energy = np.maximum(np.asarray(energy, dtype=np.float64), 0)
    return np.sqrt(ELECTRONIC_NOISE**2 + 8 * np.log(2) * FANO_FACTOR * PAIR_ENERGY * energy)


def gaussian(energies: np.ndarray, centre: float, width: float | None = None) -> np.ndarray:
    """Return a line of unit area (in keV) at an energy; `width` is its FWHM in keV, by default `fwhm`."""
    sigma = float(fwhm(centre) if width is None else width) / np.sqrt(8 * np.log(2))
    return np.exp(-0.5 * ((energies - centre) / sigma) ** 2) / (sigma * np.sqrt(2 * np.pi))


def efficiency(energy: float) -> float:
    """Return the share of photons of an energy in keV that the detector absorbs."""
    attenuation = xraylib.CS_Total(14, max(energy, MIN_ENERGY)) * SILICON_DENSITY
    return float(-np.expm1(-attenuation * DETECTOR_THICKNESS))

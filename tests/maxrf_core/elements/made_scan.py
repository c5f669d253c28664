"""A small scan whose elements, and the counts of each in every pixel, are known."""

from functools import cache

import numpy as np

from maxrf_core.elements.analysis import analyse
from maxrf_core.spectrum.calibration import Calibration, SpectralAxis
from maxrf_core.spectrum.elements import Tube
from maxrf_core.spectrum.model import Instrument
from maxrf_core.spectrum.response import Response

SHAPE = (30, 28)
N = 1300
TUBE = Tube("Rh", 50)
CALIBRATION = Calibration(0.02, -0.5)
INSTRUMENT = Instrument(TUBE, Response(-0.5, 0.02, shelf=0.01, tail=0.01))
AXIS = SpectralAxis(CALIBRATION.energies(N), "keV")
# Mean counts of a pixel where the element is; each lies in another part of the scan, and they overlap.
COUNTS = {"Fe-K": 600.0, "Ca-K": 500.0, "Ti-K": 300.0, "Ba-L": 300.0, "Pb-L": 700.0, "Cu-K": 300.0}


@cache
def truth():
    """Return the mean counts of each family in each pixel, (families, rows, columns)."""
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    parts = [
        0.5 + 0.5 * np.sin(x / 3 + number) * np.cos(y / (4 + number) + 2 * number) > 0.45
        for number in range(len(COUNTS))
    ]
    return np.array([part * counts for part, counts in zip(parts, COUNTS.values(), strict=True)])


@cache
def made_counts(without=()):
    """Draw the counts of the scan, (rows, columns, channels) uint16, without some of its families."""
    energies = INSTRUMENT.response.energies(N)
    hump = np.exp(-0.5 * ((energies - 11) / 5) ** 2) * (energies > 0.3)
    scatter = INSTRUMENT.scatter(N)
    every = 900 * hump / hump.sum() + 150 * scatter["Rh Compton narrow"] + 30 * scatter["Rh Rayleigh K"]
    shapes = np.array([INSTRUMENT.family(name, N) for name in COUNTS])
    kept = np.array([name not in without for name in COUNTS])[:, np.newaxis, np.newaxis]
    mean = np.einsum("fyx,fc->yxc", truth() * kept, shapes) + every
    return np.random.default_rng(3).poisson(mean).astype(np.uint16)


@cache
def analysed(without=()):
    """Analyse the mean spectrum of the scan."""
    return analyse(made_spectrum(without), AXIS, TUBE)


def made_spectrum(without=()):
    """Return the sum of all pixels' counts."""
    return made_counts(without).sum(axis=(0, 1), dtype=np.float64)

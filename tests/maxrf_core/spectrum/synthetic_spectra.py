"""Spectra whose composition is known, made from the model's own columns."""

import numpy as np

from maxrf_core.spectrum.elements import Tube
from maxrf_core.spectrum.model import Instrument
from maxrf_core.spectrum.response import Response

N = 2600
INSTRUMENT = Instrument(Tube("Rh", 50), Response(-0.95, 0.01, shelf=0.01, tail=0.01))
CHANNELS = slice(195, 2500)
COUNTS = {"Fe-K": 400_000, "Ca-K": 300_000, "Ti-K": 150_000, "Pb-L": 250_000, "Cu-K": 100_000}
CONTINUUM = 2_000_000


def mean_of(counts=COUNTS, instrument=INSTRUMENT, continuum=CONTINUUM):
    """Return the expected counts of a spectrum with these counts of families, scatter and a continuum."""
    energies = instrument.response.energies(N)
    hump = np.exp(-0.5 * ((energies - 11) / 5) ** 2) * (energies > 0.3)
    total = continuum * hump / hump.sum()
    for name, area in counts.items():
        total = total + area * instrument.family(name, N)
    scatter = instrument.scatter(N)
    return total + 100_000 * scatter["Rh Compton narrow"] + 20_000 * scatter["Rh Rayleigh K"]


def spectrum_of(counts=COUNTS, instrument=INSTRUMENT, seed=0):
    """Draw counts."""
    return np.random.default_rng(seed).poisson(mean_of(counts, instrument)).astype(np.float64)

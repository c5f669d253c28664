"""The straight line from channel to energy, which is all that several formats can hold of the energies."""

from contextlib import suppress

import numpy as np

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import MaxrfError
from maxrf_core.language import Note
from maxrf_core.names import ENERGIES
from maxrf_core.spectrum.calibration import Calibration

MAX_DEVIATION = 1e-3  # channels, below which nobody is told of it


def energy_line(ds: DataStack) -> Calibration | None:
    """Return the line on which the energies of a scan lie; None if it is not calibrated.

    It is exact if the energies come from a gain and an offset, and the best line by least squares if not.
    """
    axis = ds.axis
    if axis.unit != "keV":
        return None
    energies = axis.values
    if len(energies) == 1:
        return Calibration(1.0, float(energies[0]), "one channel")
    for line in _candidates(ds, energies):
        if np.array_equal(line.energies(len(energies)), energies):
            return line
    gain, offset = np.polynomial.Polynomial.fit(np.arange(len(energies)), energies, 1).convert().coef[::-1]
    return Calibration(float(gain), float(offset), "least squares")


def _candidates(ds: DataStack, energies: np.ndarray) -> list[Calibration]:
    gain, offset = float(energies[-1] - energies[0]) / (len(energies) - 1), float(energies[0])
    found = [
        Calibration(value, offset)
        for value in (gain, round(gain, 12), round(gain, 9), round(gain, 6))
        if value > 0
    ]
    with suppress(MaxrfError, KeyError, TypeError, ValueError):  # another program's attributes
        told = ds.attributes(ENERGIES)
        found.insert(0, Calibration(float(told["gain"]), float(told["offset"])))
    return found


def line_notes(ds: DataStack, line: Calibration | None) -> list[str]:
    """Return a sentence on what a straight line loses of the energies; none if that is next to nothing."""
    if line is None:
        return []
    energies = ds.axis.values
    deviation = float(np.abs(line.energies(len(energies)) - energies).max())
    if deviation <= MAX_DEVIATION * line.gain:
        return []
    return [
        Note(
            "The energies do not lie on a straight line, which is all that this format can hold: "
            "it is up to {deviation:.2g} eV off.",
            deviation=1000 * deviation,
        )
    ]

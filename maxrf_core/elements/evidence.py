"""Evidence for a line family in a spectrum: its lines, their ratio and place, and what else explains them."""

from dataclasses import dataclass

import numpy as np

from maxrf_core.elements.analysis import local_share
from maxrf_core.elements.candidates import lines_of
from maxrf_core.spectrum.fit import (
    MIN_VARIANCE,
    SpectrumFit,
    inverse_of_normal,
    misfit,
    nnls_of_normal,
)
from maxrf_core.spectrum.model import Instrument

MIN_SPLITTING = 0.9  # of a line's width; a second line nearer than that is not seen as one
MIN_SECOND_SHARE = 0.02  # of a family's counts, to be a second line


@dataclass(frozen=True)
class Evidence:
    """Evidence of one family in a spectrum.

    Attributes
    ----------
    family : str
    counts, error : float
        Net counts, and their standard deviation with the misfit of the model.
    share : float
        Share of the fitted counts at the strongest line, 0 to 1.
    shift, shift_error : float
        keV between the fitted and the true place of the lines.
    second : float
        Counts of the second group of lines relative to what the tables expect; NaN if the family shows only
        one line.
    second_error : float
        Standard deviation of `second`.
    gain : float
        Rise of chi² if the family is left out and all others may replace it.
    rival : str
        The family that replaces it best; empty if none.
    """

    family: str
    counts: float
    error: float
    share: float
    shift: float
    shift_error: float
    second: float
    second_error: float
    gain: float
    rival: str

    @property
    def significance(self) -> float:
        """Counts in units of their error."""
        return self.counts / max(self.error, 1e-9)


class Examination:
    """Examination of the families of one spectrum.

    Parameters
    ----------
    instrument : Instrument
    fit : SpectrumFit
        Of the spectrum by all candidates.
    spectrum : ndarray, shape (channels,)
        Counts.
    """

    def __init__(self, instrument: Instrument, fit: SpectrumFit, spectrum: np.ndarray) -> None:
        self._instrument, self._fit, self._model = instrument, fit, fit.model
        channels = fit.model.channels
        self._channels = channels
        self._values = spectrum[channels].astype(np.float64)
        self._columns = fit.model.columns[:, channels]
        expected = np.maximum(fit.fitted[channels], MIN_VARIANCE)
        deviations = (self._values - fit.fitted[channels]) ** 2 / expected
        self._weights = 1 / (expected * misfit(deviations))
        # The normal equations of all columns: a fit without one of them, or with others, uses parts of them.
        weighted = self._columns * self._weights
        self._gram = weighted @ self._columns.T
        self._right = weighted @ self._values
        self._chi2 = self._chi2_of(nnls_of_normal(self._gram, self._right), self._columns)

    def evidence(self, family: str) -> Evidence:
        """Return the evidence for a family of the model."""
        number = self._model.index(family)
        second, second_error = self._second(family, number)
        shift, shift_error = self._shift(number)
        gain, rival = self._without(number)
        return Evidence(
            family,
            float(self._fit.areas[number]),
            float(self._fit.errors[number]),
            local_share(self._fit, family),
            shift,
            shift_error,
            second,
            second_error,
            gain,
            rival,
        )

    def _chi2_of(self, areas: np.ndarray, columns: np.ndarray) -> float:
        used = areas > 0
        return float(((self._values - areas[used] @ columns[used]) ** 2) @ self._weights)

    def _first_two(self, columns: np.ndarray, number: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the amounts of two columns and their variances, fitted with those that are used.

        Parameters
        ----------
        columns : ndarray, shape (2, fitted channels)
        number : int
            A column of the model that is not used.
        """
        used = self._fit.areas > 0
        used[number] = False
        weighted = columns * self._weights
        beside = (weighted @ self._columns.T)[:, used]
        gram = np.block([[weighted @ columns.T, beside], [beside.T, self._gram[np.ix_(used, used)]]])
        inverse = inverse_of_normal(gram, 2)
        amounts = inverse @ np.concatenate([weighted @ self._values, self._right[used]])
        of_used: np.ndarray = np.zeros((2, len(used)))
        of_used[:, used] = inverse[:, 2:]
        rows = inverse[:, :2] @ columns + of_used @ self._columns
        return amounts, (rows**2) @ self._weights

    def _second(self, family: str, number: int) -> tuple[float, float]:
        """Return the counts of the second group of lines, relative to the expected ones, and their error."""
        lines = lines_of(family, self._instrument.tube, self._instrument.response)
        if lines is None:
            return np.nan, np.nan
        width = float(self._instrument.response.fwhm(lines.main_energy))
        low, high = self._energy_range()
        # A line at the end of the axis cannot be told from a rising continuum.
        seen = (lines.energies > low) & (lines.energies < high - self._instrument.response.fwhm(high))
        apart = seen & (np.abs(lines.energies - lines.main_energy) > MIN_SPLITTING * width)
        if family.endswith(
            "-K"
        ):  # beside Ka1, Ka2 of a heavy element would be one peak's width, no second line
            apart &= np.array([group == "Kb" for group in lines.groups])
        if lines.intensities[apart].sum() < MIN_SECOND_SHARE or family.endswith("-M"):
            return np.nan, np.nan
        n, response = len(self._fit.fitted), self._instrument.response
        parts = response.spectra(
            lines.energies, lines.intensities, apart.astype(np.int64), 2, n, lines.widths
        )
        amounts, variances = self._first_two(parts[:, self._channels], number)
        if amounts[0] <= 0:
            return 0.0, np.inf
        return float(amounts[1] / amounts[0]), float(np.sqrt(variances[1]) / amounts[0])

    def _energy_range(self) -> tuple[float, float]:
        energies = self._instrument.response.energies(len(self._fit.fitted))
        return energies[self._channels.start], energies[self._channels.stop - 1]

    def _shift(self, number: int) -> tuple[float, float]:
        """Return how far a family's lines lie from their place, and its error, in keV."""
        area = self._fit.areas[number]
        if area <= 0:
            return 0.0, np.inf
        column = self._columns[number]
        slope = -np.gradient(column) / self._instrument.response.gain  # by the energy of the lines
        amounts, variances = self._first_two(np.stack([slope, column]), number)
        return float(amounts[0] / area), float(np.sqrt(variances[0]) / area)

    def _without(self, number: int) -> tuple[float, str]:
        """Return the rise of chi² without a family, and the family that replaces it best."""
        kept = np.delete(np.arange(len(self._columns)), number)
        areas = nnls_of_normal(self._gram[np.ix_(kept, kept)], self._right[kept])
        gain = self._chi2_of(areas, self._columns[kept]) - self._chi2
        strongest = self._columns[number].argmax()
        more = (areas - self._fit.areas[kept]) * self._columns[kept][:, strongest]
        n_families = self._model.n_families
        candidates = [place for place, column in enumerate(kept) if column < n_families]
        if not candidates:
            return gain, ""
        best = max(candidates, key=lambda place: more[place])
        lost = self._fit.areas[number] * self._columns[number][strongest]
        return gain, self._model.names[kept[best]] if more[best] > 0.3 * lost else ""

"""Cost of a hypothesis of a spectrum's energies: what the line families leave unexplained."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from maxrf_core.spectrum.background import pieces, snip
from maxrf_core.spectrum.calibration_templates import LOW, N_STEPS, STEP, templates
from maxrf_core.spectrum.hypothesis_fit import ChannelWidths, FittedAreas, fit_areas
from maxrf_core.spectrum.measured_peaks import MeasuredPeaks
from maxrf_core.spectrum.peaks import as_spectrum

N_BACKGROUND = 12
TAILS = (0.5, 1.5, 4.0)  # widths of the zero peak over which its tail falls to 1/e
BINS_PER_WIDTH = 5
# What the shapes are trusted to: shares of the line's counts, of the background and of a line nearby, and the
# part of a width by which a line may lie beside its place.
LINE_ERROR, BACKGROUND_ERROR, WING_ERROR, SHIFT_ERROR = 0.04, 0.01, 0.004, 0.06
WING_BINS = 25
CAP = 50.0  # squared deviation above which its logarithm counts
PENALTY_WEIGHT = 4.0
MIN_SIGNIFICANCE = 3.0  # of a family's counts
MAX_STEP = 0.08  # keV by which one step of a refinement moves the energies


@dataclass(frozen=True, eq=False)
class HypothesisFit:
    """A fitted hypothesis.

    Attributes
    ----------
    gain, offset : float
        keV per channel, keV.
    unexplained : float
        Cost of what no family explains.
    penalty : float
        Sum of the penalties of the families used.
    families : tuple of (name, significance)
        The most significant first.
    """

    gain: float
    offset: float
    unexplained: float
    penalty: float
    families: tuple[tuple[str, float], ...]

    @property
    def cost(self) -> float:
        """Cost of what is unexplained and of the families needed."""
        return self.unexplained + PENALTY_WEIGHT * self.penalty


class BinnedSpectrum:
    """A spectrum in bins of a fifth of a line's width, with its background and errors.

    They depend on no hypothesis, so that costs can be compared.

    Parameters
    ----------
    spectrum : array, shape (channels,)
        Counts.
    peaks : MeasuredPeaks
    kv, anode
        The tube.
    """

    def __init__(self, spectrum: ArrayLike, peaks: MeasuredPeaks, kv: float, anode: str | None) -> None:
        from scipy.ndimage import maximum_filter1d  # slow to import
        from scipy.signal import fftconvolve

        counts = np.clip(as_spectrum(spectrum), 0, None)
        n = len(counts)
        self.peaks, self.kv, self.anode, self.n_channels = peaks, kv, anode, n
        widths = peaks.widths_at(np.arange(n))
        photons = counts.copy()
        photons[: peaks.first] = photons[min(peaks.first, n - 1)]
        background = snip(photons, ChannelWidths(widths))
        above = np.cumsum(counts) < counts.sum() - 3  # a few counts at the end tell nothing
        last = int(np.flatnonzero(above)[-1]) if above.any() else n - 1
        self.edges = _edges(widths, peaks.first, last + 1)
        total = _sums(counts, self.edges)
        self.background = _sums(background, self.edges)
        self.parts = 2 * _sums(1 / widths, self.edges)  # of a line's width, twice
        net = total - self.background
        smooth = np.convolve(net, (0.25, 0.5, 0.25), "same")
        variance = (
            np.maximum(total, 1)
            + (LINE_ERROR * np.maximum(net, 0)) ** 2
            + (BACKGROUND_ERROR * self.background) ** 2
            + (SHIFT_ERROR * BINS_PER_WIDTH * np.gradient(smooth)) ** 2
            + (WING_ERROR * maximum_filter1d(np.maximum(smooth, 0), WING_BINS)) ** 2
        )
        self.inverse_error = 1 / np.sqrt(variance)
        self.net = net * self.inverse_error
        self.nothing = float((_capped(self.net**2) * self.parts).sum())
        always = [pieces(self.background, 0, len(self.background), N_BACKGROUND)]
        if peaks.zero_width is not None:
            centres = (self.edges[:-1] + self.edges[1:]) / 2 - peaks.first
            always += [np.exp(-centres / (tail * peaks.zero_width))[np.newaxis] for tail in TAILS]
        self.always = np.concatenate(always)
        strong = counts - background
        strong[: peaks.first] = 0
        strong[strong < 0.02 * strong.max()] = 0
        self._sum_peaks = np.clip(fftconvolve(strong, strong), 0, None)

    def fit(self, gain: float, offset: float, noise: float, refine: int = 0) -> HypothesisFit | None:
        """Fit the families at a gain and an offset, which are first improved in `refine` steps.

        Returns None if nothing can be fitted.
        """
        for _step in range(refine):
            found = self._fitted(gain, offset, noise)
            if found is None:
                return None
            columns, areas, used, residuals = found
            lines = used < len(templates(noise, self.kv, self.anode).names)
            moved = self._improvement((areas[:, np.newaxis] * columns)[lines].sum(axis=0), residuals, gain)
            gain, offset = gain + moved[1], offset + moved[0]
            if gain <= 0:
                return None
        found = self._fitted(gain, offset, noise)
        return None if found is None else self._summary(gain, offset, noise, found)

    def _fitted(self, gain: float, offset: float, noise: float) -> FittedAreas | None:
        shapes = templates(noise, self.kv, self.anode)
        places = np.clip(((self.edges - 0.5) * gain + offset - LOW) / STEP + 0.5, 0, N_STEPS - 1e-6)
        below = places.astype(np.int64)
        part = places - below
        sums = shapes.cumulated[:, below] * (1 - part) + shapes.cumulated[:, below + 1] * part
        columns = np.vstack([np.diff(sums, axis=1), self._sums_at(gain, offset), self.always])
        fitted = fit_areas(columns, self.net, self.inverse_error, len(self.always))
        others = None if fitted is None else _other_tubes(shapes.scattering, fitted)
        if others is None or not len(others):
            return fitted
        columns[others] = 0
        return fit_areas(columns, self.net, self.inverse_error, len(self.always))

    def _sums_at(self, gain: float, offset: float) -> np.ndarray:
        """Return the sum peaks of the spectrum's own lines at this offset, of unit area."""
        source = np.arange(self.n_channels) + round(offset / gain)
        inside = (source >= 0) & (source < len(self._sum_peaks))
        spread = np.zeros(self.n_channels)
        spread[inside] = self._sum_peaks[source[inside]]
        sums = _sums(spread, self.edges)
        return sums / max(float(sums.sum()), 1.0)

    def _improvement(self, lines: np.ndarray, residuals: np.ndarray, gain: float) -> np.ndarray:
        """Return the change of offset and gain that reduces the residuals most, by linear least squares."""
        centres = (self.edges[:-1] + self.edges[1:] - 1) / 2
        sizes = np.diff(self.edges)
        slope = np.gradient(lines / sizes, centres) * sizes / gain
        scale = max(float(centres[-1]), 1.0)
        columns = np.stack([slope, slope * centres / scale], axis=1) * self.inverse_error[:, np.newaxis]
        robust = 1 / (1 + (residuals / 3) ** 2)
        gram = columns.T @ (columns * robust[:, np.newaxis])
        gram += 1e-6 * np.trace(gram) * np.eye(2) + 1e-12 * np.eye(2)
        moved = np.linalg.solve(gram, columns.T @ (residuals * robust))
        largest = np.abs(moved[0] + moved[1] * centres / scale).max()
        moved *= min(1.0, MAX_STEP / max(float(largest), 1e-9))
        return moved / (1.0, scale)

    def _summary(self, gain: float, offset: float, noise: float, fitted: FittedAreas) -> HypothesisFit:
        columns, areas, used, residuals = fitted
        shapes = templates(noise, self.kv, self.anode)
        strengths = areas * np.sqrt(((columns * self.inverse_error) ** 2).sum(axis=1))
        families, penalty = [], 0.0
        for number, strength in zip(used, strengths, strict=True):
            if number < len(shapes.names) and strength > MIN_SIGNIFICANCE:
                families.append((shapes.names[number], float(strength)))
                penalty += shapes.penalties[number] * min(np.log1p(strength / MIN_SIGNIFICANCE), 3)
        families.sort(key=lambda family: -family[1])
        unexplained = float((_capped(residuals**2) * self.parts).sum())
        return HypothesisFit(gain, offset, unexplained, float(penalty), tuple(families))


def _other_tubes(scattering: Mapping[str, np.ndarray], fitted: FittedAreas) -> np.ndarray:
    """Return the scatter templates of all tubes but that which scatters most; empty if only one does."""
    _columns, areas, used, _residuals = fitted
    total = {anode: float(areas[np.isin(used, rows)].sum()) for anode, rows in scattering.items()}
    if sum(each > 0 for each in total.values()) < 2:
        return np.zeros(0, np.int64)
    best = max(total, key=total.__getitem__)
    return np.concatenate([rows for anode, rows in scattering.items() if anode != best])


def _edges(widths: np.ndarray, first: int, stop: int) -> np.ndarray:
    edges = [first]
    while edges[-1] < stop:
        width = widths[min(edges[-1], len(widths) - 1)]
        edges.append(edges[-1] + max(1, round(float(width) / BINS_PER_WIDTH)))
    return np.minimum(np.array(edges), len(widths))


def _sums(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    return np.diff(np.concatenate([[0.0], np.cumsum(values)])[edges])


def _capped(squares: np.ndarray) -> np.ndarray:
    """Return squares, above `CAP` growing with their logarithm only."""
    return np.where(squares < CAP, squares, CAP * (1 + np.log(np.maximum(squares, CAP) / CAP)))

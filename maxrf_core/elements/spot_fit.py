"""Fit of the spectrum of one pixel or of a region, with the numbers of the element maps."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maxrf_core.elements.analysis import Analysis
from maxrf_core.elements.maps import DETECTION, chosen_families, map_model, weighted_fit
from maxrf_core.errors import CalibrationError
from maxrf_core.language import _
from maxrf_core.spectrum.background import valid_counts
from maxrf_core.spectrum.fit import MIN_VARIANCE, misfit


@dataclass(frozen=True, eq=False)
class SpotFit:
    """The fitted spectrum of some pixels.

    Attributes
    ----------
    families : tuple of str
        Those of the maps first, then the rivals that were fitted with them.
    net : ndarray, shape (families,)
        Net counts of all pixels together; they may be negative, as noise is.
    sigma : ndarray, shape (families,)
        Their standard deviation from counting.
    error : ndarray, shape (families,)
        Their standard deviation with the local misfit of the model, at least `sigma`.
    pixels : int
        Number of pixels.
    chi2 : float
        Weighted mean square of the deviations relative to what counting alone explains: about 1 where nothing
        is missing from the model.
    fitted : ndarray, shape (channels,)
        Counts of the whole model; NaN in channels that are not fitted.
    """

    families: tuple[str, ...]
    net: np.ndarray
    sigma: np.ndarray
    error: np.ndarray
    pixels: int
    chi2: float
    fitted: np.ndarray

    @property
    def limits(self) -> np.ndarray:
        """Detection limit of each family in net counts: 3.3 standard deviations, with the misfit."""
        return DETECTION * self.error

    @property
    def seen(self) -> np.ndarray:
        """True for the families that are above their detection limit, (families,) bool."""
        return self.net > self.limits


def fit_spot(
    analysis: Analysis, spectrum: np.ndarray, families: Sequence[str] | None = None, pixels: int = 1
) -> SpotFit:
    """Fit the spectrum of a pixel or of a region with the columns and the weights of the element maps.

    The net counts are the sums of the maps over the same pixels, and the variances too.

    Parameters
    ----------
    analysis : Analysis
        Of the scan's mean spectrum.
    spectrum : ndarray, shape (channels,)
        Sum of the counts of the pixels; missing values are 0.
    families : sequence of str, optional
        Those of the maps; by default all that are present in the scan.
    pixels : int
        Number of pixels that were summed.

    Raises
    ------
    CalibrationError
        If the spectrum has other channels than the scan, or a family has no line in it.
    """
    if np.shape(spectrum) != analysis.spectrum.shape:
        words = _("This spectrum has not the {count} channels of the scan whose model is fitted to it.")
        raise CalibrationError(words.format(count=len(analysis.spectrum)))
    wanted = chosen_families(analysis, families)
    model = map_model(analysis, wanted)
    columns, weights, rows = weighted_fit(analysis, model)
    counts = valid_counts(spectrum)[model.channels]
    amounts = rows @ counts
    fitted = amounts @ columns
    squares = (counts - fitted) ** 2
    # The fit is a projection P, so a channel's noise adds w (1 − P) of its variance to the weighted squares.
    expected = weights * (1 - np.einsum("kc,kc->c", columns, rows))
    local = misfit(squares / np.maximum(fitted, MIN_VARIANCE))
    names = (*wanted, *(name for name in model.families if name not in wanted))
    order = [model.index(name) for name in names]
    used = rows[order] ** 2
    on_axis = np.full(len(analysis.spectrum), np.nan)
    on_axis[model.channels] = fitted
    return SpotFit(
        names,
        amounts[order],
        np.sqrt(used @ counts),
        np.sqrt(used @ (counts * local)),
        pixels,
        float(weights @ squares / max(expected @ counts, 1e-300)),
        on_axis,
    )


def largest_deviation(analysis: Analysis, spectrum: np.ndarray, fit: SpotFit) -> tuple[float, float, float]:
    """Return where a spectrum deviates most from its fit, within the width of a line.

    Parameters
    ----------
    analysis : Analysis
    spectrum : ndarray, shape (channels,)
        That was fitted.
    fit : SpotFit

    Returns
    -------
    energy : float
        keV.
    counts : float
        Counts more than the model; negative if fewer.
    error : float
        Their standard deviation from counting.
    """
    fitted = np.isfinite(fit.fitted)
    energies, counts = analysis.energies[fitted], valid_counts(spectrum)[fitted]
    half = np.asarray(analysis.instrument.response.fwhm(energies)) / 2
    starts, stops = (np.searchsorted(energies, energies + side * half) for side in (-1, 1))
    expected = np.maximum(fit.fitted[fitted], 0)
    more, variance = (
        (sums := np.concatenate([[0.0], np.cumsum(values)]))[stops] - sums[starts]
        for values in (counts - fit.fitted[fitted], expected)
    )
    errors = np.sqrt(np.maximum(variance, MIN_VARIANCE))
    worst = int((np.abs(more) / errors).argmax())
    return float(energies[worst]), float(more[worst]), float(errors[worst])

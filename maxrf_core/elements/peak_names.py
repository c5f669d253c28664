"""Names of the peaks of a scan's spectrum, from the identification of its elements."""

from collections.abc import Mapping, Sequence

import numpy as np

from maxrf_core.elements.analysis import Analysis
from maxrf_core.elements.contributions import SCATTER, Contribution, contributions, half_window
from maxrf_core.elements.identify import ABSENT, POSSIBLE, Identification
from maxrf_core.spectrum.fit import SpectrumFit, fit_spectrum
from maxrf_core.spectrum.instrument_fit import MODEL_ERROR
from maxrf_core.spectrum.model import build_model

UNKNOWN = "?"
MIN_EXPLAINED = 0.5  # of a peak's counts, by what is sure or possible; with less it is not explained
MIN_SIGNIFICANCE = 3.3  # sigma of the counts of the strongest contribution
MIN_HEIGHT = 0.02  # of all counts in the window; less may be an error of the model


def name_peaks(
    analysis: Analysis,
    identification: Identification,
    channels: Sequence[int] | np.ndarray,
    spectrum: np.ndarray | None = None,
) -> list[str]:
    """Return the name of each peak: the line that contributes most of the fitted counts there.

    Only lines of elements that are sure or possible are named; those of possible ones end with "?". An
    energy at which such lines explain less than half of the peak is named "?".

    Parameters
    ----------
    analysis : Analysis
    identification : Identification
        Of the same scan.
    channels : sequence of int
        Channels of the peaks.
    spectrum : ndarray, shape (channels,), optional
        Another spectrum of the scan in which the peaks were found, such as the max spectrum. It is fitted
        for the peaks that the mean spectrum does not show.

    Returns
    -------
    list of str
        Such as ``"Fe Ka"``, ``"As Ka?"``, ``"Rh Ka Compton"``, ``"Ca Ka escape"``, ``"2×Fe Ka sum"``,
        ``"?"``; empty outside the energies that were fitted.
    """
    statuses = {finding.element: finding.status for finding in identification.findings}
    first = [_name(analysis, analysis.fit, analysis.spectrum, int(each), statuses) for each in channels]
    if spectrum is None or UNKNOWN not in first:
        return first
    fit = _fit_by_found(analysis, identification, spectrum)
    second = [_name(analysis, fit, spectrum, int(each), statuses) for each in channels]
    return [other if name == UNKNOWN else name for name, other in zip(first, second, strict=True)]


def name_of(contribution: Contribution, statuses: Mapping[str, str]) -> str:
    """Return the label of a contribution, with "?" if its element is only possible."""
    is_possible = contribution.family and statuses.get(contribution.element) == POSSIBLE
    return contribution.label + (UNKNOWN if is_possible else "")


def net_counts(
    analysis: Analysis,
    fit: SpectrumFit,
    spectrum: np.ndarray,
    energy: float,
    there: Sequence[Contribution],
) -> tuple[float, float]:
    """Return the counts of a peak with these contributions, net and with all that lies beneath it.

    Counts within half a line's width to each side; net ones are what is measured, less the background, tails
    and shelves of the fit.
    """
    inside = np.abs(analysis.energies - energy) <= half_window(analysis.instrument.response, energy)
    measured, fitted = float(spectrum[inside].sum()), float(fit.fitted[inside].sum())
    beneath = max(fitted - sum(each.counts for each in there), 0.0)
    return measured - beneath, measured


def stands_out(counts: float, measured: float) -> bool:
    """Return True if net counts are more than noise, and than an error of the model, among those measured."""
    return counts > max(MIN_SIGNIFICANCE * max(measured, 1.0) ** 0.5, MIN_HEIGHT * measured)


def _name(
    analysis: Analysis, fit: SpectrumFit, spectrum: np.ndarray, channel: int, statuses: Mapping[str, str]
) -> str:
    if not analysis.channels.start <= channel < analysis.channels.stop:
        return ""
    energy = float(analysis.energies[channel])
    every = contributions(analysis, fit, energy)
    there = [each for each in every if is_found(each, statuses)]
    net, measured = net_counts(analysis, fit, spectrum, energy, every)
    if not there or not stands_out(there[0].counts, measured):
        return UNKNOWN
    explained = sum(each.counts for each in there)
    return name_of(there[0], statuses) if explained >= MIN_EXPLAINED * net else UNKNOWN


def is_found(contribution: Contribution, statuses: Mapping[str, str]) -> bool:
    """Return True for scatter of the tube, and for what is of an element that is sure or possible."""
    return contribution.kind == SCATTER or statuses.get(contribution.element, ABSENT) != ABSENT


def _fit_by_found(analysis: Analysis, identification: Identification, spectrum: np.ndarray) -> SpectrumFit:
    """Return the fit of a spectrum by the elements that are sure or possible."""
    elements = {each.element for each in identification.findings if each.status != ABSENT}
    families = [name for name in analysis.fit.model.families if name.partition("-")[0] in elements]
    model = build_model(analysis.instrument, families, spectrum, analysis.channels, analysis.sum_peaks)
    return fit_spectrum(model, spectrum, MODEL_ERROR)

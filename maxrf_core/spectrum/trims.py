"""Trims of the families' line ratios, fitted to several spectra of one scan."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from maxrf_core.spectrum.background import snip
from maxrf_core.spectrum.families import family_lines, split_family
from maxrf_core.spectrum.fit import MIN_VARIANCE, fit_spectrum
from maxrf_core.spectrum.model import Instrument, build_model
from maxrf_core.workers import one_thread_each

MODEL_ERROR = 0.02  # of the counts
CORRELATION = 20  # channels whose misfit is not independent
# How well the tables' ratios are trusted: filters change Kb/Ka, and an object absorbs Ka more than Kb. NIST's
# thick pure elements from Ti to Cu have 1.04 to 1.08 of the tables' ratio. The share of L1 follows the energy
# of the exciting photons, which is not known.
USUAL = {"Kb": 1.04}
SPREAD = {"Kb": 0.05, "L1": 0.1, "L2": 0.015, "L3": 0.015}
ROUNDS = 3
MAX_STEP, MIN_TRIM, MAX_TRIM = 0.3, 0.3, 3.0


def fit_trims(
    instrument: Instrument,
    families: Sequence[str],
    spectra: np.ndarray,
    channels: slice,
    sum_peaks: np.ndarray | None = None,
    beside: Sequence[str] = (),
) -> Instrument:
    """Return the instrument with the line ratios of families trimmed to spectra of one scan.

    Filters, self-absorption and the spectrum of the tube change the ratios of the tables. One spectrum does
    not tell a wrong ratio from a hidden element; several in which the elements are mixed otherwise do.

    Parameters
    ----------
    instrument : Instrument
    families : sequence of str
        Those that are in the spectra.
    spectra : ndarray, shape (spectra, channels)
        Counts of groups of pixels.
    channels : slice
        The fitted channels.
    sum_peaks : ndarray, shape (channels,), optional
        Shape of the sum peaks.
    beside : sequence of str
        Families that may be hidden by those that are there: their counts are not taken for a wrong ratio.

    Returns
    -------
    Instrument
        With `trims` for all groups of lines but each family's strongest, whose trim is 1. A trim stays near 1
        (Kb 1.04 ± 5 %, L1 ± 10 %) unless the spectra require more.
    """
    spectra = np.asarray(spectra, np.float64)
    backgrounds = [snip(spectrum, instrument.response) for spectrum in spectra]
    with one_thread_each():
        for _ in range(ROUNDS):
            instrument = _improved(instrument, families, spectra, backgrounds, channels, sum_peaks, beside)
    return instrument


def _improved(
    instrument: Instrument,
    families: Sequence[str],
    spectra: np.ndarray,
    backgrounds: list[np.ndarray],
    channels: slice,
    sum_peaks: np.ndarray | None,
    beside: Sequence[str],
) -> Instrument:
    """Return the instrument after one step: all spectra are fitted, then all ratios at once."""
    groups = [(name, group) for name in families for group in minor_groups(instrument, name)]
    if not groups:
        return instrument
    known = {(name, group): factor for name, group, factor in instrument.trims}
    shapes = instrument.families(
        [name for name, _ in groups], spectra.shape[1], [group for _, group in groups]
    )[:, channels]
    spread = np.array([SPREAD[group] for _, group in groups])
    matrix = np.diag(spread**-2.0)
    usual = np.array([USUAL.get(group, 1.0) for _, group in groups])
    right = (usual - [known.get(group, 1.0) for group in groups]) / spread**2
    for spectrum, background in zip(spectra, backgrounds, strict=True):
        model = build_model(instrument, [*families, *beside], spectrum, channels, sum_peaks, background)
        fit = fit_spectrum(model, spectrum, MODEL_ERROR)
        expected = np.maximum(fit.fitted[channels], MIN_VARIANCE)
        weights = 1 / (expected + (MODEL_ERROR * expected) ** 2) / CORRELATION
        changes = np.array([fit.area(name) for name, _ in groups])[:, np.newaxis] * shapes
        changes = _beside(changes, model.columns[:, channels][fit.areas > 0], weights)
        matrix += (changes * weights) @ changes.T
        right += (changes * weights) @ (spectrum[channels] - fit.fitted[channels])
    steps = np.clip(np.linalg.solve(matrix, right), -MAX_STEP, MAX_STEP)
    factors = [
        float(np.clip(known.get(group, 1.0) * (1 + step), MIN_TRIM, MAX_TRIM))
        for group, step in zip(groups, steps, strict=True)
    ]
    trims = tuple((*group, factor) for group, factor in zip(groups, factors, strict=True))
    return replace(instrument, trims=trims)


def minor_groups(instrument: Instrument, name: str) -> list[str]:
    """Return the groups of a family's lines without the strongest one.

    Examples
    --------
    >>> from maxrf_core.spectrum.elements import Tube
    >>> from maxrf_core.spectrum.response import Response
    >>> minor_groups(Instrument(Tube(), Response(0, 0.01)), "Pb-L")
    ['L1', 'L2']
    """
    lines = family_lines(*split_family(name), instrument.tube)
    if lines is None:
        return []
    sums = {
        group: lines.intensities[[of == group for of in lines.groups]].sum() for group in set(lines.groups)
    }
    return sorted(sums.keys() - {max(sums, key=lambda group: sums[group])})


def _beside(changes: np.ndarray, columns: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return changes less what other amounts of the columns explain of them."""
    root = np.sqrt(weights)
    amounts = np.linalg.lstsq((columns * root).T, (changes * root).T, rcond=1e-9)[0]
    return changes - amounts.T @ columns

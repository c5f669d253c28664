"""Origin of the counts of a band of energies, by the fit of the mean spectrum."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maxrf_core.elements.analysis import Analysis
from maxrf_core.elements.maps import chosen_families, map_model
from maxrf_core.spectrum.families import split_family
from maxrf_core.spectrum.fit import fit_spectrum
from maxrf_core.spectrum.instrument_fit import MODEL_ERROR
from maxrf_core.spectrum.lines import element_lines

LINES, SCATTER, SUM_PEAKS, BACKGROUND, UNEXPLAINED = (
    "lines",
    "scatter",
    "sum peaks",
    "background",
    "unexplained",
)
MIN_FITTED = 0.5  # of the band's channels; of a band with less nothing is told


@dataclass(frozen=True)
class BandShare:
    """A source of the counts in a band.

    Attributes
    ----------
    kind : str
        ``"lines"`` of a family, ``"scatter"`` of the tube's lines, ``"sum peaks"``, ``"background"``, or
        ``"unexplained"``: counts beyond the model.
    family : str
        Of lines, such as ``"Cu-K"``; else empty.
    label : str
        The family's strongest line in the band, such as ``"Cu Kb"``; ``"Cu K"`` if none of its lines lies
        there, but only their tails. Of scatter the anode; else empty.
    share : float
        Of the counts in the band, 0 to 1.
    """

    kind: str
    family: str
    label: str
    share: float


def band_shares(
    analysis: Analysis, lo: float, hi: float, families: Sequence[str] | None = None
) -> list[BandShare]:
    """Return what the counts of the mean spectrum in a band come from, the largest share first.

    Parameters
    ----------
    analysis : Analysis
    lo, hi : float
        keV.
    families : sequence of str, optional
        That are there; by default all that are present in the mean spectrum. With them, the common elements
        are fitted that they could hide.

    Returns
    -------
    list of BandShare
        Their shares add up to 1. Empty if the band is not where spectra are fitted, or holds no counts.
    """
    model = map_model(analysis, chosen_families(analysis, families))
    energies = analysis.energies
    inside = (energies >= lo) & (energies < hi)
    fitted: np.ndarray = np.zeros(len(energies), bool)
    fitted[model.channels] = True
    used = inside & fitted
    if not used.any() or used.sum() < MIN_FITTED * inside.sum():
        return []
    areas = fit_spectrum(model, analysis.spectrum, MODEL_ERROR).areas
    counts = areas * model.columns[:, used].sum(axis=1)
    measured = float(analysis.spectrum[used].sum())
    total = max(float(counts.sum()), measured)
    if total <= 0:
        return []
    found: dict[tuple[str, str, str], float] = {}
    for number, (name, count) in enumerate(zip(model.names, counts.tolist(), strict=True)):
        if number < model.n_families:
            source = LINES, name, _label(analysis, name, lo, hi)
        else:
            source = _other_source(name)
        found[source] = found.get(source, 0.0) + count / total
    found[UNEXPLAINED, "", ""] = max(1 - sum(found.values()), 0.0)
    shares = [BandShare(*source, share) for source, share in found.items() if share > 0]
    return sorted(shares, key=lambda each: -each.share)


def _other_source(name: str) -> tuple[str, str, str]:
    """Return kind, family and label of a component of the model that is no family."""
    if name.startswith(BACKGROUND):
        return BACKGROUND, "", ""
    if name == SUM_PEAKS:
        return SUM_PEAKS, "", ""
    return SCATTER, "", name.partition(" ")[0]


def _label(analysis: Analysis, name: str, lo: float, hi: float) -> str:
    """Return the strongest line of a family in a band, or at its edges."""
    element, shell = split_family(name)
    tube, response = analysis.instrument.tube, analysis.instrument.response
    reach = float(response.fwhm((lo + hi) / 2)) / 2
    lines = [
        line
        for line in element_lines(element, tube)
        if line.series.startswith(shell) and lo - reach < line.energy < hi + reach
    ]
    if not lines:
        return f"{element} {shell}"
    return max(lines, key=lambda line: line.intensity).label

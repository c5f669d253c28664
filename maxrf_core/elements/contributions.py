"""Contributions to the counts at an energy: lines, scatter of the tube, escape peaks and sum peaks."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from maxrf_core.elements.analysis import Analysis
from maxrf_core.elements.candidates import lines_of
from maxrf_core.spectrum.elements import MONOCHROMATIC, Tube
from maxrf_core.spectrum.families import split_family
from maxrf_core.spectrum.fit import SpectrumFit
from maxrf_core.spectrum.lines import BEAM, element_lines
from maxrf_core.spectrum.model import SUM_PEAKS, Instrument
from maxrf_core.spectrum.response import SILICON_KA, Response, escape_share
from maxrf_core.spectrum.scatter import COMPTON_WIDTHS, compton_energy

LINE, SCATTER, ESCAPE, SUM = "line", "scatter", "escape", "sum"
HALF_WINDOW = 0.5  # of a line's width, to each side of an energy: the counts within it are shared out
MIN_COUNTS = 1e-3
N_SUMMED = 12  # strongest lines whose pairs are looked at for the name of a sum peak
SIGMAS_PER_FWHM = float(np.sqrt(8 * np.log(2)))


@dataclass(frozen=True)
class Contribution:
    """Counts of one cause at an energy.

    Attributes
    ----------
    label : str
        ``"Pb La"``, ``"Rh Ka"``, ``"Rh Ka Compton"``, ``"beam Rayleigh"``, ``"Ca Ka escape"``,
        ``"Fe Ka+Ca Ka sum"``.
    kind : str
        ``"line"``, ``"scatter"`` (of the tube), ``"escape"`` or ``"sum"``.
    element : str
        Symbol; of a sum peak that of the stronger line.
    family : str
        Such as ``"Pb-L"``; empty for scatter and sum peaks.
    energy : float
        keV where it lies by the tables.
    counts : float
        Fitted counts within half a line's width to each side, without tails and shelves.
    """

    label: str
    kind: str
    element: str
    family: str
    energy: float
    counts: float


@dataclass(frozen=True, eq=False)
class LabelledLines:
    """Lines of a family as detected, each with the name of the peak that it belongs to.

    Attributes
    ----------
    energies : ndarray, shape (lines,)
        keV.
    intensities : ndarray, shape (lines,)
        As detected; their sum is 1.
    labels : tuple of str
        Of the peaks, such as ``"Pb La"``; Lb2 is counted to Lb, and so on.
    members : ndarray, shape (labels, lines), bool
        The lines of each peak.
    """

    energies: np.ndarray
    intensities: np.ndarray
    labels: tuple[str, ...]
    members: np.ndarray

    def peaks(self) -> dict[str, tuple[float, float]]:
        """Return mean energy in keV and intensity of each peak by its label."""
        totals = self.members @ self.intensities
        means = self.members @ (self.intensities * self.energies) / np.maximum(totals, 1e-30)
        return {
            label: (float(mean), float(total))
            for label, mean, total in zip(self.labels, means, totals, strict=True)
        }


@lru_cache(maxsize=512)
def labelled_lines(family: str, tube: Tube, response: Response) -> LabelledLines | None:
    """Return the lines of a family with their labels, or None if the tube excites none.

    Examples
    --------
    >>> lead = labelled_lines("Pb-L", Tube("Rh", 50), Response(0, 0.01)).peaks()
    >>> [label for label, (_, intensity) in lead.items() if intensity > 0.05]
    ['Pb La', 'Pb Lb', 'Pb Lg']
    """
    lines = lines_of(family, tube, response)
    element, shell = split_family(family)
    if element == MONOCHROMATIC and lines is not None:
        return LabelledLines(lines.energies, lines.intensities, (f"{BEAM} Rayleigh",), np.ones((1, 1), bool))
    named = [line for line in element_lines(element, tube) if line.series.startswith(shell)]
    if lines is None or not named:
        return None
    energies = np.array([line.energy for line in named])
    own = [named[int(np.abs(energies - energy).argmin())].label.rstrip("23") for energy in lines.energies]
    labels = tuple(dict.fromkeys(own))
    members = np.array([[label == each for each in own] for label in labels])
    return LabelledLines(lines.energies, lines.intensities, labels, members)


def half_window(response: Response, energy: float) -> float:
    """Return half of the window at an energy, in keV."""
    return HALF_WINDOW * float(response.fwhm(energy))


def contributions(analysis: Analysis, fit: SpectrumFit, energy: float) -> list[Contribution]:
    """Return what contributes to the counts at an energy, the most counts first.

    Parameters
    ----------
    analysis : Analysis
        Its instrument gives lines their places and widths.
    fit : SpectrumFit
        Of the spectrum in question: `Analysis.fit` or one by `maxrf_core.elements.identify.refit`.
    energy : float
        keV.
    """
    instrument = analysis.instrument
    found = [
        *_of_families(instrument, fit, energy),
        *_of_scatter(instrument, fit, energy),
        *_of_sums(analysis, fit, energy),
    ]
    return sorted((each for each in found if each.counts > 0), key=lambda each: -each.counts)


def strongest_lines(instrument: Instrument, fit: SpectrumFit) -> list[tuple[str, float, float]]:
    """Return label, energy in keV and counts of the strongest fitted peaks."""
    found = []
    for family, area in zip(fit.model.families, fit.areas, strict=False):
        lines = labelled_lines(family, instrument.tube, instrument.response) if area > 0 else None
        if lines is not None:
            found += [(label, at, float(area) * part) for label, (at, part) in lines.peaks().items()]
    return sorted(found, key=lambda each: -each[2])[:N_SUMMED]


@dataclass(frozen=True, eq=False)
class _Table:
    """The lines and escape peaks of several families: (lines,) each, and what each label (by number) is."""

    energies: np.ndarray
    intensities: np.ndarray
    sigmas: np.ndarray
    families: np.ndarray
    labels: np.ndarray
    causes: tuple[tuple[str, str, str, str], ...]  # label, kind, element, family


@lru_cache(maxsize=8)
def _table(families: tuple[str, ...], tube: Tube, response: Response) -> _Table:
    rows: list[tuple[np.ndarray, np.ndarray, int, np.ndarray]] = []
    causes: list[tuple[str, str, str, str]] = []
    for number, family in enumerate(families):
        lines = labelled_lines(family, tube, response)
        if lines is None:
            continue
        of_line = lines.members.argmax(axis=0)
        escaping = response.escape * escape_share(lines.energies)
        parts = (
            (LINE, "", lines.energies, lines.intensities * (1 - escaping)),
            (ESCAPE, " escape", lines.energies - SILICON_KA, lines.intensities * escaping),
        )
        for kind, suffix, energies, intensities in parts:
            rows.append((energies, intensities, number, of_line + len(causes)))
            causes += [(label + suffix, kind, split_family(family)[0], family) for label in lines.labels]
    energies = np.concatenate([np.empty(0), *(row[0] for row in rows)])
    return _Table(
        energies,
        np.concatenate([np.empty(0), *(row[1] for row in rows)]),
        response.fwhm(energies) / SIGMAS_PER_FWHM,
        np.concatenate([np.empty(0, int), *(np.full(len(row[0]), row[2]) for row in rows)]),
        np.concatenate([np.empty(0, int), *(row[3] for row in rows)]),
        tuple(causes),
    )


def _of_families(instrument: Instrument, fit: SpectrumFit, energy: float) -> Iterator[Contribution]:
    table = _table(fit.model.families, instrument.tube, instrument.response)
    inside = _inside(instrument.response, table.energies, table.sigmas, energy)
    counts = fit.areas[table.families] * table.intensities * inside
    totals = np.bincount(table.labels, counts, len(table.causes))
    places = np.bincount(table.labels, counts * table.energies, len(table.causes))
    for number in np.flatnonzero(totals > MIN_COUNTS).tolist():
        at = float(places[number] / totals[number])
        yield Contribution(*table.causes[number], at, float(totals[number]))


def part_inside(response: Response, energies: np.ndarray, widths: np.ndarray, energy: float) -> np.ndarray:
    """Return the part of peaks of these widths (FWHM, keV) that lies in the window at an energy."""
    return _inside(response, energies, _sigmas(widths), energy)


def _by_label(
    lines: LabelledLines, centres: np.ndarray, counts: np.ndarray
) -> Iterator[tuple[str, float, float]]:
    """Yield label, mean energy and counts of each peak that has some of these counts of the lines."""
    totals = lines.members @ counts
    places = lines.members @ (counts * centres)
    for number in np.flatnonzero(totals > MIN_COUNTS).tolist():
        yield lines.labels[number], float(places[number] / totals[number]), float(totals[number])


def _inside(response: Response, centres: np.ndarray, sigmas: np.ndarray, energy: float) -> np.ndarray:
    """Return the part of Gaussians of these standard deviations (keV) in the window at an energy."""
    from scipy.special import ndtr  # slow to import

    half = half_window(response, energy)
    upper, lower = (energy + half - centres) / sigmas, (energy - half - centres) / sigmas
    return np.asarray(ndtr(upper) - ndtr(lower))


def _sigmas(widths: np.ndarray) -> np.ndarray:
    return np.asarray(widths / SIGMAS_PER_FWHM)


def _of_scatter(instrument: Instrument, fit: SpectrumFit, energy: float) -> Iterator[Contribution]:
    tube, response = instrument.tube, instrument.response
    for shell in "KL":
        lines = labelled_lines(f"{tube.anode}-{shell}", tube, response)
        if lines is None:
            continue
        inside = _inside(response, lines.energies, _sigmas(response.fwhm(lines.energies)), energy)
        counts = fit.area(f"{tube.anode} Rayleigh {shell}") * lines.intensities * inside
        for label, at, total in _by_label(lines, lines.energies, counts):
            yield Contribution(label, SCATTER, tube.anode, "", at, total)
        centres = compton_energy(lines.energies, instrument.angle)
        counts = np.zeros(len(centres))
        for name, factor in COMPTON_WIDTHS.items():
            widths = np.hypot(response.fwhm(centres), factor * instrument.compton_width * centres / 20)
            area = fit.area(f"{tube.anode} Compton{'' if shell == 'K' else ' L'} {name}")
            counts += area * lines.intensities * _inside(response, centres, _sigmas(widths), energy)
        for label, at, total in _by_label(lines, centres, counts):
            yield Contribution(
                f"{label.removesuffix(' Rayleigh')} Compton", SCATTER, tube.anode, "", at, total
            )


def _of_sums(analysis: Analysis, fit: SpectrumFit, energy: float) -> Iterator[Contribution]:
    """Return the sum peak at an energy, named after the pair of lines that is most probable there."""
    area = fit.area(SUM_PEAKS)
    if area <= 0:
        return
    response = analysis.instrument.response
    energies = response.energies(len(analysis.sum_peaks))
    inside = np.abs(energies - energy) <= half_window(response, energy)
    counts = area * float(analysis.sum_peaks[inside].sum())
    if counts <= MIN_COUNTS:
        return
    lines = strongest_lines(analysis.instrument, fit)
    labels, places, amounts = zip(*lines, strict=True)
    pairs = np.add.outer(places, places)
    widths = np.hypot(*np.broadcast_arrays(response.fwhm(places), response.fwhm(places)[:, np.newaxis]))
    chances = np.triu(np.outer(amounts, amounts) * _inside(response, pairs, _sigmas(widths), energy) * 2)
    chances[np.diag_indices_from(chances)] /= 2
    one, two = np.unravel_index(int(chances.argmax()), chances.shape)
    if chances[one, two] > 0:
        label = f"2×{labels[one]} sum" if one == two else f"{labels[one]}+{labels[two]} sum"
        element = labels[one].partition(" ")[0]
        yield Contribution(label, SUM, element, "", float(pairs[one, two]), counts)

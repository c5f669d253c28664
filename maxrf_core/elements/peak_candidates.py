"""Candidates for a peak: the lines that it may be, ranked, each with whether its other lines are there."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from maxrf_core.elements.analysis import Analysis
from maxrf_core.elements.contributions import (
    ESCAPE,
    LINE,
    SCATTER,
    Contribution,
    LabelledLines,
    contributions,
    labelled_lines,
    part_inside,
)
from maxrf_core.elements.identify import ABSENT, STATUSES, Identification, identify_spectrum, refit
from maxrf_core.elements.maps import DETECTION
from maxrf_core.elements.peak_names import MIN_EXPLAINED, is_found, net_counts, stands_out
from maxrf_core.language import Note, marked
from maxrf_core.spectrum.elements import COMMON_ELEMENTS
from maxrf_core.spectrum.families import split_family
from maxrf_core.spectrum.fit import MIN_VARIANCE, SpectrumFit, inverse_of, misfit

REACH, REACH_BY_ENERGY, REACH_BY_WIDTH = 0.015, 0.0015, 0.5  # keV, keV per keV, widths: of a line to its peak
MIN_LINE = 0.05  # of a family's counts, to be a candidate or one of its other lines
MIN_APART = 0.9  # of a line's width; nearer lines of one family are one peak
MIN_CAUSE = 0.005  # share of the peak, for scatter, escape and sum peaks to be listed
MIN_SHARE, MIN_FLANK = 0.02, 0.5  # share of the peak, for a weak line, and for one that lies further away
MODEL_ERROR = 0.02  # of the counts of a line, by which its fit may err
MIN_OTHER = 0.35  # of the counts that another line should have, to be seen
MAX_OTHERS = 3
MAX_CANDIDATES = 6
SEEN, UNSEEN, HIDDEN, WEAK = "seen", "not seen", "hidden", "weak"


@dataclass(frozen=True)
class OtherLine:
    """Another line of a candidate.

    Attributes
    ----------
    label : str
    state : str
        ``"seen"``; ``"not seen"``, though it should be; ``"hidden"`` under another line; or ``"weak"``: too
        weak to be seen.
    under : str
        The line that hides it.
    """

    label: str
    state: str
    under: str = ""


@dataclass(frozen=True)
class Candidate:
    """A line, or another cause, that a peak may be of.

    Attributes
    ----------
    label : str
        As in `maxrf_core.elements.contributions.Contribution`, with `kind`, `element` and `energy`.
    kind, element : str
    energy : float
        keV.
    distance : float
        eV from the line to the peak.
    share : float
        Share of the peak's counts that the fit gives it, 0 to 1.
    status : str
        Of the element in the scan: ``"sure"``, ``"possible"`` or ``"absent"``; empty for scatter.
    others : tuple of OtherLine
        The element's other lines, the strongest first.
    """

    label: str
    kind: str
    element: str
    energy: float
    distance: float
    share: float
    status: str
    others: tuple[OtherLine, ...] = ()

    @property
    def sentence(self) -> Note:
        """The evidence for or against it, in words."""
        if self.kind == SCATTER:
            return Note("Radiation of the tube, scattered by the object.")
        if self.kind == ESCAPE:
            return Note(
                "Photons of {line} of which the detector has lost 1.74 keV.",
                line=self.label.removesuffix(" escape"),
            )
        if self.kind != LINE:
            return Note("Two photons that reach the detector together.")
        return _told(self.others)


@dataclass(frozen=True)
class PeakCandidates:
    """What a peak may be.

    Attributes
    ----------
    energy : float
        keV.
    counts : float
        Net counts within half a line's width to each side.
    candidates : tuple of Candidate
        The best first; empty if there is no peak.
    sentence : str
        What is to be said of the energy as a whole; may be empty.
    """

    energy: float
    counts: float
    candidates: tuple[Candidate, ...] = field(default=())
    sentence: str = ""


def candidates_at(
    analysis: Analysis,
    energy: float,
    spectrum: np.ndarray | None = None,
    identification: Identification | None = None,
) -> PeakCandidates:
    """Return the lines that a peak may be of, ranked by the fit and by their elements' other lines.

    Scatter of the tube, escape peaks and sum peaks are candidates too.

    Parameters
    ----------
    analysis : Analysis
    energy : float
        keV.
    spectrum : ndarray, shape (channels,), optional
        Counts of another spectrum of the scan; by default the analysed one.
    identification : Identification, optional
        Of the scan; by default of the analysed spectrum.
    """
    low, high = analysis.fitted_range
    if not low <= energy <= high:
        words = marked(
            "Nothing is known at {energy:.2f} keV: elements are fitted from {low:.2f} to {high:.2f} keV."
        )
        return PeakCandidates(energy, 0.0, (), Note(words, energy=energy, low=low, high=high))
    found = identification or identify_spectrum(analysis)
    statuses = {finding.element: finding.status for finding in found.findings}
    fit = analysis.fit if spectrum is None else refit(analysis, spectrum)
    counts = analysis.spectrum if spectrum is None else spectrum.astype(np.float64)
    there = contributions(analysis, fit, energy)
    net, measured = net_counts(analysis, fit, counts, energy, there)
    if not stands_out(net, measured):
        words = marked("No peak stands out from the background at {energy:.2f} keV.")
        return PeakCandidates(energy, net, (), Note(words, energy=energy))
    lines = _OtherLines(analysis, fit, counts, energy, net, statuses)
    every = [*_causes(there, energy, net, statuses), *_lines(analysis, there, lines)]
    ranked = sorted(every, key=_rank)[:MAX_CANDIDATES]
    sentence = ""
    if sum(each.share for each in ranked if each.status != ABSENT) < MIN_EXPLAINED:
        sentence = Note("No element that is sure or possible explains this peak.")
    return PeakCandidates(energy, net, tuple(ranked), sentence)


def _causes(
    there: list[Contribution], energy: float, net: float, statuses: dict[str, str]
) -> Iterator[Candidate]:
    """Yield scatter, escape and sum peaks that have a share of the peak."""
    for each in there:
        share = min(each.counts / net, 1.0)
        if each.kind != LINE and share >= MIN_CAUSE:
            status = "" if each.kind == SCATTER else statuses.get(each.element, ABSENT)
            distance = 1000 * (energy - each.energy)
            yield Candidate(each.label, each.kind, each.element, each.energy, distance, share, status)


def _lines(analysis: Analysis, there: list[Contribution], others: "_OtherLines") -> Iterator[Candidate]:
    """Yield the lines of all elements that lie at the peak."""
    tube, response = analysis.instrument.tube, analysis.instrument.response
    energy = others.energy
    reach = REACH + REACH_BY_ENERGY * energy + REACH_BY_WIDTH * float(response.fwhm(energy))
    shares = {each.label: each.counts / others.net for each in there if each.kind == LINE}
    for family in analysis.fit.model.families:
        lines = labelled_lines(family, tube, response)
        element = split_family(family)[0]
        for label, (at, intensity) in lines.peaks().items() if lines else ():
            share, status = min(shares.get(label, 0.0), 1.0), others.statuses.get(element, ABSENT)
            is_near = abs(at - energy) <= reach and (intensity >= MIN_LINE or share >= MIN_SHARE)
            if is_near or (share >= MIN_FLANK and status != ABSENT):
                told = others.of(family, label, fitted=status != ABSENT)
                yield Candidate(label, LINE, element, at, 1000 * (energy - at), share, status, told)


def _rank(candidate: Candidate) -> tuple[float, ...]:
    """Return a key that puts the best candidate first."""
    is_there = candidate.status != ABSENT
    unseen = sum(each.state == UNSEEN for each in candidate.others)
    is_rare = candidate.kind == LINE and candidate.element not in COMMON_ELEMENTS
    status = STATUSES.index(candidate.status) if candidate.status else 0
    share = round(candidate.share, 2)
    return (-share if is_there else 0, status, unseen > 0, is_rare, -share, abs(candidate.distance))


class _OtherLines:
    """Search for the other lines of a family, if a peak is of it."""

    def __init__(
        self,
        analysis: Analysis,
        fit: SpectrumFit,
        spectrum: np.ndarray,
        energy: float,
        net: float,
        statuses: dict[str, str],
    ) -> None:
        self.energy, self.net, self.statuses = energy, net, statuses
        self._analysis, self._fit = analysis, fit
        channels = self._channels = fit.model.channels
        self._values = spectrum[channels]
        self._columns = fit.model.columns[:, channels]
        expected = np.maximum(fit.fitted[channels], MIN_VARIANCE)
        self._weights = 1 / (expected * misfit((self._values - fit.fitted[channels]) ** 2 / expected))

    def of(self, family: str, label: str, fitted: bool) -> tuple[OtherLine, ...]:
        """Return the other lines of a family beside the one with this label, which is at the peak.

        They should have the counts that follow from the fit, or from the whole peak if it were of the family.
        """
        instrument = self._analysis.instrument
        lines = labelled_lines(family, instrument.tube, instrument.response)
        if lines is None:
            return ()
        groups = self._groups(lines.peaks(), label)
        if not groups:
            return ()
        area = self._area(family, lines, fitted)
        amounts, errors = self._amounts(family, lines, groups)
        return tuple(
            self._judged(family, lines, group[0], amount, error, area)
            for group, amount, error in zip(groups, amounts, errors, strict=True)
        )

    def _is_there(self, family: str) -> bool:
        return self.statuses.get(split_family(family)[0], ABSENT) != ABSENT

    def _groups(self, peaks: dict[str, tuple[float, float]], label: str) -> list[list[str]]:
        """Return the labels of the other peaks, those that are one peak together, the strongest first."""
        width = float(self._analysis.instrument.response.fwhm(self.energy))
        low, high = self._analysis.fitted_range
        here = peaks[label][0]
        groups: list[list[str]] = []
        for name, (at, part) in sorted(peaks.items(), key=lambda each: -each[1][1]):
            if abs(at - here) < MIN_APART * width or not low < at < high:
                continue
            near = [group for group in groups if abs(peaks[group[0]][0] - at) < MIN_APART * width]
            if near:
                near[0].append(name)
            elif part >= MIN_LINE:
                groups.append([name])
        return groups[:MAX_OTHERS]

    def _area(self, family: str, lines: LabelledLines, fitted: bool) -> float:
        """Return the family's counts, as fitted or as they would explain the whole peak."""
        area = self._fit.area(family)
        if fitted and area > 0:
            return area
        response = self._analysis.instrument.response
        inside = part_inside(response, lines.energies, response.fwhm(lines.energies), self.energy)
        return self.net / max(float(inside @ lines.intensities), 1e-9)

    def _amounts(
        self, family: str, lines: LabelledLines, groups: list[list[str]]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the counts that each group would give the family, fitted apart, and their errors."""
        instrument, n = self._analysis.instrument, len(self._fit.fitted)
        kinds = np.array([[name in group for name in lines.labels] for group in groups])
        apart = kinds @ lines.members
        parts = [
            instrument.response.lines(lines.energies[which], lines.intensities[which], n)[self._channels]
            for which in (*apart, ~apart.any(axis=0))
        ]
        used = self._fit.areas > 0
        for number, name in enumerate(self._fit.model.families):
            # What is absent has some counts by chance, and would take those that are looked for.
            used[number] &= self._is_there(name) and name != family
        rows = inverse_of(np.vstack([parts, self._columns[used]]), self._weights)[: len(groups)]
        return rows @ self._values, np.sqrt((rows**2) @ (1 / self._weights))

    def _judged(
        self, family: str, lines: LabelledLines, label: str, amount: float, error: float, area: float
    ) -> OtherLine:
        """Return whether a line is there, by the counts that it would give its family, and those expected."""
        response = self._analysis.instrument.response
        at = lines.peaks()[label][0]
        inside = part_inside(response, lines.energies, response.fwhm(lines.energies), at)
        every = contributions(self._analysis, self._fit, at)
        near = [each for each in every if each.family != family and is_found(each, self.statuses)]
        own = max(float(inside @ lines.intensities), 1e-9)  # part of the family's counts that lies there
        # The lines of other elements there are known no better than the model is right.
        error = float(np.hypot(error, MODEL_ERROR * sum(each.counts for each in near) / own))
        if amount > max(DETECTION * error, MIN_OTHER * area):
            return OtherLine(label, SEEN)
        if amount + DETECTION * error < area:
            return OtherLine(label, UNSEEN)
        if near and near[0].counts > MIN_OTHER * area * own:
            return OtherLine(label, HIDDEN, near[0].label)
        return OtherLine(label, WEAK)


def _told(others: tuple[OtherLine, ...]) -> Note:
    """Return what is seen of other lines as one sentence or two."""
    said: list[Note] = []
    by_state = {
        state: [each.label for each in others if each.state == state] for state in (SEEN, UNSEEN, WEAK)
    }
    if by_state[SEEN]:
        said.append(Note("Seen as well: {lines}.", lines=", ".join(by_state[SEEN])))
    if by_state[UNSEEN]:
        said.append(Note("Not seen: {lines}.", lines=", ".join(by_state[UNSEEN])))
    said += [
        Note("{line} would lie under {other}.", line=each.label, other=each.under)
        for each in others
        if each.state == HIDDEN
    ]
    if by_state[WEAK]:
        said.append(Note("Too weak to be seen: {lines}.", lines=", ".join(by_state[WEAK])))
    if not said:
        return Note("It has no other line here.")
    whole = said[0]
    for more in said[1:]:
        whole = Note("{first} {second}", first=whole, second=more)
    return whole

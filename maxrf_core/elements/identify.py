"""Elements of a spectrum: sure, possible or absent, with the evidence in words."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from maxrf_core.elements.analysis import Analysis, local_share
from maxrf_core.elements.blank import NO_BLANK, Blank
from maxrf_core.elements.candidates import lines_of, lines_of_tube, rivals
from maxrf_core.elements.evidence import Evidence, Examination
from maxrf_core.elements.maps import DETECTION
from maxrf_core.language import Note, marked
from maxrf_core.spectrum.elements import COMMON_ELEMENTS, NAMES, Tube
from maxrf_core.spectrum.families import split_family
from maxrf_core.spectrum.fit import MIN_VARIANCE, SpectrumFit, fit_spectrum
from maxrf_core.spectrum.instrument_fit import MODEL_ERROR
from maxrf_core.spectrum.model import Model, build_model
from maxrf_core.workers import one_thread_each

SURE, POSSIBLE, ABSENT = "sure", "possible", "absent"
STATUSES = (SURE, POSSIBLE, ABSENT)

# Limits for evidence: (sure, possible). `gain` is a rise of chi², `share` a part of the counts at the line.
MIN_SIGNIFICANCE = (8.0, 4.0)
MIN_GAIN = (60.0, 9.0)
MIN_SHARE = (0.2, 0.1)
MIN_SIGNIFICANCE_IF_RARE, MIN_GAIN_IF_RARE, MIN_SHARE_IF_RARE = 10.0, 100.0, 0.35  # to be possible
# In the spectrum of a bright spot, whose pixels are chosen for their counts, which favours chance. Noise
# reached 5 in demos without the element, and elements that were there 6.6 or more.
MIN_SIGNIFICANCE_IN_SPOT = 6.0
MIN_SECOND_SIGNIFICANCE = 4.0  # of the second line, to be sure
SECOND_RANGE = (0.6, 1.6)  # of the second line, relative to the tables; absorption changes it
MIN_SECOND = 0.35  # a second line that is certainly weaker contradicts the element
MAX_SHIFT, MAX_SHIFT_BY_ENERGY = 0.015, 0.0015  # keV, and keV per keV
NEAR_TUBE_LINE, STRONG_TUBE_LINE = 1.2, 0.08  # of a line's width; of the counts of the tube's shell
OF_AIR = "Ar"  # never sure: it is in the air on the way
MIN_UNEXPLAINED, N_UNEXPLAINED = 6.0, 5  # sigma; peaks that are listed


@dataclass(frozen=True)
class Finding:
    """Status of one element in a spectrum, with its evidence.

    Attributes
    ----------
    element : str
    status : str
        ``"sure"``, ``"possible"`` or ``"absent"``.
    family : str
        The family with the best evidence; empty if none has a line in the spectrum.
    counts, error : float
        Its net counts and their standard deviation, with the misfit of the model.
    rivals : tuple of str
        Families that are there and have a line at its strongest one.
    sentence : str
        The evidence in words.
    where : str
        The spectrum that shows it: ``"mean"``, or the place of a bright spot.
    of_instrument : bool
        A blank spectrum shows it too.
    """

    element: str
    status: str
    family: str
    counts: float
    error: float
    rivals: tuple[str, ...]
    sentence: str
    where: str = "mean"
    of_instrument: bool = False


@dataclass(frozen=True)
class Identification:
    """The elements of a scan or a spectrum.

    Attributes
    ----------
    findings : tuple of Finding
        One for each element that has a line: the sure ones first, then those with the most counts.
    tube_sentence : str
        What is assumed of the tube if the file does not tell it.
    unexplained : tuple of (float, float, float)
        Energy in keV, counts and standard deviation of peaks that no family explains.
    """

    findings: tuple[Finding, ...]
    tube_sentence: str
    unexplained: tuple[tuple[float, float, float], ...]

    def elements(self, status: str) -> list[str]:
        """Return the elements of a status, those with the most counts first."""
        return [finding.element for finding in self.findings if finding.status == status]

    def of(self, element: str) -> Finding | None:
        """Return the finding of an element, or None if it has no line in the spectrum."""
        for finding in self.findings:
            if finding.element == element.strip().capitalize():
                return finding
        return None


def refit(analysis: Analysis, spectrum: np.ndarray) -> SpectrumFit:
    """Return the fit of another spectrum of the same scan by all candidates."""
    model = build_model(
        analysis.instrument, analysis.fit.model.families, spectrum, analysis.channels, analysis.sum_peaks
    )
    return fit_spectrum(model, spectrum, MODEL_ERROR)


def findings_of(
    analysis: Analysis,
    spectrum: np.ndarray | None = None,
    where: str = "mean",
    blank: Blank = NO_BLANK,
) -> dict[str, Finding]:
    """Return the finding of each element in the analysed spectrum, or in another one of the scan.

    What `blank` tells of the instrument's own lines is taken off the evidence.
    """
    if spectrum is None:
        fit, spectrum = analysis.fit, analysis.spectrum
    else:
        fit = refit(analysis, spectrum)
    evidence, statuses = _judged(analysis, fit, spectrum, where, blank)
    elements = {split_family(name)[0] for name, status in statuses.items() if status == SURE}
    sure = [name for name in fit.model.families if split_family(name)[0] in elements]
    found: dict[str, Finding] = {}
    for number, name in enumerate(fit.model.families):
        status = statuses.get(name, ABSENT)
        area, error = float(fit.areas[number]), float(fit.errors[number])
        near = tuple(rivals(name, sure, analysis.instrument.tube, analysis.instrument.response))
        if status == ABSENT and beside_tube_lines(analysis, name):
            sentence = _beside_tube(name, analysis.instrument.tube)
        elif status != SURE and name in blank.lines:
            sentence = _of_instrument(name, status)
        else:
            sentence = _sentence(name, status, evidence.get(name), near, error)
        element = split_family(name)[0]
        new = Finding(element, status, name, area, error, near, sentence, where, name in blank.lines)
        found[element] = better(found.get(element), new)
    return found


def _judged(
    analysis: Analysis, fit: SpectrumFit, spectrum: np.ndarray, where: str, blank: Blank
) -> tuple[dict[str, Evidence], dict[str, str]]:
    """Return evidence and status of the families that have enough counts to be possible."""
    examination = Examination(analysis.instrument, fit, spectrum)
    least = 0.0 if where == "mean" else MIN_SIGNIFICANCE_IN_SPOT
    evidence, statuses = {}, {}
    with one_thread_each():
        areas, errors = amounts_beside_plausible(fit, spectrum)
        for name, area, error in zip(fit.model.families, areas, errors, strict=True):
            limits = limits_of(name)
            if area <= max(limits[0], least) * error or local_share(fit, name) <= limits[2]:
                continue
            found = examination.evidence(name)
            evidence[name] = blank.beside(found, fit)
            statuses[name] = status_of(analysis, evidence[name])
            if statuses[name] == ABSENT:
                beside = blank.beside(replace(found, counts=area, error=error), fit)
                if status_of(analysis, beside) != ABSENT:
                    evidence[name], statuses[name] = beside, POSSIBLE
    return evidence, statuses


def amounts_beside_plausible(fit: SpectrumFit, spectrum: np.ndarray) -> tuple[list[float], list[float]]:
    """Return counts and errors of the families of a fit; those of common elements beside plausible ones only.

    Rare elements that are not possible themselves neither take counts of a common one nor widen its error:
    one line of few counts could be shared out among many.
    """
    model, n_families = fit.model, fit.model.n_families
    areas, errors = fit.areas[:n_families].copy(), fit.errors[:n_families].copy()
    common = np.array([split_family(name)[0] in COMMON_ELEMENTS for name in model.families], bool)
    least = np.array([limits_of(name)[0] for name in model.families])
    kept = np.ones(len(model.names), bool)
    kept[:n_families] = common | (areas > least * errors)
    if not (fit.areas[~kept] > 0).any():
        return areas.tolist(), errors.tolist()
    names = tuple(name for name, plausible in zip(model.names, kept, strict=True) if plausible)
    plausible = Model(names, model.columns[kept], model.channels, int(kept[:n_families].sum()))
    beside = fit_spectrum(plausible, spectrum, MODEL_ERROR)
    of_kept = common[kept[:n_families]]
    areas[common] = beside.areas[: plausible.n_families][of_kept]
    errors[common] = beside.errors[: plausible.n_families][of_kept]
    return areas.tolist(), errors.tolist()


def status_of(analysis: Analysis, evidence: Evidence) -> str:
    """Return the status that the evidence for a family allows."""
    least = limits_of(evidence.family)
    measured = (evidence.significance, evidence.gain, evidence.share)
    if any(value < limit for value, limit in zip(measured, least, strict=True)):
        return ABSENT
    if not _in_place(analysis, evidence) or evidence.second + 3 * evidence.second_error < MIN_SECOND:
        return ABSENT
    most = (MIN_SIGNIFICANCE[0], max(MIN_GAIN[0], least[1]), max(MIN_SHARE[0], least[2]))
    strong = all(value >= limit for value, limit in zip(measured, most, strict=True))
    if strong and _second_agrees(evidence) and split_family(evidence.family)[0] != OF_AIR:
        return SURE
    return ABSENT if beside_tube_lines(analysis, evidence.family) else POSSIBLE


def limits_of(family: str) -> tuple[float, float, float]:
    """Return the least significance, gain and share with which a family is possible."""
    if split_family(family)[0] in COMMON_ELEMENTS:
        return MIN_SIGNIFICANCE[1], MIN_GAIN[1], MIN_SHARE[1]
    return MIN_SIGNIFICANCE_IF_RARE, MIN_GAIN_IF_RARE, MIN_SHARE_IF_RARE


def beside_tube_lines(analysis: Analysis, family: str) -> bool:
    """Return True if a family's strongest line cannot be told from a scattered line of the tube."""
    tube, response = analysis.instrument.tube, analysis.instrument.response
    own = lines_of(family, tube, response)
    if own is None:
        return False
    reach = NEAR_TUBE_LINE * float(response.fwhm(own.main_energy))
    for lines in lines_of_tube(tube, response):
        strong = lines.energies[lines.intensities > STRONG_TUBE_LINE]
        if (np.abs(strong - own.main_energy) < reach).any():
            return True
    return False


def _in_place(analysis: Analysis, evidence: Evidence) -> bool:
    """Return True if the lines lie where they should, within the drift of an axis and the error."""
    column = analysis.fit.model.columns[analysis.fit.model.index(evidence.family)]
    energy = float(analysis.energies[column.argmax()])
    allowed = MAX_SHIFT + MAX_SHIFT_BY_ENERGY * energy + 3 * evidence.shift_error
    return abs(evidence.shift) <= allowed


def _second_agrees(evidence: Evidence) -> bool:
    """Return True if the second group of lines is there, in the right ratio."""
    if not np.isfinite(evidence.second_error) or evidence.second_error <= 0:
        return False
    low, high = SECOND_RANGE
    significant = evidence.second > MIN_SECOND_SIGNIFICANCE * evidence.second_error
    return significant and low <= evidence.second <= high


def better(old: Finding | None, new: Finding) -> Finding:
    """Return the finding with the better status, or of equal ones that with more counts by its error.

    Of two absent families the first is kept, K before L before M.
    """
    if old is None:
        return new
    if old.status == new.status == ABSENT:
        return old
    order = [(-STATUSES.index(each.status), each.counts / max(each.error, 1e-9)) for each in (old, new)]
    return new if order[1] > order[0] else old


def identification(
    analysis: Analysis, found: Iterable[dict[str, Finding]], tube_sentence: str = ""
) -> Identification:
    """Return the elements of a scan from the findings in several of its spectra."""
    best: dict[str, Finding] = {}
    for findings in found:
        for element, finding in findings.items():
            old = best.get(element)  # the first spectrum, the mean, unless another one tells more
            if old is None or STATUSES.index(finding.status) < STATUSES.index(old.status):
                best[element] = finding
    anode = analysis.instrument.tube.anode
    if not analysis.instrument.tube.is_beam:
        sentence = Note("{anode} is the tube's anode: its own lines hide it.", anode=anode)
        best[anode] = Finding(anode, POSSIBLE, "", 0.0, 0.0, (), sentence)
    ordered = sorted(best.values(), key=lambda each: (STATUSES.index(each.status), -each.counts))
    return Identification(tuple(ordered), tube_sentence, tuple(unexplained(analysis)))


def identify_spectrum(analysis: Analysis, tube_sentence: str = "", blank: Blank = NO_BLANK) -> Identification:
    """Return the elements of an analysed spectrum, beside what a blank shows of the instrument."""
    return identification(analysis, [findings_of(analysis, blank=blank)], tube_sentence)


def unexplained(analysis: Analysis) -> list[tuple[float, float, float]]:
    """Return the peaks of the mean spectrum that the fit leaves over: energy, counts, standard deviation.

    What is left where most counts are scattered lines of the tube is not listed: their shapes depend on the
    object, and are never met exactly.
    """
    fit, channels = analysis.fit, analysis.channels
    energies = analysis.energies[channels]
    fitted = np.maximum(fit.fitted[channels], MIN_VARIANCE)
    scatter = [number for number, name in enumerate(fit.model.names) if name in _scatter_names(analysis)]
    of_tube = fit.areas[scatter] @ fit.model.columns[scatter][:, channels]
    left = np.where(of_tube > 0.5 * fitted, 0, analysis.spectrum[channels] - fitted)
    variance = fitted + (MODEL_ERROR * fitted) ** 2
    found: list[tuple[float, float, float]] = []
    for _ in range(N_UNEXPLAINED):
        centre = float(energies[(left / np.sqrt(variance)).argmax()])
        inside = np.abs(energies - centre) < 0.6 * float(analysis.instrument.response.fwhm(centre))
        counts, sigma = float(left[inside].sum()), float(np.sqrt(variance[inside].sum()))
        if counts > MIN_UNEXPLAINED * sigma:
            found.append((centre, counts, sigma))
        left = np.where(inside, 0, left)
    return found


def _scatter_names(analysis: Analysis) -> set[str]:
    """Return the names of the columns of scattered lines."""
    return set(analysis.instrument.scatter(len(analysis.spectrum)))


def _beside_tube(name: str, tube: Tube) -> Note:
    element, shell = split_family(name)
    line = f"{element} {shell}a"
    if tube.is_beam:
        return Note("{line} lies at the beam's own energy, and nothing more is seen of it.", line=line)
    words = marked("{line} lies at a line of the tube's anode, {anode}, and nothing more is seen of it.")
    return Note(words, line=line, anode=tube.anode)


def _of_instrument(name: str, status: str) -> Note:
    element = split_family(name)[0]
    if status == POSSIBLE:
        words = marked(
            "The instrument itself shows {element}; there is more than that, but not clearly more."
        )
    else:
        words = marked("The instrument itself shows {element}, and there is no more than that.")
    return Note(words, element=element)


def _sentence(name: str, status: str, evidence: Evidence | None, near: tuple[str, ...], error: float) -> Note:
    """Return the evidence in words."""
    element, shell = split_family(name)
    main, second = (f"{element} {shell}{kind}" for kind in "ab")
    others = _any_of([split_family(rival)[0] for rival in near])
    if status == ABSENT or evidence is None:
        return _unseen(name, others, DETECTION * error)
    if status == SURE:
        if near:
            words = marked("{main} and {second} are there in the right ratio beside {others}.")
            return Note(words, main=main, second=second, others=others)
        return Note("{main} and {second} are there in the right ratio.", main=main, second=second)
    if element == OF_AIR:
        return Note("Argon is in the air between the object and the detector.")
    if near:
        words = marked(
            "{main} or {others}: the lines of {others} are there, and {second} cannot be told from them."
        )
        return Note(words, main=main, second=second, others=others)
    if np.isnan(evidence.second):
        words = marked("Only one line of {element} can be seen, {main}; another cause is not excluded.")
        return Note(words, element=element, main=main)
    if evidence.rival:
        words = marked("{main} or {rival}: {second} is not seen clearly enough to decide.")
        return Note(words, main=main, second=second, rival=split_family(evidence.rival)[0])
    words = marked("{main} is there; {second} is not seen clearly enough to be sure.")
    return Note(words, main=main, second=second)


def _unseen(name: str, others: str, limit: float) -> Note:
    element, _shell = split_family(name)
    known = {"element": Note(NAMES[element].capitalize()), "limit": limit, "family": name}
    if not others:
        return Note("{element} is not seen: less than {limit:.0f} counts of {family}.", **known)
    words = marked(
        "{element} is not seen: less than {limit:.0f} counts of {family}. "
        "It would lie under the lines of {others}."
    )
    return Note(words, others=others, **known)


def _any_of(names: list[str]) -> str:
    """Return names as "Ba", or as a note "Ba or Ti"."""
    if not names:
        return ""
    found = names[0]
    for name in names[1:]:
        found = Note("{one} or {other}", one=found, other=name)
    return found

"""Element lines: energies, intensities and widths, and the lines that peaks most probably are."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import xraylib
from numpy.typing import ArrayLike

from maxrf_core.errors import CalibrationError
from maxrf_core.spectrum.calibration import Calibration, calibrate_from_peaks
from maxrf_core.spectrum.elements import COMMON_ELEMENTS, FREQUENT_ELEMENTS, RHODIUM_TUBE, Tube

EXCITATION_ENERGY = 25.0  # keV, between the characteristic lines and the end of a 50 kV tube's spectrum

# The transitions that one peak of a spectrum holds, in the notation of xraylib: KL3 fills K from L3.
TRANSITIONS = {
    "Ka": ("KL3", "KL2"),
    "Kb": ("KM3", "KM2"),
    "Kb2": ("KN3", "KN2"),
    "La": ("L3M5", "L3M4"),
    "Lb": ("L2M4", "L1M3", "L1M2"),
    "Lb2": ("L3N5", "L3N4"),
    "Lg": ("L2N4",),
    "Lg3": ("L1N3", "L1N2"),
    "Ll": ("L3M1",),
    "Ln": ("L2M1",),
    "Ma": ("M5N7", "M5N6"),
    "Mb": ("M4N6",),
    "Mg": ("M3N5",),
    "Mz": ("M4N2", "M5N3"),
}
LEAST_PLAUSIBLE = 0.1  # score, at most 1, below which a peak stays without a name
WEAKEST = 1e-3  # relative intensity below which a line is not listed
MAIN_SERIES = ("Ka", "La", "Ma")  # which are, however weak beside the element's others
DETECTOR = 0.045  # cm of silicon, the usual thickness of a drift detector
SILICON_DENSITY = 2.33  # g/cm³

# Width of a line: noise of the electronics and statistics of the charge, fitted to spectra of pure elements
# measured with a silicon drift detector (107 eV at S Ka, 146 eV at Fe Ka).
ELECTRONIC_NOISE = 0.0767  # keV, full width at half maximum
FANO_FACTOR = 0.119
PAIR_ENERGY = 0.00366  # keV for one electron-hole pair in silicon

# Rh Compton lies at 18.75 to 18.93 keV in measured spectra, depending on the instrument.
SCATTER_ANGLE = 142.0
ELECTRON_REST_ENERGY = 510.999  # keV


@dataclass(frozen=True)
class Line:
    """One peak of an element's fluorescence, or of the tube's radiation scattered by the object.

    Parameters
    ----------
    element : str
        Its symbol.
    series : str
        ``"Ka"``, ``"Kb"``, ``"La"``, ``"Lb"``, ``"Ma"`` …; ``"Compton"`` for scatter of the tube's Ka.
    energy : float
        keV; the mean of its transitions, weighted with their intensities.
    intensity : float
        Relative to the element's strongest line, which has 1.

    Examples
    --------
    >>> find_line("Fe Ka").label
    'Fe Ka'
    """

    element: str
    series: str
    energy: float
    intensity: float

    @property
    def label(self) -> str:
        """The name as a chart shows it."""
        return f"{self.element} {self.series}"


def element_lines(element: str, excitation: float | Tube = EXCITATION_ENERGY) -> list[Line]:
    """List the lines that an element emits when it is excited by photons of one energy, or by a tube.

    Energies, transition rates, fluorescence yields and cross-sections (Kissel, with cascades) are those of
    xraylib (Schoonjans et al., Spectrochimica Acta B 66, 2011, 776). A line appears only where the excitation
    energy lies above the absorption edge of the shell that has to be emptied.

    Parameters
    ----------
    element : str
        Symbol, such as ``"Fe"``.
    excitation : float or Tube
        keV, or the tube: its spectrum is sampled at a few energies, and the intensities are those that a
        detector of 0.45 mm of silicon sees.

    Returns
    -------
    list of Line
        The strongest first; none where no shell can be excited.

    Raises
    ------
    CalibrationError
        When there is no such element.

    Examples
    --------
    >>> [(line.series, round(line.energy, 4)) for line in element_lines("Fe")[:2]]
    [('Ka', 6.3995), ('Kb', 7.058)]
    >>> [line.label for line in element_lines("Pb")[:3]]
    ['Pb La', 'Pb Lb', 'Pb Lb2']
    >>> "Ka" in {line.series for line in element_lines("Sn", 25)}
    False
    >>> "Ka" in {line.series for line in element_lines("Sn", Tube("Rh", 50))}
    True
    """
    if isinstance(excitation, Tube):
        return list(_element_lines(element, excitation.excitation, as_detected=True))
    return list(_element_lines(element, ((float(excitation), 1.0),)))


@lru_cache(maxsize=1024)
def _element_lines(
    element: str, excitation: tuple[tuple[float, float], ...], as_detected: bool = False
) -> tuple[Line, ...]:
    groups = []
    for series, names in TRANSITIONS.items():
        parts = np.array([_sampled(element, name, excitation) for name in names])
        total = parts[:, 1].sum()
        if total > 0:
            energy = float(parts[:, 0] @ parts[:, 1] / total)
            groups.append((series, energy, float(total) * (_detected(energy) if as_detected else 1.0)))
    strongest = max((intensity for _, _, intensity in groups), default=1.0)
    lines = [Line(element, series, energy, intensity / strongest) for series, energy, intensity in groups]
    listed = [line for line in lines if line.intensity >= WEAKEST or line.series in MAIN_SERIES]
    return tuple(sorted(listed, key=lambda line: -line.intensity))


def _detected(energy: float) -> float:
    """Return the share of photons that a silicon drift detector stops."""
    attenuation = xraylib.CS_Total(14, max(energy, 0.11)) * SILICON_DENSITY  # not told below 0.1 keV
    return float(-np.expm1(-attenuation * DETECTOR))


def _sampled(element: str, name: str, excitation: tuple[tuple[float, float], ...]) -> tuple[float, float]:
    found = [(*transition(element, name, energy), weight) for energy, weight in excitation]
    intensity = sum(strength * weight for _, strength, weight in found)
    return max(energy for energy, _, _ in found), intensity / sum(weight for _, weight in excitation)


def transition(element: str, name: str, excitation_energy: float) -> tuple[float, float]:
    """Return energy in keV and intensity of one transition; an intensity of 0 where it does not happen."""
    number = _atomic_number(element)
    try:
        edge = xraylib.EdgeEnergy(number, getattr(xraylib, f"{name[:-2]}_SHELL"))
        if excitation_energy <= edge:
            return 0.0, 0.0
        line = getattr(xraylib, f"{name}_LINE")
        return xraylib.LineEnergy(number, line), xraylib.CS_FluorLine_Kissel(number, line, excitation_energy)
    except ValueError:  # how xraylib says that the atom has no such shell or line
        return 0.0, 0.0


def _atomic_number(element: str) -> int:
    try:
        return int(xraylib.SymbolToAtomicNumber(element))
    except ValueError:
        raise CalibrationError(f"There is no element {element!r}: write its symbol, such as Fe.") from None


def all_lines(
    elements: Iterable[str] = COMMON_ELEMENTS, excitation: float | Tube = EXCITATION_ENERGY
) -> list[Line]:
    """List the lines of many elements, in the order of the elements, each element's strongest first.

    Examples
    --------
    >>> [line.label for line in all_lines(["K", "Ca"]) if line.intensity > 0.05]
    ['K Ka', 'K Kb', 'Ca Ka', 'Ca Kb']
    """
    return [line for element in elements for line in element_lines(element, excitation)]


def tube_lines(anode: str = "Rh", scatter_angle: float = SCATTER_ANGLE, kv: float = 50.0) -> list[Line]:
    """List the lines of the X-ray tube itself, which the object scatters into the detector.

    Parameters
    ----------
    anode : str
        Symbol of the tube's target.
    scatter_angle : float
        Degrees by which a photon is turned on its way from tube to detector; 180 is straight back. Compton's
        formula, E / (1 + E / 511 keV · (1 − cos angle)), gives the energy that is left.
    kv : float
        The tube's voltage: electrons of less energy than a shell's edge do not empty it.

    Examples
    --------
    >>> [(line.label, round(line.energy, 1)) for line in tube_lines("Rh") if line.series in ("Ka", "Compton")]
    [('Rh Ka', 20.2), ('Rh Compton', 18.8)]
    """
    lines = element_lines(anode, kv)
    loss = (1 - np.cos(np.radians(scatter_angle))) / ELECTRON_REST_ENERGY
    compton = {"Ka": "Compton", "Kb": "Compton Kb"}
    scattered = [
        Line(anode, compton[line.series], float(line.energy / (1 + line.energy * loss)), line.intensity)
        for line in lines
        if line.series in compton
    ]
    return lines + scattered


def find_line(name: str) -> Line:
    """Find a line by its name, however it is written.

    Parameters
    ----------
    name : str
        ``"Fe Ka"``, ``"FeKa"``, ``"fe-ka"``, ``"Fe Kα"``, ``"Fe Ka1"``.

    Raises
    ------
    CalibrationError
        When there is no such line; it names the nearest one.

    Examples
    --------
    >>> round(find_line("fe-kα").energy, 4)
    6.3995
    >>> find_line("Fe Kq")
    Traceback (most recent call last):
    ...
    maxrf_core.errors.CalibrationError: There is no element line 'Fe Kq': did you mean Fe Ka?
    """
    plain = name.strip().lower().translate(str.maketrans("αβγηζ", "abgnz"))
    matched = re.fullmatch(r"([a-z]{1,2}?)[\s_\-]*([klm][abglnz][23]?)1?", plain)
    if matched:
        element, series = matched[1].capitalize(), matched[2].capitalize()
        series = {"Ka2": "Ka", "Kb3": "Kb", "La2": "La", "Lb3": "Lb", "Ma2": "Ma"}.get(series, series)
        if element in _symbols():
            for excitation in (EXCITATION_ENERGY, 120.0):  # the heavy elements' K lines need more
                for line in element_lines(element, excitation):
                    if line.series == series:
                        return line
    raise CalibrationError(f"There is no element line {name!r}: did you mean {_nearest_label(plain)}?")


@lru_cache(maxsize=1)
def _symbols() -> tuple[str, ...]:
    return tuple(xraylib.AtomicNumberToSymbol(number) for number in range(1, 99))


def _nearest_label(name: str) -> str:
    labels = {
        line.label.lower(): line.label for line in all_lines(_symbols(), 120.0) if len(line.series) == 2
    }
    return labels[max(labels, key=lambda label: difflib.SequenceMatcher(None, name, label).ratio())]


def label_peaks(
    energies: Sequence[float] | np.ndarray,
    elements: Iterable[str] = COMMON_ELEMENTS,
    tolerance: float = 0.06,
    tube: Tube | None = RHODIUM_TUBE,
) -> list[Line | None]:
    """Name the most plausible line for each peak of a spectrum.

    All peaks are judged together: a line counts for more when it is a strong one of its element, when the
    element's other strong lines stand among the peaks too, and when the element is frequent on works of art.
    A peak of Pb La without Pb Lb is therefore called As Ka. It is a suggestion: overlapping lines need a fit.

    Parameters
    ----------
    energies : sequence of float
        keV of the peaks, in any order.
    elements : iterable of str
        Which elements come into question.
    tolerance : float
        keV by which a peak may lie beside its line; three times that for Compton scatter, which is broad.
    tube : Tube or None
        What excites the elements; its scattered lines are named as well. None to leave these out.

    Returns
    -------
    list of Line or None
        As many as energies; None where nothing fits.

    Examples
    --------
    >>> [line.label if line else "?" for line in label_peaks([6.40, 7.06, 3.69, 18.9, 20.18, 28.0])]
    ['Fe Ka', 'Fe Kb', 'Ca Ka', 'Rh Compton', 'Rh Ka', '?']
    >>> [line.label for line in label_peaks([3.69, 10.54, 12.61, 20.17])]
    ['Ca Ka', 'Pb La', 'Pb Lb', 'Rh Ka']
    >>> [line.label for line in label_peaks([3.69, 10.54, 20.17])]
    ['Ca Ka', 'As Ka', 'Rh Ka']
    """
    peaks = np.asarray(energies, dtype=np.float64)
    if not len(peaks):
        return []
    scores: list[dict[Line, float]] = [{} for _ in peaks]
    families = [(False, element_lines(element, tube or RHODIUM_TUBE)) for element in elements]
    if tube:
        families.append((True, tube_lines(tube.anode, kv=tube.kv)))  # which is always on
    for from_tube, lines in families:
        support = 1.0 if from_tube else _support(lines, peaks, tolerance)
        for line in lines:
            worth = np.sqrt(line.intensity) * support**2 * (1.0 if line.element in FREQUENT_ELEMENTS else 0.7)
            fit = np.exp(-0.5 * ((peaks - line.energy) / (0.4 * _reach(line, tolerance))) ** 2)
            for number in np.flatnonzero(np.abs(peaks - line.energy) <= _reach(line, tolerance)):
                scores[number][line] = float(worth * fit[number])
    best = [max(fits, key=lambda line: fits[line], default=None) for fits in scores]
    return [
        line if line and fits[line] > LEAST_PLAUSIBLE else None
        for line, fits in zip(best, scores, strict=True)
    ]


def _reach(line: Line, tolerance: float) -> float:
    return 3 * tolerance if "Compton" in line.series else tolerance


def _support(lines: Sequence[Line], peaks: np.ndarray, tolerance: float) -> float:
    """Give the share of an element's intensity, within the range of the peaks, that has a peak."""
    expected = found = 1e-9
    for line in lines:
        reach = _reach(line, tolerance)
        if peaks.min() - reach <= line.energy <= peaks.max() + reach:
            expected += line.intensity
            found += line.intensity * bool((np.abs(peaks - line.energy) <= reach).any())
    return found / expected


def calibrate_from_lines(peaks: Sequence[tuple[float, Line]]) -> Calibration:
    """Find gain and offset from peaks that are named as element lines; see `calibrate_from_peaks`.

    Parameters
    ----------
    peaks : sequence of (channel, Line)
    """
    source = "peaks " + ", ".join(line.label for _, line in peaks)
    return calibrate_from_peaks([(channel, line.energy) for channel, line in peaks], source)


def fwhm(energy: ArrayLike) -> np.ndarray:
    """Give the full width at half maximum of a line, as a silicon drift detector sees it.

    sqrt(noise² + 2.355² · F · ε · E): the noise of the electronics, and the statistics of the ε = 3.66 eV
    electron-hole pairs with Fano's factor F (Fano, Physical Review 72, 1947, 26).

    Parameters
    ----------
    energy : float or array
        keV.

    Returns
    -------
    ndarray of float64
        keV, of the shape of `energy`.

    Examples
    --------
    >>> round(float(fwhm(6.4)), 3)
    0.146
    """
    energy = np.maximum(np.asarray(energy, dtype=np.float64), 0)
    return np.sqrt(ELECTRONIC_NOISE**2 + 8 * np.log(2) * FANO_FACTOR * PAIR_ENERGY * energy)


def element_spectrum(
    element: str, energies: ArrayLike, excitation_energy: float = EXCITATION_ENERGY
) -> np.ndarray:
    """Draw an element's spectrum: its lines, broadened by the detector.

    Parameters
    ----------
    element : str
        Symbol.
    energies : array, shape (channels,)
        keV at the centre of each channel.
    excitation_energy : float
        keV.

    Returns
    -------
    ndarray, shape (channels,), float64
        The highest channel has 1; all 0 where no line lies on the axis.

    Examples
    --------
    >>> energies = np.arange(0, 20, 0.01)
    >>> round(float(energies[element_spectrum("Fe", energies).argmax()]), 2)
    6.4
    """
    energies = np.asarray(energies, dtype=np.float64)
    total = np.zeros(energies.shape)
    for name in (name for names in TRANSITIONS.values() for name in names):
        centre, intensity = transition(element, name, float(excitation_energy))
        if intensity > 0:
            total += intensity * gaussian(energies, centre)
    highest = total.max(initial=0.0)
    return total / highest if highest > 1e-12 else np.zeros(energies.shape)


def gaussian(energies: np.ndarray, centre: float, width: float | None = None) -> np.ndarray:
    """Draw one line of area 1 per keV at an energy; `width` is its FWHM in keV, the detector's if None."""
    sigma = float(fwhm(centre) if width is None else width) / np.sqrt(8 * np.log(2))
    return np.exp(-0.5 * ((energies - centre) / sigma) ** 2) / (sigma * np.sqrt(2 * np.pi))

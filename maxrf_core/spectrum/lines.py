"""Element lines: names, energies and relative intensities."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import xraylib
from numpy.typing import ArrayLike

from maxrf_core.errors import CalibrationError
from maxrf_core.language import _
from maxrf_core.spectrum.calibration import Calibration, calibrate_from_peaks
from maxrf_core.spectrum.detector import efficiency, gaussian
from maxrf_core.spectrum.elements import COMMON_ELEMENTS, MONOCHROMATIC, Tube

EXCITATION_ENERGY = 25.0  # keV, between the tube's characteristic lines and the end of its 50 kV spectrum

# The transitions that form one peak of a spectrum, in the notation of xraylib: KL3 fills K from L3.
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
MIN_INTENSITY = 1e-3  # relative intensity below which a line is not listed
MAIN_SERIES = ("Ka", "La", "Ma")  # always listed, however weak

# Rh Compton lies at 18.75 to 18.93 keV in measured spectra, depending on the instrument.
SCATTER_ANGLE = 142.0
ELECTRON_REST_ENERGY = 510.999  # keV
BEAM = "beam"  # in names of peaks: a monochromatic beam, scattered by the object


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
        """Element and series, such as "Fe Ka"."""
        return f"{self.element} {self.series}"


def element_lines(element: str, excitation: float | Tube = EXCITATION_ENERGY) -> list[Line]:
    """Return the lines that an element emits when it is excited by photons of one energy, or by a tube.

    Energies, transition rates, fluorescence yields and cross-sections (Kissel, with cascades) are those of
    xraylib (Schoonjans et al., Spectrochimica Acta B 66, 2011, 776). A line is listed only if the excitation
    energy lies above the absorption edge of the shell that has to be ionised.

    Parameters
    ----------
    element : str
        Symbol, such as ``"Fe"``.
    excitation : float or Tube
        Energy in keV, or the tube: its spectrum is sampled at a few energies, and the intensities include
        the efficiency of a detector of 0.45 mm of silicon.

    Returns
    -------
    list of Line
        The strongest first; empty if no shell can be excited.

    Raises
    ------
    CalibrationError
        If there is no such element.

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
            groups.append((series, energy, float(total) * (efficiency(energy) if as_detected else 1.0)))
    strongest = max((intensity for _, _, intensity in groups), default=1.0)
    lines = [Line(element, series, energy, intensity / strongest) for series, energy, intensity in groups]
    listed = [line for line in lines if line.intensity >= MIN_INTENSITY or line.series in MAIN_SERIES]
    return tuple(sorted(listed, key=lambda line: -line.intensity))


def _sampled(element: str, name: str, excitation: tuple[tuple[float, float], ...]) -> tuple[float, float]:
    energy, intensity = sampled_transition(element, name, excitation)
    return energy, intensity / sum(weight for _, weight in excitation)


def transition(element: str, name: str, excitation_energy: float) -> tuple[float, float]:
    """Return energy in keV and intensity of one transition; both are 0 if it is not excited."""
    return sampled_transition(element, name, ((excitation_energy, 1.0),))


def sampled_transition(
    element: str, name: str, excitation: Iterable[tuple[float, float]]
) -> tuple[float, float]:
    """Return energy in keV and intensity of one transition, summed over photons of several energies.

    Parameters
    ----------
    element : str
    name : str
        In the notation of xraylib, such as ``"KL3"``.
    excitation : iterable of (float, float)
        Energies of the photons in keV, and their weights.

    Returns
    -------
    float, float
        Both are 0 if none of the photons excites it.
    """
    number = _atomic_number(element)
    try:
        edge = xraylib.EdgeEnergy(number, getattr(xraylib, f"{name[:-2]}_SHELL"))
        line = getattr(xraylib, f"{name}_LINE")
        energy = xraylib.LineEnergy(number, line)
    except ValueError:  # raised by xraylib if the atom has no such shell or line
        return 0.0, 0.0
    total = 0.0
    for photon, weight in excitation:
        if photon > edge:
            try:
                total += weight * xraylib.CS_FluorLine_Kissel(number, line, photon)
            except ValueError:  # no such transition
                return 0.0, 0.0
    return (energy, total) if total > 0 else (0.0, 0.0)


@lru_cache(maxsize=256)
def _atomic_number(element: str) -> int:
    try:
        return int(xraylib.SymbolToAtomicNumber(element))
    except ValueError:
        raise CalibrationError(
            _("There is no element {element!r}: write its symbol, such as Fe.").format(element=element)
        ) from None


def all_lines(
    elements: Iterable[str] = COMMON_ELEMENTS, excitation: float | Tube = EXCITATION_ENERGY
) -> list[Line]:
    """Return the lines of several elements, in the order of the elements, the strongest of each first.

    Examples
    --------
    >>> [line.label for line in all_lines(["K", "Ca"]) if line.intensity > 0.05]
    ['K Ka', 'K Kb', 'Ca Ka', 'Ca Kb']
    """
    return [line for element in elements for line in element_lines(element, excitation)]


def tube_lines(anode: str = "Rh", scatter_angle: float = SCATTER_ANGLE, kv: float = 50.0) -> list[Line]:
    """Return the lines of the X-ray tube itself, which the object scatters into the detector.

    Parameters
    ----------
    anode : str
        Symbol of the tube's target; ``"mono"`` for a monochromatic beam of `kv` keV.
    scatter_angle : float
        Degrees between the directions of a photon before and after scattering; 180 is straight back.
        Compton's formula, E / (1 + E / 511 keV · (1 − cos angle)), gives the energy after scattering.
    kv : float
        The tube's voltage; only shells with an edge below this energy in keV are ionised.

    Examples
    --------
    >>> [(line.label, round(line.energy, 1)) for line in tube_lines("Rh") if line.series in ("Ka", "Compton")]
    [('Rh Ka', 20.2), ('Rh Compton', 18.8)]
    """
    beam = Line(BEAM, "Rayleigh", kv, 1.0)
    lines = [beam] if anode == MONOCHROMATIC else element_lines(anode, kv)
    loss = (1 - np.cos(np.radians(scatter_angle))) / ELECTRON_REST_ENERGY
    compton = {"Ka": "Compton", "Kb": "Compton Kb", "Rayleigh": "Compton"}
    scattered = [
        Line(
            line.element, compton[line.series], float(line.energy / (1 + line.energy * loss)), line.intensity
        )
        for line in lines
        if line.series in compton
    ]
    return lines + scattered


def find_line(name: str) -> Line:
    """Return the line of a name, in any of the usual notations.

    Parameters
    ----------
    name : str
        ``"Fe Ka"``, ``"FeKa"``, ``"fe-ka"``, ``"Fe Kα"``, ``"Fe Ka1"``.

    Raises
    ------
    CalibrationError
        If there is no such line; the message suggests the nearest name.

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
    raise CalibrationError(
        _("There is no element line {name!r}: did you mean {nearest_label}?").format(
            name=name, nearest_label=_nearest_label(plain)
        )
    )


@lru_cache(maxsize=1)
def _symbols() -> tuple[str, ...]:
    return tuple(xraylib.AtomicNumberToSymbol(number) for number in range(1, 99))


def _nearest_label(name: str) -> str:
    labels = {
        line.label.lower(): line.label for line in all_lines(_symbols(), 120.0) if len(line.series) == 2
    }
    return labels[max(labels, key=lambda label: difflib.SequenceMatcher(None, name, label).ratio())]


def calibrate_from_lines(peaks: Sequence[tuple[float, Line]]) -> Calibration:
    """Compute gain and offset from peaks that are identified as element lines; see `calibrate_from_peaks`.

    Parameters
    ----------
    peaks : sequence of (channel, Line)
    """
    source = "peaks " + ", ".join(line.label for _, line in peaks)
    return calibrate_from_peaks([(channel, line.energy) for channel, line in peaks], source)


def element_spectrum(
    element: str, energies: ArrayLike, excitation_energy: float = EXCITATION_ENERGY
) -> np.ndarray:
    """Compute the spectrum of an element: its lines, broadened by the detector.

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
        The highest channel is 1; all are 0 if no line lies on the axis.

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

"""Line families: all lines that one shell of an element emits, such as ``Fe-K`` or ``Pb-L``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import xraylib

from maxrf_core.errors import CalibrationError
from maxrf_core.language import _
from maxrf_core.spectrum.elements import DEFAULT_TUBE, MONOCHROMATIC, NAMES, Tube
from maxrf_core.spectrum.lines import sampled_transition

SHELLS = ("K", "L", "M")
MIN_SHARE = 1e-4  # of the family's strongest line; weaker ones are left out
MIN_ENERGY = 0.3  # keV; lines below it are not detected
MERGED = 0.004  # keV; lines of one group that lie closer are joined

# Radiative Auger satellite of Kb: the atom emits a photon and an M electron together, so that the photon has
# at most the energy of the K edge less twice that of M3 (Åberg and Utriainen, Physical Review Letters 22,
# 1969, 1346). By atomic number: counts relative to Kb, and the length in keV in which they fall to 1/e. Both
# are fitted to NIST's spectra of pure elements, beside natural widths and the detector's tail and step.
SATELLITE_NUMBERS = (22, 24, 26, 28, 29)
SATELLITE_SHARE = (0.069, 0.098, 0.061, 0.057, 0.068)
SATELLITE_LENGTH = (0.08, 0.1, 0.125, 0.19, 0.28)
SATELLITE_ELEMENTS = (19, 35)  # atomic numbers between which it is resolved from Kb and not weak
SATELLITE_STEPS = np.arange(0.5, 10) * 0.4  # where it is sampled, in units of its length

# Parts of the tube's voltage at which its continuum is sampled, with weights by Kramers' law (Philosophical
# Magazine 46, 1923, 836). What lies below 0.4 is mostly absorbed in the tube's window and in filters.
EXCITATION = tuple((float(part), 1 / float(part) - 1) for part in np.arange(0.42, 1, 0.06))

# A hole in this level is filled from that one, in the notation of xraylib: KL3, L2M4, M5N7.
_NAMES = tuple(
    name.removesuffix("_LINE")
    for name in sorted(vars(xraylib))
    if re.fullmatch(r"(K[LMNO][1-7]|L[1-3][MNOP][1-7]|M[1-5][NO][1-7])_LINE", name)
)


Line = tuple[float, float, float]  # energy in keV, intensity, natural width in keV


@dataclass(frozen=True, eq=False)
class FamilyLines:
    """The lines of a family.

    Attributes
    ----------
    energies : ndarray, shape (lines,)
        keV, rising.
    intensities : ndarray, shape (lines,)
        As emitted by the atom; their sum is 1.
    groups : tuple of str
        Lines whose ratio is fixed by one level's transition rates: ``"Ka"``, ``"Kb"``; ``"L1"``, ``"L2"``,
        ``"L3"`` by the level of the hole; ``"M"``.
    widths : ndarray, shape (lines,)
        Natural widths in keV (FWHM of the Lorentzian): the sum of those of the two levels.
    """

    energies: np.ndarray
    intensities: np.ndarray
    groups: tuple[str, ...]
    widths: np.ndarray

    @property
    def main_energy(self) -> float:
        """Energy of the strongest line in keV."""
        return float(self.energies[self.intensities.argmax()])


@lru_cache(maxsize=1024)
def split_family(name: str) -> tuple[str, str]:
    """Return the element and the shell of a family's name; ``"mono-K"`` is a monochromatic beam.

    Raises
    ------
    CalibrationError
        If it is no name of a family.

    Examples
    --------
    >>> split_family("Pb-L")
    ('Pb', 'L')
    >>> split_family("fe k")
    ('Fe', 'K')
    """
    if name == f"{MONOCHROMATIC}-K":
        return MONOCHROMATIC, "K"
    element, _dash, shell = re.sub(r"[\s_\-]+", "-", name.strip()).partition("-")
    if element.capitalize() not in NAMES or shell.upper() not in SHELLS:
        raise CalibrationError(
            _(
                "{name!r:.40} is no family of lines: write an element and the shell K, L or M, such as Fe-K."
            ).format(name=name)
        )
    return element.capitalize(), shell.upper()


def family_lines(element: str, shell: str, tube: Tube = DEFAULT_TUBE) -> FamilyLines | None:
    """Return the lines of a family as excited by a tube, or None if it excites none.

    Energies, transition rates and the cross-sections of Kissel with cascades are those of xraylib
    (Schoonjans et al., Spectrochimica Acta B 66, 2011, 776), sampled over the tube's continuum, or at the
    energy of a monochromatic beam. The beam itself, ``"mono"``, has one line in place of a K shell.

    Parameters
    ----------
    element : str
    shell : str
        ``"K"``, ``"L"`` or ``"M"``.
    tube : Tube

    Examples
    --------
    >>> iron = family_lines("Fe", "K")
    >>> round(iron.main_energy, 3), sorted(set(iron.groups))
    (6.404, ['Ka', 'Kb'])
    >>> family_lines("Pb", "K") is None
    True
    """
    if element == MONOCHROMATIC:
        return _beam(tube.kv) if shell == "K" else None
    return _excited_by(element, shell, tube.source)


def _beam(energy: float) -> FamilyLines:
    return FamilyLines(np.array([energy]), np.ones(1), ("Ka",), np.zeros(1))


@lru_cache(maxsize=2048)
def _excited_by(element: str, shell: str, source: Tube) -> FamilyLines | None:
    """Return the lines of a family as excited by a beam, or by a tube's continuum, as its voltage tells."""
    kv = source.kv
    excitation = [(kv, 1.0)] if source.is_beam else [(part * kv, weight) for part, weight in EXCITATION]
    found: dict[str, list[Line]] = {}
    for name in (name for name in _NAMES if name.startswith(shell)):
        energy, intensity = sampled_transition(element, name, excitation)
        if intensity > 0 and energy > MIN_ENERGY:
            found.setdefault(_group(name), []).append((energy, intensity, _natural_width(element, name)))
    if not found:
        return None
    if "Kb" in found:
        found["Kb"] += _satellite(element, sum(intensity for _, intensity, _ in found["Kb"]))
    lines = [(*line, group) for group, pairs in found.items() for line in _merged(pairs)]
    strongest = max(intensity for _, intensity, *_ in lines)
    lines = sorted(line for line in lines if line[1] >= MIN_SHARE * strongest)
    intensities = np.array([intensity for _, intensity, *_ in lines])
    return FamilyLines(
        np.array([energy for energy, *_ in lines]),
        intensities / intensities.sum(),
        tuple(group for *_, group in lines),
        np.array([width for _, _, width, _ in lines]),
    )


@dataclass(frozen=True, eq=False)
class JoinedLines:
    """The lines of several families, one after the other.

    Attributes
    ----------
    energies, intensities, widths : ndarray, shape (lines,)
        As in `FamilyLines`.
    owners : ndarray of int, shape (lines,)
        Position of each line's family.
    groups : dict of (str, str) to ndarray of int
        Positions of the lines of a family's group, such as ("Fe-K", "Kb").
    """

    energies: np.ndarray
    intensities: np.ndarray
    widths: np.ndarray
    owners: np.ndarray
    groups: dict[tuple[str, str], np.ndarray]

    def chosen(self, names: Sequence[str], groups: Sequence[str | None]) -> np.ndarray:
        """Return which lines belong to a group of each family, or to any group if it is None: (lines,)."""
        wanted = np.zeros(len(self.owners), bool)
        for number, (name, group) in enumerate(zip(names, groups, strict=True)):
            own = self.owners == number
            if group is not None:
                own &= np.isin(np.arange(len(own)), self.groups.get((name, group), ()))
            wanted |= own
        return wanted


@lru_cache(maxsize=64)
def joined_lines(names: tuple[str, ...], source: Tube) -> JoinedLines:
    """Return the lines of families as excited by a `Tube.source`; those it does not excite have none."""
    energies, intensities, widths = [np.empty(0)], [np.empty(0)], [np.empty(0)]
    owners = [np.empty(0, np.int64)]
    groups: dict[tuple[str, str], list[int]] = {}
    for number, name in enumerate(names):
        lines = _excited_by(*split_family(name), source)
        if lines is None:
            continue
        first = sum(map(len, energies))
        energies.append(lines.energies)
        intensities.append(lines.intensities)
        widths.append(lines.widths)
        owners.append(np.full(len(lines.energies), number))
        for place, group in enumerate(lines.groups):
            groups.setdefault((name, group), []).append(first + place)
    return JoinedLines(
        np.concatenate(energies),
        np.concatenate(intensities),
        np.concatenate(widths),
        np.concatenate(owners),
        {key: np.array(places) for key, places in groups.items()},
    )


def _natural_width(element: str, name: str) -> float:
    """Return the natural width of a transition in keV; levels whose width is not known have none."""
    number, length = xraylib.SymbolToAtomicNumber(element), 1 if name[0] == "K" else 2
    total = 0.0
    for level in (name[:length], name[length : length + 2]):
        try:
            total += xraylib.AtomicLevelWidth(number, getattr(xraylib, f"{level}_SHELL"))
        except ValueError:
            continue
    return total


def _satellite(element: str, kb: float) -> list[Line]:
    """Return energies, intensities and widths that stand for the radiative Auger satellite of Kb."""
    number = xraylib.SymbolToAtomicNumber(element)
    if not SATELLITE_ELEMENTS[0] <= number <= SATELLITE_ELEMENTS[1]:
        return []
    highest = xraylib.EdgeEnergy(number, xraylib.K_SHELL) - 2 * xraylib.EdgeEnergy(number, xraylib.M3_SHELL)
    shares = np.exp(-SATELLITE_STEPS)
    shares *= kb * np.interp(number, SATELLITE_NUMBERS, SATELLITE_SHARE) / shares.sum()
    energies = highest - SATELLITE_STEPS * np.interp(number, SATELLITE_NUMBERS, SATELLITE_LENGTH)
    return [(energy, share, 0.0) for energy, share in zip(energies.tolist(), shares.tolist(), strict=True)]


def _group(name: str) -> str:
    if name[0] == "K":
        return "Ka" if name[1] == "L" else "Kb"
    return name[:2] if name[0] == "L" else "M"


def _merged(lines: list[Line]) -> list[Line]:
    """Join lines that lie closer than `MERGED`, at their weighted mean."""
    joined: list[list[float]] = []
    for energy, intensity, width in sorted(lines):
        if joined and energy - joined[-1][0] < MERGED:
            last = joined[-1]
            total = last[1] + intensity
            last[0] = (last[0] * last[1] + energy * intensity) / total
            last[2] = (last[2] * last[1] + width * intensity) / total
            last[1] = total
        else:
            joined.append([energy, intensity, width])
    return [(energy, intensity, width) for energy, intensity, width in joined]

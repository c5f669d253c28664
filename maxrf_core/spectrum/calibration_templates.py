"""Shapes of line families on a grid of energies, with which automatic calibration tries hypotheses."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from maxrf_core.spectrum.elements import COMMON_ELEMENTS, ELEMENTS, FREQUENT_ELEMENTS, Tube
from maxrf_core.spectrum.families import family_lines
from maxrf_core.spectrum.response import Response
from maxrf_core.spectrum.scatter import compton_energy

LOW, STEP, N_STEPS = 0.6, 0.02, 2220  # keV; the grid ends at 45 keV
NOISES = (0.045, 0.06, 0.075, 0.09, 0.11, 0.13, 0.155, 0.18, 0.21)  # keV, of detectors
MIN_FAMILY_ENERGY, MIN_L_ENERGY = 0.9, 2.2  # keV
M_ELEMENTS = ("W", "Pt", "Au", "Hg", "Pb", "Bi", "Th", "U")  # whose M lines are strong
SCATTERING_ANODES = ("Rh", "Ag", "Mo", "Pd")  # tubes whose K lines are excited and scattered
ANGLES = (115, 135, 155)  # degrees of Compton scattering
COMPTON_WIDTH = 0.5  # keV at 20 keV
UNLIKELY = frozenset({"Kr", "Xe", "Rn", "Tc", "Pm", "Po", "At", "Fr", "Ra", "Ac", "Pa"})

# Penalties: how much a hypothesis has to gain by an element. Rare ones fit anything.
FREQUENT, COMMON, SEEN, RARE = 1.0, 2.0, 4.0, 7.0
# In alloys, minerals and instruments
SEEN_ELEMENTS = frozenset(
    (
        "Mo",
        "Zr",
        "Rb",
        "Y",
        "Nb",
        "W",
        "Ga",
        "Ge",
        "Cs",
        "V",
        "In",
        "Pd",
        "Mg",
        "Na",
        "La",
        "Ce",
        "U",
        "Th",
        "Sc",
    )
)
ANODE_PENALTY = {"Rh": 1.5}  # most scanners have it
OTHER_ANODE_PENALTY = 6.0


@dataclass(frozen=True, eq=False)
class Templates:
    """Shapes of families and of Compton scatter.

    Attributes
    ----------
    names : tuple of str
        ``"Fe-K"`` …, then ``"Rh Compton 135"`` ….
    cumulated : ndarray, shape (names, steps + 1)
        Sums of each shape up to each step of the grid; differences are the counts between two energies.
    penalties : ndarray, shape (names,)
    scattering : dict of str to ndarray
        Numbers of the shapes of scatter, by anode.
    """

    names: tuple[str, ...]
    cumulated: np.ndarray
    penalties: np.ndarray
    scattering: dict[str, np.ndarray]


def penalty(element: str, anode: str | None = None) -> float:
    """Return the penalty of an element; that of the tube's anode is small.

    Examples
    --------
    >>> penalty("Fe"), penalty("Dy")
    (1.0, 7.0)
    """
    if element in FREQUENT_ELEMENTS or element == (anode or "Rh"):
        return FREQUENT
    if element in COMMON_ELEMENTS:
        return COMMON
    return SEEN if element in SEEN_ELEMENTS else RARE


@lru_cache(maxsize=24)
def templates(noise: float, kv: float = 50.0, anode: str | None = None) -> Templates:
    """Return the shapes for a detector's noise.

    Parameters
    ----------
    noise : float
        Electronic noise, full width at half maximum in keV.
    kv : float
        Voltage of the tube.
    anode : str, optional
        If it is given, scatter of other anodes is left out.
    """
    response = Response(LOW, STEP, noise=noise, shelf=0, tail=0, step=0)  # the background takes them
    names, shapes, penalties = [], [], []
    for element, shell, tube in _families(kv):
        lines = family_lines(element, shell, tube)
        if lines is None or lines.main_energy < MIN_FAMILY_ENERGY:
            continue
        areas = lines.intensities * response.detected(lines.energies)
        names.append(f"{element}-{shell}")
        shapes.append(response.lines(lines.energies, areas / areas.sum(), N_STEPS))
        penalties.append(penalty(element, anode))
    scattered = {}
    for scattering in (anode,) if anode else SCATTERING_ANODES:
        lines = family_lines(scattering, "K", Tube(scattering, kv))
        if lines is None:
            continue
        scattered[scattering] = len(names) + np.arange(len(ANGLES))
        for angle in ANGLES:
            centres = compton_energy(lines.energies, angle)
            widths = np.hypot(response.fwhm(centres), COMPTON_WIDTH * centres / 20)
            names.append(f"{scattering} Compton {angle}")
            shapes.append(response.gaussians(centres, lines.intensities, N_STEPS, widths))
            known = 1.0 if anode else ANODE_PENALTY.get(scattering, OTHER_ANODE_PENALTY)
            penalties.append(known)
    cumulated = np.concatenate([np.zeros((len(shapes), 1)), np.cumsum(shapes, axis=1)], axis=1)
    return Templates(tuple(names), cumulated, np.array(penalties), scattered)


def _families(kv: float) -> list[tuple[str, str, Tube]]:
    tube = Tube(kv=kv)
    found = []
    for element in ELEMENTS:
        if element in UNLIKELY:
            continue
        found.append((element, "K", tube))
        lines = family_lines(element, "L", tube)
        if lines is not None and lines.main_energy >= MIN_L_ENERGY:
            found.append((element, "L", tube))
        if element in M_ELEMENTS:
            found.append((element, "M", tube))
    return found


@lru_cache(maxsize=8)
def line_groups(kv: float = 50.0, anode: str | None = None) -> tuple[tuple[float, np.ndarray], ...]:
    """Return each family's peaks that a detector resolves, for comparing with positions of peaks.

    Returns
    -------
    tuple of (penalty, ndarray of shape (lines, 2))
        Energies in keV and intensities relative to the strongest, which is the first. The last ones are the
        Ka lines of anodes with their Compton peaks.
    """
    response = Response(0, 0.01)
    found = []
    for element, shell, tube in _families(kv):
        lines = family_lines(element, shell, tube)
        if shell == "M" or lines is None or lines.main_energy < MIN_FAMILY_ENERGY:
            continue
        areas = lines.intensities * response.detected(lines.energies)
        found.append((penalty(element, anode), _resolved(lines.energies, areas / areas.max())))
    for scattering in (anode,) if anode else SCATTERING_ANODES:
        lines = family_lines(scattering, "K", Tube(scattering, kv))
        if lines is not None:
            alpha = np.array([group == "Ka" for group in lines.groups])
            energy = np.average(lines.energies[alpha], weights=lines.intensities[alpha])
            pair = np.array([[energy, 1.0], [float(compton_energy(energy, 138)), 3.0]])
            found.append((penalty(scattering, anode) + 1, pair))
    return tuple(found)


def _resolved(energies: np.ndarray, areas: np.ndarray) -> np.ndarray:
    """Return the up to five strongest peaks of lines, of which those within 70 eV are joined."""
    joined: list[list[float]] = []
    for energy, area in zip(energies, areas, strict=True):
        if joined and energy - joined[-1][0] < 0.07:
            total = joined[-1][1] + area
            joined[-1] = [(joined[-1][0] * joined[-1][1] + energy * area) / total, total]
        else:
            joined.append([energy, area])
    strong = sorted((line for line in joined if line[1] > 0.04), key=lambda line: -line[1])
    return np.array(strong[:5])

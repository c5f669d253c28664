"""Line families that a scan is examined for, and those that can be taken for one another."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np

from maxrf_core.spectrum.elements import COMMON_ELEMENTS, ELEMENTS, Tube
from maxrf_core.spectrum.families import SHELLS, FamilyLines, family_lines, split_family
from maxrf_core.spectrum.response import Response

# Radioactive elements without a use in art, and gases that are neither in air nor in objects.
UNLIKELY = frozenset({"Kr", "Xe", "Rn", "Tc", "Pm", "Po", "At", "Fr", "Ra", "Ac", "Pa"})
STRONG_LINE = 0.05  # of a family's counts
NEAR = 1.0  # of the width of a line, within which two lines are taken for one another


def candidate_families(tube: Tube, low: float, high: float, elements: Iterable[str] = ELEMENTS) -> list[str]:
    """Return the families whose strongest line lies between two energies in keV.

    Those of the tube's anode are left out: its scattered lines hide them.

    Examples
    --------
    >>> candidate_families(Tube("Rh", 50), 6.0, 6.5, ["Fe", "Mn", "Rh", "Tb"])
    ['Fe-K', 'Tb-L']
    """
    found = []
    for element in elements:
        if element in UNLIKELY or element == tube.anode:
            continue
        for shell in SHELLS:
            lines = family_lines(element, shell, tube)
            if lines is not None and low <= lines.main_energy <= high:
                found.append(f"{element}-{shell}")
    return found


def lines_of_tube(tube: Tube, response: Response) -> list[FamilyLines]:
    """Return the lines of a tube's anode, a shell each, or that of a monochromatic beam."""
    shells = SHELLS[:1] if tube.is_beam else SHELLS[:2]
    lines = [lines_of(f"{tube.anode}-{shell}", tube, response) for shell in shells]
    return [each for each in lines if each is not None]


@lru_cache(maxsize=2048)
def lines_of(name: str, tube: Tube, response: Response) -> FamilyLines | None:
    """Return a family's lines as detected: intensities include the loss on the way and in the detector."""
    lines = family_lines(*split_family(name), tube)
    if lines is None:
        return None
    detected = lines.intensities * response.detected(lines.energies)
    return FamilyLines(lines.energies, detected / (detected.sum() or 1), lines.groups, lines.widths)


def rivals(name: str, others: Sequence[str], tube: Tube, response: Response) -> list[str]:
    """Return those of other families that have a strong line at a family's strongest one.

    Examples
    --------
    >>> rivals("As-K", ["Pb-L", "Fe-K", "Hg-L"], Tube("Rh", 50), Response(0, 0.01))
    ['Pb-L']
    """
    own = lines_of(name, tube, response)
    found = []
    for other in others:
        lines = lines_of(other, tube, response)
        if own is None or lines is None or split_family(other)[0] == split_family(name)[0]:
            continue
        near = np.abs(lines.energies - own.main_energy) < NEAR * float(response.fwhm(own.main_energy))
        if lines.intensities[near].sum() > STRONG_LINE:
            found.append(other)
    return found


def rivals_of_all(
    present: Sequence[str], tube: Tube, response: Response, low: float, high: float
) -> list[str]:
    """Return the families of common elements that could be hidden by those that are present."""
    possible = [name for name in candidate_families(tube, low, high, COMMON_ELEMENTS) if name not in present]
    return [name for name in possible if rivals(name, present, tube, response)]

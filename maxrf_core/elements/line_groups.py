"""Groups of a family's lines that a detector tells apart, such as Pb Lα, Lβ and Lγ, each fitted by itself."""

import numpy as np
import xraylib

from maxrf_core.spectrum.families import JoinedLines, joined_lines, split_family
from maxrf_core.spectrum.line_names import GREEK, family_of, line_group
from maxrf_core.spectrum.model import Instrument
from maxrf_core.spectrum.response import Response

# The line of each group that lies nearest tells to which group a line of an L shell belongs.
ANCHORS = {"a": xraylib.L3M5_LINE, "b": xraylib.L2M4_LINE, "g": xraylib.L2N4_LINE}
MIN_DISTANCE = 1.0  # of two groups' mean energies, in FWHM of the detector: nearer ones are not told apart


def groups_of(instrument: Instrument, family: str) -> dict[str, float]:
    """Return the groups of a family's lines that the detector tells apart from all others of the family.

    Returns
    -------
    dict of str to float
        Mean energies in keV, by name such as "Pb-La". Empty if there are not two.
    """
    lines, kinds = _kinds(instrument, family)
    areas = _areas(instrument.response, lines)
    energies = {
        kind: float(np.average(lines.energies[kinds == kind], weights=areas[kinds == kind]))
        for kind in GREEK
        if areas[kinds == kind].sum() > 0
    }
    kept: dict[str, float] = {}
    for kind, energy in energies.items():
        width = float(instrument.response.fwhm(energy))
        others = [other for name, other in energies.items() if name != kind]
        if all(abs(energy - other) >= MIN_DISTANCE * width for other in others):
            kept[f"{family}{kind}"] = energy
    return kept if len(kept) > 1 else {}


def group_shapes(instrument: Instrument, family: str, n_channels: int) -> dict[str, np.ndarray]:
    """Return the spectrum of each group of a family's lines, (channels,), by name; its counts are 1."""
    lines, kinds = _kinds(instrument, family)
    areas = _areas(instrument.response, lines)
    response = instrument.response
    return {
        f"{family}{kind}": response.lines(
            lines.energies[kinds == kind],
            areas[kinds == kind] / areas[kinds == kind].sum(),
            n_channels,
            lines.widths[kinds == kind],
        )
        for kind in GREEK
        if areas[kinds == kind].sum() > 0
    }


def thin_ratio(instrument: Instrument, first: str, second: str) -> float:
    """Return the counts of one line to those of another of its family from a thin layer that nothing covers.

    By the intensities of `maxrf_core.spectrum.families.family_lines`, those of xraylib, and the share of the
    photons that passes the air and is detected (`Response.detected`).
    """
    family = family_of(first)
    lines, kinds = _kinds(instrument, family)
    areas = _areas(instrument.response, lines)
    one, other = (areas[kinds == line_group(name)].sum() for name in (first, second))
    return float(one / other)


def _kinds(instrument: Instrument, family: str) -> tuple[JoinedLines, np.ndarray]:
    """Return the lines of a family, and the group of each: "a", "b" or "g"."""
    lines = joined_lines((family,), instrument.tube.source)
    kinds = np.full(len(lines.energies), "a")
    element, shell = split_family(family)
    if shell == "K":
        kinds[lines.groups.get((family, "Kb"), [])] = "b"
        return lines, kinds
    number = xraylib.SymbolToAtomicNumber(element)
    anchors: dict[str, float] = {}
    for kind, line in ANCHORS.items():
        try:
            anchors[kind] = xraylib.LineEnergy(number, line)
        except ValueError:
            continue
    if anchors:
        distances = np.abs(lines.energies - np.array(list(anchors.values()))[:, np.newaxis])
        kinds = np.array(list(anchors))[distances.argmin(axis=0)]
    return lines, kinds


def _areas(response: Response, lines: JoinedLines) -> np.ndarray:
    return np.asarray(lines.intensities * response.detected(lines.energies))

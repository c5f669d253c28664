"""Names of groups of pixels: the elements that their mean spectrum shows, and the rest of the scan less."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maxrf_core.cube.cube import Cube
from maxrf_core.elements.analysis import Analysis
from maxrf_core.elements.identify import ABSENT, Finding, findings_of
from maxrf_core.language import Note, _
from maxrf_core.patches.groups import Groups
from maxrf_core.patches.patch import COLOURS, Patch, with_own_names
from maxrf_core.progress import Progress, silent
from maxrf_core.spectrum.families import split_family

MIN_CONTRAST = 0.5  # standard deviations of a family's signal above the scan's mean
MAX_IN_NAME = 3


@dataclass(frozen=True, eq=False)
class NamedGroup:
    """One group of pixels with the elements in it.

    Attributes
    ----------
    patch : Patch
        Its pixels, called after the elements that it has more of than the scan, such as ``"Cu, Ba"``.
    spectrum : ndarray, shape (channels,), float64
        Mean counts of its pixels.
    findings : dict of str to Finding
        Elements of its spectrum, see `maxrf_core.elements.identify.findings_of`.
    """

    patch: Patch
    spectrum: np.ndarray
    findings: dict[str, Finding]


def name_groups(
    cube: Cube, analysis: Analysis, groups: Groups, progress: Progress = silent
) -> list[NamedGroup]:
    """Return groups with their mean spectra, from one pass over the cube, and their elements.

    Parameters
    ----------
    cube : Cube
    analysis : Analysis
        Of the scan's mean spectrum.
    groups : Groups
    progress : callable
    """
    masks = [groups.mask(number) for number in range(groups.count)]
    spectra = cube.region_spectra(masks, lambda share, description: progress(0.5 * share, description))
    found = []
    for number, spectrum in enumerate(spectra):
        progress(0.5 + 0.5 * number / groups.count, _("identifying the elements of the groups"))
        counts = np.nan_to_num(spectrum.mean) * spectrum.pixels
        found.append(findings_of(analysis, counts, Note("group {number}", number=number + 1)))
    named = [
        groups.patch(number, group_name(groups, number, found[number]), COLOURS[number % len(COLOURS)])
        for number in range(groups.count)
    ]
    progress(1.0, _("groups named"))
    return [
        NamedGroup(patch, spectrum.mean, findings)
        for patch, spectrum, findings in zip(with_own_names(named, ()), spectra, found, strict=True)
    ]


def group_name(groups: Groups, number: int, findings: dict[str, Finding]) -> str:
    """Return the elements that a group has more of than the scan, the most telling first."""
    order = np.argsort(-groups.contrast[number])
    more = [groups.families[family] for family in order if groups.contrast[number, family] > MIN_CONTRAST]
    seen = _seen([split_family(family)[0] for family in more], findings)
    return ", ".join(seen[:MAX_IN_NAME]) or _("Little of all")


def _seen(elements: Sequence[str], findings: dict[str, Finding]) -> list[str]:
    """Return the elements that are not absent in a spectrum, each once."""
    known = [each for each in dict.fromkeys(elements) if each in findings]
    return [element for element in known if findings[element].status != ABSENT]

"""Survey of overlapping scans in words: a table of the overlaps, and what has to be known of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maxrf_core.language import _
from maxrf_core.mosaic.count_ratio import Factor
from maxrf_core.mosaic.survey import Overlap, Survey


@dataclass(frozen=True)
class OverlapRow:
    """One overlap as it is shown.

    Attributes
    ----------
    scans : str
        The numbers of both scans, from 1.
    size : str
        Pixels that both cover.
    measured, expected : str
        How far the scans are apart, and what their registrations lead to expect.
    counts : str
        Counts of the second scan in relation to the first, by element.
    """

    scans: str
    size: str
    measured: str
    expected: str
    counts: str


def overlap_rows(found: Survey) -> list[OverlapRow]:
    """Return the overlaps of a survey as rows of a table."""
    return [_row(found, each) for each in found.overlaps]


def survey_notes(found: Survey) -> list[str]:
    """Return sentences on overlaps that contradict the registrations, and on the joint adjustment."""
    notes = [
        _(
            "Scans {first} and {second} are {distance} apart, although their registrations lead to expect "
            "{expected}: check the registration of both."
        ).format(
            first=each.first + 1,
            second=each.second + 1,
            distance=length_text(found, each.distance or 0.0),
            expected=_("less") if each.expected is None else length_text(found, each.expected),
        )
        for each in found.overlaps
        if each.is_suspicious
    ]
    if len(found.overlaps) < len(found.scans) - 1:
        notes.append(_("Not all scans overlap: those that do not are placed by their registrations alone."))
    return [*notes, adjustment_text(found)]


def adjustment_text(found: Survey) -> str:
    """Return a sentence that says whether the scans were adjusted together."""
    adjustment = found.adjustment
    if adjustment is None:
        return _("The scans lie where their registrations place them.")
    scale = found.scans[0].scale
    before, after = (length_text(found, each / scale) for each in (adjustment.before, adjustment.after))
    if found.is_adjusted:
        words = _(
            "The scans were moved a little to meet in their overlaps: patches that were held out were "
            "{before} apart in the median, and are {after} now."
        )
    else:
        words = _(
            "The scans lie where their registrations place them: moving them together would not bring "
            "patches that were held out clearly nearer (median {before} before, {after} after)."
        )
    return words.format(before=before, after=after)


def factor_rows(found: Survey, factors: Sequence[dict[str, Factor]]) -> list[str]:
    """Return the factors of matched counts, a line for each scan but the first."""
    lines = []
    for number, scan in enumerate(found.scans[1:], 1):
        known = {name: each for name, each in factors[number].items() if np.isfinite(each.error)}
        told = ", ".join(f"{name} {each.value:.3f} ± {each.error:.3f}" for name, each in known.items())
        lines.append(_("{scan}: counts × {factors}").format(scan=scan.name, factors=told or "–"))
        kept = [name for name in found.maps[number].names if name not in known]
        if kept:
            words = _("{scan}: not matched, since no overlap shows enough of it: {names}")
            lines.append(words.format(scan=scan.name, names=", ".join(kept)))
    return lines


def length_text(found: Survey, pixels: float) -> str:
    """Return a length in pixels of the first scan, and in millimetres where these are known."""
    length = found.in_mm(pixels)
    if length is None:
        return _("{pixels:.2f} pixels").format(pixels=pixels)
    return _("{pixels:.2f} pixels ({length:.2g} mm)").format(pixels=pixels, length=length)


def _row(found: Survey, each: Overlap) -> OverlapRow:
    measured = _("cannot be measured: too little structure")
    if each.distance is not None and each.uncertainty is not None:
        measured = _("{length} ± {uncertainty:.2f}").format(
            length=length_text(found, each.distance), uncertainty=each.uncertainty
        )
    counts = [f"{name} {ratio.ratio:.3g} ± {ratio.error:.2g}" for name, ratio in each.ratios.items()]
    return OverlapRow(
        f"{each.first + 1}–{each.second + 1}",
        str(each.pixels),
        measured,
        _("not known") if each.expected is None else length_text(found, each.expected),
        ", ".join(counts) or "–",
    )

"""Survey of overlapping scans in words: a table of the overlaps, and what has to be known of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maxrf_core.language import _
from maxrf_core.mosaic.count_ratio import Factor
from maxrf_core.mosaic.survey import Overlap, Survey
from maxrf_core.patches.sentences import with_error


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
    """

    scans: str
    size: str
    measured: str
    expected: str


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
    notes.extend(_missing_notes(found))
    bare = [maps.scan.name for maps in found.maps if not maps.names]
    if bare:
        words = _("Without element maps, and left out: {scans}. Set their energies first.")
        notes.append(words.format(scans=", ".join(bare)))
    assumed = [scan.name for scan in found.scans if scan.registration.basis == "assumed"]
    if assumed:
        words = _(
            "How precisely these are registered is not known, so clicks that are one map pixel off are "
            "expected: {scans}."
        )
        notes.append(words.format(scans=", ".join(assumed)))
    if len(found.overlaps) < len(found.scans) - 1:
        notes.append(_("Not all scans overlap: those that do not are placed by their registrations alone."))
    return [*notes, adjustment_text(found)]


def _missing_notes(found: Survey) -> list[str]:
    """Return sentences on elements that other scans have and one does not list."""
    notes = []
    for maps in found.maps:
        if maps.fitted:
            words = _("Not found in {scan}, and fitted there for the mosaic: {names}.")
            notes.append(words.format(scan=maps.scan.name, names=", ".join(maps.fitted)))
        for reason in dict.fromkeys(maps.blank.values()) if maps.names else ():
            names = ", ".join(name for name, why in maps.blank.items() if why == reason)
            words = _("Without a map in {scan}, so blank where the mosaic shows it: {names} ({reason}).")
            notes.append(words.format(scan=maps.scan.name, names=names, reason=reason.rstrip(".")))
    return notes


def adjustment_text(found: Survey) -> str:
    """Return a sentence that says whether the scans were adjusted together."""
    adjustment = found.adjustment
    if adjustment is None:
        return _("The scans lie where their registrations place them.")
    scale = found.scans[0].scale
    before, after = (length_text(found, each / scale) for each in (adjustment.before, adjustment.after))
    if found.is_adjusted:
        words = _(
            "The scans were moved a little to meet: in places that were left out for checking they were "
            "{before} apart in the median, and are {after} now."
        )
    else:
        words = _(
            "The scans lie where their registrations place them. Moving them to meet would not bring them "
            "clearly closer: in places left out for checking, the median is {before} before, {after} after."
        )
    return words.format(before=before, after=after)


def count_table(found: Survey, factors: Sequence[dict[str, Factor]] | None = None) -> list[dict[str, str]]:
    """Return the counts of each element in the overlaps, and the factors that match them.

    Parameters
    ----------
    found : Survey
    factors : sequence of dict of str to Factor, optional
        Of each scan, if counts are matched.

    Returns
    -------
    list of dict of str to str
        A row for each element: in "2 ÷ 1" the counts of the second scan divided by those of the first, and in
        "× 2" the factor of the second scan; "–" where nothing is known.
    """
    rows = []
    for name in found.names:
        row = {_("Element"): name}
        for each in found.overlaps:
            ratio = each.ratios.get(name)
            told = "–" if ratio is None else with_error(ratio.ratio, ratio.error)
            row[f"{each.second + 1} ÷ {each.first + 1}"] = told
        for number, factor in enumerate(factors[1:] if factors is not None else (), 2):
            has_map = name in found.maps[number - 1].names
            row[f"× {number}"] = with_error(factor[name].value, factor[name].error) if has_map else "–"
        rows.append(row)
    return rows


def unmatched_notes(found: Survey, factors: Sequence[dict[str, Factor]]) -> list[str]:
    """Return a sentence for each scan that has elements whose counts cannot be matched."""
    notes = []
    for number, scan in enumerate(found.scans):
        names = [name for name in found.maps[number].names if not np.isfinite(factors[number][name].error)]
        if names:
            words = _("In {scan} these stay as measured, since no overlap shows enough of them: {names}.")
            notes.append(words.format(scan=scan.name, names=", ".join(names)))
    return notes


def length_text(found: Survey, pixels: float, uncertainty: float | None = None) -> str:
    """Return a length in pixels of the first scan, and in millimetres where these are known."""
    length = found.in_mm(pixels)
    told = f"{pixels:.2f}" if uncertainty is None else f"{pixels:.2f} ± {uncertainty:.2f}"
    if length is None:
        return _("{pixels} pixels").format(pixels=told)
    return _("{pixels} pixels ({length:.2g} mm)").format(pixels=told, length=length)


def _row(found: Survey, each: Overlap) -> OverlapRow:
    measured = _("cannot be measured: too little structure")
    if each.distance is not None and each.uncertainty is not None:
        measured = length_text(found, each.distance, each.uncertainty)
    return OverlapRow(
        f"{each.first + 1}–{each.second + 1}",
        str(each.pixels),
        measured,
        _("not known") if each.expected is None else length_text(found, each.expected),
    )

"""Sentences that describe the quality of a registration, in one place so that they agree everywhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from maxrf_core.autoalign.verdict import Verdict
from maxrf_core.language import _, marked, translated
from maxrf_core.registration.local_error import MIN_ERROR, refinement_error
from maxrf_core.registration.quality import Quality

MAX_GOOD_AFFINE = 1.5  # map pixels: largest residual of an affine fit to four well-set pairs on real scans
MIN_BAD_AFFINE = 2.0  # map pixels: above it a bad or clustered set is likely
MIN_COVERAGE = 0.25  # share of the map that the points should surround
MAX_CORNER_ERROR = 3.0  # map pixels that a corner may move if every click is one pixel off
MIN_CHECKABLE_PAIRS = 6  # pairs needed to detect a wrong one
MAX_DISTANCE = 2.0  # map pixels from the best agreement; above it the points need refining

Kind = Literal["good", "note", "warning"]


@dataclass(frozen=True)
class Advice:
    """One statement about a registration.

    Attributes
    ----------
    kind : "good", "note" or "warning"
    text : str
        One sentence or two, for people.
    """

    kind: Kind
    text: str


def advise(
    quality: Quality, verdict: Verdict | None = None, refinement: Mapping[str, Any] | None = None
) -> list[Advice]:
    """Return sentences about the quality of a registration, the most urgent first.

    Agreement of photograph and maps takes precedence over what the points alone can show: nothing is called
    good without it. The affine check of four pairs is reported only if the agreement is unknown.

    Parameters
    ----------
    quality : Quality
        From `maxrf_core.registration.quality.assess`.
    verdict : Verdict, optional
        From `maxrf_core.autoalign.verdict.judge_agreement`; None if photograph and maps were not compared.
    refinement : mapping, optional
        Record of *Refine* or *Propose*, by step; None if the points were clicked.

    Returns
    -------
    list of Advice

    Examples
    --------
    >>> from maxrf_core.registration.quality import assess
    >>> square = np.array([[10, 10], [90, 10], [90, 70], [10, 70]])
    >>> for advice in advise(assess(3 * square, square, (80, 100))):
    ...     print(f"{advice.kind}: {advice.text}")
    note: Four pairs are always met exactly, which says nothing; but an affine transform misses them by just
    0.00 map pixels too, as it does when points are well set on a photograph taken straight on. Four corners
    of any picture do that as well.
    note: If every click is one map pixel off, the worst corner of the map is usually 1.8 map pixels off.
    note: Four pairs cannot show a wrong click; two more would, best near x 50, y 40 and x 70, y 6 on the
    map.
    """
    expected = refinement_error(refinement)
    found = [*_about_agreement(quality, verdict, expected), *_about_rival(verdict), *_about_suspect(quality)]
    if expected is not None:
        found.append(_about_placed(quality, expected))
    else:
        known = verdict is not None and verdict.kind != "unclear"
        found += [*_about_fit(quality, known), *_about_spread(quality)]
        if verdict is None or verdict.kind != "same":
            found += _about_more(quality)
    return sorted(found, key=lambda advice: advice.kind != "warning")


def _about_agreement(quality: Quality, verdict: Verdict | None, expected: float | None) -> Iterator[Advice]:
    """Say how photograph and maps agree, and how well that is known: `expected` if it was told before."""
    if verdict is None:
        return
    known = verdict.uncertainty if expected is None else expected
    evidence = verdict.evidence
    patches = _("{found} of {tried} patches of the maps").format(found=evidence.found, tried=evidence.tried)
    if verdict.kind == "nothing":
        yield Advice(
            "warning",
            _(
                "Probably not this artwork: where the points put the photograph, and near there, it "
                "shows nothing that the maps show. If it is the right one, the points are far off, or "
                "these maps hardly show what is seen on it."
            ),
        )
    elif verdict.kind == "unclear":
        yield Advice(
            "note",
            _(
                "Photograph and maps show little in common ({patches} are found in the photograph), "
                "too little to say whether they show the same artwork."
            ).format(patches=patches),
        )
    elif verdict.distance <= max(MAX_DISTANCE, known):
        yield Advice(
            "good",
            _(
                "Photograph and maps show the same: {patches} are found in the photograph. It lies "
                "{length} from where they agree best, on average, which is known to {uncertainty}."
            ).format(
                patches=patches,
                length=_length(quality, verdict.distance, 1),
                uncertainty=_length(quality, max(known, MIN_ERROR), 1),
            ),
        )
    else:
        yield Advice(
            "warning",
            _(
                "Photograph and maps show the same ({patches} are found in the photograph), but they "
                "agree best {length} away from where the points put it, on average. Refine the points, "
                "or set them again."
            ).format(patches=patches, length=_length(quality, verdict.distance, 1)),
        )


def _about_rival(verdict: Verdict | None) -> Iterator[Advice]:
    if verdict is not None and verdict.rival is not None:
        yield Advice(
            "warning",
            _(
                "The photograph fits equally well {where}, since the pattern repeats. Check the points on "
                "something that occurs only once."
            ).format(where=translated(verdict.rival.where)),
        )


def _about_placed(quality: Quality, expected: float) -> Advice:
    return Advice(
        "note",
        _(
            "The points were placed by what photograph and maps show in common, so that they lie "
            "exactly on the fit and their residuals say nothing; the error to be expected over the map "
            "is {length}."
        ).format(length=_length(quality, expected)),
    )


def _about_suspect(quality: Quality) -> Iterator[Advice]:
    if quality.suspect is None:
        return
    off = _length(quality, quality.leave_one_out[quality.suspect])
    yield Advice(
        "warning",
        _(
            "Pair {suspect} is probably set wrongly: the other pairs agree much better without it, and "
            "put it {off} away. Look at it again in both images."
        ).format(suspect=quality.suspect + 1, off=off),
    )


def _about_spread(quality: Quality) -> Iterator[Advice]:
    if quality.coverage < MIN_COVERAGE:
        yield Advice(
            "warning",
            _(
                "The points surround only {coverage:.0%} of the map; outside of them the photograph is "
                "laid down by guess. Spread them towards the corners."
            ).format(coverage=quality.coverage),
        )
    corner = _(
        "If every click is one map pixel off, the worst corner of the map is usually {length} off."
    ).format(length=_length(quality, quality.worst_corner, 1))
    if quality.worst_corner <= MAX_CORNER_ERROR:
        yield Advice("note", corner)
    else:
        yield Advice(
            "warning",
            _("{corner} Points nearer to the corners, or more of them, would hold it.").format(corner=corner),
        )


def _about_fit(quality: Quality, agreement_known: bool) -> Iterator[Advice]:
    if quality.affine_rms is not None:
        if not agreement_known:
            yield _about_four(quality, quality.affine_rms)
        return
    left_out = quality.leave_one_out
    if not quality.model.n_params or 2 * len(left_out) == quality.model.n_params:
        yield Advice(
            "note",
            _(
                "This model ({title}) meets all {count} pairs by construction, so that their residuals "
                "say nothing."
            ).format(title=_(quality.model.title), count=len(left_out)),
        )
    else:
        worst = int(quality.residuals.argmax())
        yield Advice(
            "note",
            _(
                "The fit misses the points on the map by {length} (root mean square), at most by "
                "{furthest} at pair {worst}."
            ).format(
                length=_length(quality, quality.rms),
                furthest=_length(quality, quality.residuals[worst]),
                worst=worst + 1,
            ),
        )
    if np.isfinite(left_out).any():
        worst = int(np.nanargmax(left_out))
        usually, most = _length(quality, np.nanmedian(left_out)), _length(quality, left_out[worst])
        yield Advice(
            "note",
            _(
                "Left out and predicted from the others, a pair is usually {usually} off, and at most "
                "{most} (pair {worst})."
            ).format(usually=usually, most=most, worst=worst + 1),
        )


def _about_four(quality: Quality, left: float) -> Advice:
    said = _("Four pairs are always met exactly, which says nothing; but an affine transform misses them by ")
    if left <= MAX_GOOD_AFFINE:
        return Advice(
            "note",
            _(
                "{said}just {length} too, as it does when points are well set on a photograph taken "
                "straight on. Four corners of any picture do that as well."
            ).format(said=said, length=_length(quality, left)),
        )
    if left < MIN_BAD_AFFINE:
        return Advice(
            "note",
            _(
                "{said}{length}, a little more than when points are well set on a photograph taken "
                "straight on."
            ).format(said=said, length=_length(quality, left)),
        )
    return Advice(
        "warning",
        _(
            "{said}{length}, more than when points are well set (up to {max_good_affine}). Unless the "
            "photograph was taken from the side, look at the four points again."
        ).format(said=said, length=_length(quality, left), max_good_affine=MAX_GOOD_AFFINE),
    )


def _about_more(quality: Quality) -> Iterator[Advice]:
    count = len(quality.vectors)
    if count >= MIN_CHECKABLE_PAIRS or not len(quality.suggested):
        return
    places = _(" and ").join(f"x {x:.0f}, y {y:.0f}" for x, y in quality.suggested)
    number = _({2: marked("Two"), 3: marked("Three"), 4: marked("Four"), 5: marked("Five")}[count])
    more = _("two more would") if len(quality.suggested) == 2 else _("more would")
    yield Advice(
        "note",
        _("{number} pairs cannot show a wrong click; {more}, best near {places} on the map.").format(
            number=number, more=more, places=places
        ),
    )


def _length(quality: Quality, pixels: float, decimals: int = 2) -> str:
    """Format a length on the map: "0.52 map pixels (0.26 mm)"."""
    millimetres = quality.in_mm(pixels)
    length = f"{pixels:.{decimals}f}"
    if millimetres is None:
        return _("{length} map pixels").format(length=length)
    return _("{length} map pixels ({millimetres:.2g} mm)").format(length=length, millimetres=millimetres)

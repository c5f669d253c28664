"""Sentences that describe the quality of a registration, in one place so that they agree everywhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from maxrf_core.autoalign.verdict import Verdict
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
    found = [*_about_agreement(quality, verdict), *_about_suspect(quality)]
    if expected is not None:
        found.append(_about_placed(quality, expected))
    else:
        known = verdict is not None and verdict.kind != "unclear"
        found += [*_about_fit(quality, known), *_about_spread(quality)]
        if verdict is None or verdict.kind != "same":
            found += _about_more(quality)
    return sorted(found, key=lambda advice: advice.kind != "warning")


def _about_agreement(quality: Quality, verdict: Verdict | None) -> Iterator[Advice]:
    if verdict is None:
        return
    evidence = verdict.evidence
    patches = f"{evidence.found} of {evidence.tried} patches of the maps"
    if verdict.kind == "nothing":
        yield Advice(
            "warning",
            "Probably not this artwork: where the points put the photograph, and near there, it shows "
            "nothing that the maps show. If it is the right one, the points are far off, or these maps "
            "hardly show what is seen on it.",
        )
    elif verdict.kind == "unclear":
        yield Advice(
            "note",
            f"Photograph and maps show little in common ({patches} are found in the photograph), too little "
            "to say whether they show the same artwork.",
        )
    elif verdict.distance <= max(MAX_DISTANCE, verdict.uncertainty):
        yield Advice(
            "good",
            f"Photograph and maps show the same: {patches} are found in the photograph. It lies "
            f"{_length(quality, verdict.distance, 1)} from where they agree best, on average, which is known "
            f"to {_length(quality, max(verdict.uncertainty, MIN_ERROR), 1)}.",
        )
    else:
        yield Advice(
            "warning",
            f"Photograph and maps show the same ({patches} are found in the photograph), but they agree best "
            f"{_length(quality, verdict.distance, 1)} away from where the points put it, on average. Refine "
            "the points, or set them again.",
        )


def _about_placed(quality: Quality, expected: float) -> Advice:
    return Advice(
        "note",
        "The points were placed by what photograph and maps show in common, so that they lie exactly on the "
        "fit and their residuals say nothing; the error to be expected over the map is "
        f"{_length(quality, expected)}.",
    )


def _about_suspect(quality: Quality) -> Iterator[Advice]:
    if quality.suspect is None:
        return
    off = _length(quality, quality.leave_one_out[quality.suspect])
    yield Advice(
        "warning",
        f"Pair {quality.suspect + 1} is probably set wrongly: the other pairs agree much better without it, "
        f"and put it {off} away. Look at it again in both images.",
    )


def _about_spread(quality: Quality) -> Iterator[Advice]:
    if quality.coverage < MIN_COVERAGE:
        yield Advice(
            "warning",
            f"The points surround only {quality.coverage:.0%} of the map; outside of them the photograph is "
            "laid down by guess. Spread them towards the corners.",
        )
    corner = (
        "If every click is one map pixel off, the worst corner of the map is usually "
        f"{_length(quality, quality.worst_corner, 1)} off."
    )
    if quality.worst_corner <= MAX_CORNER_ERROR:
        yield Advice("note", corner)
    else:
        yield Advice("warning", f"{corner} Points nearer to the corners, or more of them, would hold it.")


def _about_fit(quality: Quality, agreement_known: bool) -> Iterator[Advice]:
    if quality.affine_rms is not None:
        if not agreement_known:
            yield _about_four(quality, quality.affine_rms)
        return
    left_out = quality.leave_one_out
    if not quality.model.n_params or 2 * len(left_out) == quality.model.n_params:
        yield Advice(
            "note",
            f"This model ({quality.model.title}) meets all {len(left_out)} pairs by construction, so that "
            "their residuals say nothing.",
        )
    else:
        worst = int(quality.residuals.argmax())
        yield Advice(
            "note",
            f"The fit misses the points on the map by {_length(quality, quality.rms)} (root mean square), at "
            f"most by {_length(quality, quality.residuals[worst])} at pair {worst + 1}.",
        )
    if np.isfinite(left_out).any():
        worst = int(np.nanargmax(left_out))
        usually, most = _length(quality, np.nanmedian(left_out)), _length(quality, left_out[worst])
        yield Advice(
            "note",
            f"Left out and predicted from the others, a pair is usually {usually} off, and at most {most} "
            f"(pair {worst + 1}).",
        )


def _about_four(quality: Quality, left: float) -> Advice:
    said = "Four pairs are always met exactly, which says nothing; but an affine transform misses them by "
    if left <= MAX_GOOD_AFFINE:
        return Advice(
            "note",
            f"{said}just {_length(quality, left)} too, as it does when points are well set on a photograph "
            "taken straight on. Four corners of any picture do that as well.",
        )
    if left < MIN_BAD_AFFINE:
        return Advice(
            "note",
            f"{said}{_length(quality, left)}, a little more than when points are well set on a photograph "
            "taken straight on.",
        )
    return Advice(
        "warning",
        f"{said}{_length(quality, left)}, more than when points are well set (up to {MAX_GOOD_AFFINE}). "
        "Unless the photograph was taken from the side, look at the four points again.",
    )


def _about_more(quality: Quality) -> Iterator[Advice]:
    count = len(quality.vectors)
    if count >= MIN_CHECKABLE_PAIRS or not len(quality.suggested):
        return
    places = " and ".join(f"x {x:.0f}, y {y:.0f}" for x, y in quality.suggested)
    number = {2: "Two", 3: "Three", 4: "Four", 5: "Five"}[count]
    more = "two more would" if len(quality.suggested) == 2 else "more would"
    yield Advice("note", f"{number} pairs cannot show a wrong click; {more}, best near {places} on the map.")


def _length(quality: Quality, pixels: float, decimals: int = 2) -> str:
    """Format a length on the map: "0.52 map pixels (0.26 mm)"."""
    millimetres = quality.in_mm(pixels)
    return f"{pixels:.{decimals}f} map pixels" + ("" if millimetres is None else f" ({millimetres:.2g} mm)")

"""Answers about a scan's elements, in sentences."""

import math
from collections.abc import Sequence

import numpy as np

from maxrf_core.elements.identify import ABSENT, POSSIBLE, SURE, Finding, Identification
from maxrf_core.elements.search import Match
from maxrf_core.elements.summary import Summary
from maxrf_core.imaging.straight_rows import to_view
from maxrf_core.language import Note
from maxrf_core.spectrum.elements import NAMES
from widgets.elements.examination import Examination
from widgets.session.language import _, marked, translated

STATUS_NAMES = {SURE: marked("sure"), POSSIBLE: marked("possible"), ABSENT: marked("not found")}


def status_of(identification: Identification, element: str) -> str:
    """Return the status of an element; "" if it has no line in the scan."""
    finding = identification.of(element)
    return "" if finding is None else finding.status


def is_anode(identification: Identification, element: str) -> bool:
    """Return True for the element of the tube's anode, which has a finding without a family."""
    finding = identification.of(element)
    return finding is not None and finding.status == POSSIBLE and not finding.family


def status_in_words(identification: Identification, element: str) -> tuple[str, str]:
    """Return the status of any element, also of those that cannot be told, and its name.

    Examples
    --------
    >>> status_in_words(Identification((), "", ()), "Rn")
    ('none', 'no line in this scan')
    """
    if is_anode(identification, element):
        return "tube", _("anode of the tube")
    status = status_of(identification, element)
    return (status, _(STATUS_NAMES[status])) if status else ("none", _("no line in this scan"))


def answer(matches: Sequence[Match], examination: Examination) -> str:
    """Return one sentence about all that a query names, such as "Iron is sure; zinc is possible."."""
    identification = examination.identification
    parts = [
        _pigment_status(match, identification)
        if match.is_pigment
        else _element_status(match.elements[0], examination)
        for match in matches
    ]
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def pigment_note(matches: Sequence[Match]) -> str:
    """Return what elements cannot tell about pigments; "" if no pigment was named."""
    if not any(match.is_pigment for match in matches):
        return ""
    return _("Elements alone do not prove a pigment: other materials hold the same ones.")


def headline(element: str, examination: Examination) -> str:
    """Return an element's name and, unless it cannot be told, its status: "Iron (Fe): sure"."""
    title, finding = f"{NAMES[element].capitalize()} ({element})", examination.identification.of(element)
    return f"{title}: {_(STATUS_NAMES[finding.status])}" if finding and finding.family else title


def evidence(element: str, examination: Examination) -> str:
    """Return the evidence for or against an element, and those that have a line at the same energy."""
    finding = examination.identification.of(element)
    has_map = finding is not None and element in examination.summaries
    rivals = rivals_sentence(finding) if finding is not None and has_map else ""
    return f"{explanation(element, examination)} {rivals}".strip()


def explanation(element: str, examination: Examination) -> str:
    """Return the evidence for or against an element."""
    finding = examination.identification.of(element)
    name = NAMES[element].capitalize()
    if finding is None:
        low, high = examination.analysis.fitted_range
        words = _(
            "{name} has no line between {low:.1f} and {high:.1f} keV that this scan's tube excites, "
            "so the scan cannot tell whether it is there."
        )
        return words.format(name=name, low=low, high=high)
    if finding.status == ABSENT:
        return _("Nothing above noise. {evidence}").format(evidence=translated(finding.sentence))
    return f"{translated(finding.sentence)} {_seen_at(finding, examination.row_displacement)}".strip()


def place_sentence(summary: Summary) -> str:
    """Return where an element is."""
    if summary.smoothing > 1:
        return _(
            "No single pixel stands out from the noise, but neighbours together do: choose a smoothing of "
            "{size} × {size}."
        ).format(size=summary.smoothing)
    if not summary.stands_out:
        return _(
            "No single pixel stands out from the noise: "
            "the element shows only where many pixels are added up."
        )
    words = _(
        "{share} of the pixels are above the detection limit. "
        "The strongest is x {x}, y {y}, with {counts} net counts."
    )
    x, y = summary.place
    return words.format(
        share=share_in_words(summary.share), x=x, y=y, counts=counts_in_words(summary.strongest)
    )


def error_sentence(error: float, limit: float, units: str) -> str:
    """Return the error of a pixel in words; its units are such as "net counts"."""
    words = _(
        "A pixel's {units} have a standard deviation of about {error} from counting. "
        "Below {limit}, the detection limit, they cannot be told from noise."
    )
    return words.format(units=units, error=counts_in_words(error), limit=counts_in_words(limit))


def rivals_sentence(finding: Finding) -> str:
    """Return the elements that have a line at the same energy; "" if there are none."""
    if not finding.rivals:
        return ""
    rivals = ", ".join(finding.rivals)
    return _(
        "Lines of {rivals} lie at its strongest line; the map is what the fit leaves after taking them off."
    ).format(rivals=rivals)


def share_in_words(share: float) -> str:
    """Return a share as percent.

    Examples
    --------
    >>> share_in_words(0.234), share_in_words(0.0123), share_in_words(0.0002), share_in_words(0)
    ('23%', '1.2%', 'less than 0.1%', '0%')
    """
    if 0 < share < 0.001:
        return _("less than 0.1%")
    return f"{share:.1%}" if 0 < share < 0.1 else f"{share:.0%}"


def counts_in_words(counts: float) -> str:
    """Return counts with as many digits as make sense.

    Examples
    --------
    >>> counts_in_words(1234.5), counts_in_words(12.34), counts_in_words(0.0123)
    ('1,234', '12.3', '0.012')
    """
    if abs(counts) >= 100:
        return f"{counts:,.0f}"
    return f"{counts:.1f}" if abs(counts) >= 1 else f"{counts:.2g}"


def with_error(counts: float, error: float) -> str:
    """Return counts and their standard deviation with as many digits as the latter has.

    Examples
    --------
    >>> with_error(312.4, 17.8), with_error(23.71, 5.62), with_error(0.512, 0.0349)
    ('312 ± 18', '23.7 ± 5.6', '0.512 ± 0.035')
    """
    digits = max(1 - math.floor(math.log10(error)), 0) if error > 0 else 1
    return f"{counts:,.{digits}f} ± {error:,.{digits}f}"


def _element_status(element: str, examination: Examination) -> str:
    """Return whether an element is there, and in how many pixels."""
    identification = examination.identification
    words = {
        SURE: _("{name} is there for sure"),
        POSSIBLE: _("{name} is possible, but not sure"),
        ABSENT: _("{name} is not found: nothing above noise"),
        "": _("{name} cannot be seen in this scan"),
    }[status_of(identification, element)]
    if is_anode(identification, element):
        words = _("{name} cannot be told: it is the anode of the tube")
    told = words.format(name=NAMES[element])
    summary = examination.summaries.get(element)
    if summary is None or not summary.stands_out:
        return told
    return _("{told} (seen in {share} of the pixels)").format(told=told, share=share_in_words(summary.share))


def _pigment_status(match: Match, identification: Identification) -> str:
    """Return what the statuses of its elements tell about a pigment."""
    statuses = {element: status_of(identification, element) for element in match.elements}
    main = match.elements[0]
    missing = [NAMES[element] for element, status in statuses.items() if status == ABSENT]
    unclear = [NAMES[element] for element, status in statuses.items() if status in (POSSIBLE, "")]
    if statuses[main] == ABSENT:
        words = _("{pigment} is not found: no {elements} above noise")
        return words.format(pigment=match.name, elements=NAMES[main])
    if missing:
        words = _("{pigment} is doubtful: no {elements} above noise")
        return words.format(pigment=match.name, elements=_listed(missing))
    if unclear:
        words = _("{pigment} is possible, but its {elements} is not sure")
        return words.format(pigment=match.name, elements=_listed(unclear))
    words = _("{pigment} may be there: its {elements} is sure")
    return words.format(pigment=match.name, elements=_listed([NAMES[each] for each in match.elements]))


def _listed(names: Sequence[str]) -> str:
    """Return names as a list in a sentence."""
    if len(names) == 1:
        return names[0]
    return _("{some} and {last}").format(some=", ".join(names[:-1]), last=names[-1])


def _seen_at(finding: Finding, row_displacement: float) -> str:
    """Return where it shows if it does not in the mean spectrum."""
    if finding.where == "mean":
        return ""
    where = finding.where
    if row_displacement and isinstance(where, Note) and {"x", "y"} <= where.fields.keys():
        ((x, y),) = to_view(np.array([[where.fields["x"], where.fields["y"]]]), row_displacement).tolist()
        where = Note(where.template, x=x, y=y)
    return _("It shows in a {where}.").format(where=translated(where))

"""What a band's counts come from, in words, with a warning where the chosen line is not the main part."""

from collections.abc import Sequence

import streamlit as st

from maxrf_core.elements.band_shares import (
    BACKGROUND,
    LINES,
    SCATTER,
    SUM_PEAKS,
    UNEXPLAINED,
    BandShare,
    band_shares,
)
from maxrf_core.elements.identify import ABSENT
from maxrf_core.spectrum.elements import NAMES
from maxrf_core.spectrum.families import split_family
from widgets.charts.band_controls import line_of_band
from widgets.charts.band_map import BandMap
from widgets.elements.answers import status_of
from widgets.elements.mean_identification import Identified
from widgets.session.language import _
from widgets.session.markdown import escaped
from widgets.session.scan import Scan

MIN_NAMED = 0.05  # of the counts; smaller shares are not named


def say_shares(scan: Scan, known: Identified, shown: BandMap, lo: float, hi: float) -> None:
    """Write what the counts of a band come from.

    Parameters
    ----------
    scan : Scan
    known : Identified
    shown : BandMap
        The map; of net counts by a fit, which are one family's alone, only an absent element is said.
    lo, hi : float
        keV.
    """
    if shown.family:
        _say_absent(known, shown.family)
        return
    shares = _of_band(known, lo, hi)
    if shown.is_net:
        shares = without_background(shares)
    if not shares:
        return
    said = shares_sentence(shares, shown.is_net)
    warning = main_part_warning(shares, line_of_band(scan, lo, hi))
    if warning:
        st.warning(escaped(f"{warning} {said}"), icon=":material/warning:")
    else:
        st.caption(escaped(said))


def _say_absent(known: Identified, family: str) -> None:
    element = split_family(family)[0]
    if status_of(known.identification, element) == ABSENT:
        words = _("{name} is not found in this scan: the map shows noise.")
        st.warning(words.format(name=NAMES[element].capitalize()), icon=":material/warning:")


def _of_band(known: Identified, lo: float, hi: float) -> list[BandShare]:
    # Some 0.1 s, and pages run often
    key = known.name, lo, hi
    kept = st.session_state.get("band-shares")
    if kept is None or kept[0] != key:
        kept = key, band_shares(known.analysis, lo, hi, known.families)
        st.session_state["band-shares"] = kept
    shares: list[BandShare] = kept[1]
    return shares


def without_background(shares: Sequence[BandShare]) -> list[BandShare]:
    """Return the shares of what side bands leave: lines and scatter, adding up to 1."""
    left = [each for each in shares if each.kind in (LINES, SCATTER)]
    total = sum(each.share for each in left)
    return [BandShare(each.kind, each.family, each.label, each.share / total) for each in left]


def shares_sentence(shares: Sequence[BandShare], is_net: bool = False) -> str:
    """Return a sentence such as "Of the counts in this band 61 % are Cu Kb, 23 % Zn Ka, 16 % background."."""
    named = [each for each in shares if each.share >= MIN_NAMED] or list(shares[:1])
    parts = [f"{each.share:.0%} {part_name(each)}" for each in named]
    rest = 1 - sum(each.share for each in named)
    if rest >= MIN_NAMED:
        parts.append(_("{share} other lines").format(share=f"{rest:.0%}"))
    words = (
        _("Of the net counts in this band, over the whole scan: {parts}.")
        if is_net
        else _("Of the counts in this band, over the whole scan: {parts}.")
    )
    return words.format(parts=", ".join(parts))


def main_part_warning(shares: Sequence[BandShare], line: str) -> str:
    """Return a warning if the chosen line is not the main part of the band's counts; "" if it is.

    Parameters
    ----------
    shares : sequence of BandShare
        The largest first.
    line : str
        Such as "As Ka"; empty if the band was not chosen by a line.
    """
    if not line:
        return ""
    element = line.split()[0]
    main = shares[0]
    if main.kind == LINES and main.label.split()[0] == element:
        return ""
    own = sum(each.share for each in shares if each.kind == LINES and each.label.split()[0] == element)
    other = part_name(main)
    if main.kind == LINES:
        other = f"{NAMES[main.label.split()[0]]} ({main.label})"
    if own < MIN_NAMED:
        words = _("Most of what this map shows is {other}, not {element}.")
    elif main.share > 0.5:
        words = _("Most of what this map shows is {other}; only {share} is {element}.")
    else:
        words = _("This map shows more {other} than {element}.")
    return words.format(other=other, element=NAMES[element], share=f"{own:.0%}")


def part_name(part: BandShare) -> str:
    """Return the name of a source of counts, for the visitor."""
    if part.kind == LINES:
        return part.label
    return {
        SCATTER: _("scattered lines of the tube"),
        SUM_PEAKS: _("sum peaks"),
        BACKGROUND: _("background"),
        UNEXPLAINED: _("unexplained"),
    }[part.kind]

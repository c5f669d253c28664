"""How sure the program is of the elements that a layer names, and the evidence."""

import re
from typing import Any

from maxrf_core.elements.combined_maps import Combination
from maxrf_core.elements.identify import ABSENT, POSSIBLE, SURE
from maxrf_core.figures.view_layers import stored_maps_of
from maxrf_core.imaging.layer_keys import band_of, map_of, photo_of, title_of
from maxrf_core.spectrum.elements import NAMES
from maxrf_core.spectrum.families import split_family
from maxrf_core.spectrum.line_names import family_of
from widgets.charts.band_controls import line_of_band
from widgets.elements.answers import evidence, headline, status_in_words
from widgets.elements.examination import Examination
from widgets.session.language import _
from widgets.session.scan import Scan

_LEAST_SURE = (ABSENT, "none", "tube", POSSIBLE, SURE)


def layer_evidence(scan: Scan, examination: Examination | None, key: str) -> dict[str, Any] | None:
    """Return what the list of layers tells of the elements that a layer names.

    Parameters
    ----------
    scan : Scan
    examination : Examination, optional
        Without one nothing is known of any element.
    key : str
        Of the layer.

    Returns
    -------
    dict or None
        ``status`` of the element that is least sure, and its ``name`` in words; and ``elements``: symbol,
        headline and evidence of each; the symbol is "" if the part Elements does not show it. None for a
        layer that names no element.
    """
    if map_of(key):
        return _of_other_program(examination, map_of(key) or "")
    if stored_maps_of(key):
        return _of_other_program(None, " / ".join(stored_maps_of(key)))
    families = _families_of(scan, key)
    if examination is None or not families:
        return None
    elements = dict.fromkeys(element for element, _family in families)
    statuses = [status_in_words(examination.identification, element) for element in elements]
    status, name = min(statuses, key=lambda each: _LEAST_SURE.index(each[0]))
    notes = {element: _note(scan, examination, element, family, key) for element, family in families}
    told = [
        {
            "symbol": element,
            "headline": headline(element, examination),
            "evidence": f"{evidence(element, examination)} {notes[element]}".strip(),
        }
        for element in elements
    ]
    return {"status": status, "name": name, "elements": told}


def _of_other_program(examination: Examination | None, name: str) -> dict[str, Any]:
    """Return what is known of a map of another program, whose name may begin with an element's symbol."""
    told = _("Another program made this map and named it; this program has not checked the map.")
    symbol = re.match(r"[A-Z][a-z]?(?![a-z])", name)
    element = symbol[0] if symbol and symbol[0] in NAMES else ""
    if examination is None or not element:
        return {
            "status": "other",
            "name": _("not checked"),
            "elements": [{"symbol": "", "headline": name, "evidence": told}],
        }
    status, words = status_in_words(examination.identification, element)
    about = {
        "symbol": element,
        "headline": headline(element, examination),
        "evidence": f"{evidence(element, examination)} {told}",
    }
    return {"status": status, "name": words, "elements": [about]}


def _families_of(scan: Scan, key: str) -> list[tuple[str, str]]:
    """Return the elements that a layer names, each with its family; "" for the line of a band."""
    band = band_of(key)
    if band is not None:
        return [(element, "") for element in line_of_band(scan, *band).split()[:1]]
    if photo_of(key) is not None:
        return []
    combined = Combination.from_key(key)
    names = (combined.first, combined.second) if combined else (key,)
    families = [family_of(name) for name in names]
    return [(split_family(family)[0], family) for family in families]


def _note(scan: Scan, examination: Examination, element: str, family: str, key: str) -> str:
    """Return how the layer differs from what was judged; "" if it does not."""
    finding = examination.identification.of(element)
    if not family:
        lo, hi = band_of(key) or (0.0, 0.0)
        words = _("This layer is the band of {line}: all counts in it, also those of other elements.")
        return words.format(line=line_of_band(scan, lo, hi))
    if finding is None or not finding.family or finding.family == family:
        return ""
    return _("This is judged by the lines of {family}.").format(family=title_of(finding.family))

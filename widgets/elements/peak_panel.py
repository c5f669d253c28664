"""What a peak may be: a panel below a spectrum, for the energy that was clicked or typed."""

from collections.abc import Callable, Hashable

import numpy as np
import streamlit as st
from cachetools import LRUCache

from maxrf_core.elements.contributions import LINE
from maxrf_core.elements.identify import ABSENT
from maxrf_core.elements.peak_candidates import Candidate, PeakCandidates, candidates_at
from maxrf_core.elements.peak_place import PeakPlace, strongest_pixel
from maxrf_core.spectrum.elements import NAMES
from maxrf_core.spectrum.families import split_family
from widgets.elements.answers import STATUS_NAMES, counts_in_words, share_in_words
from widgets.elements.mean_identification import Identified
from widgets.session.band_map_cache import watched
from widgets.session.language import _, translated
from widgets.session.markdown import escaped
from widgets.session.scan import Scan

MAX_KEPT = 200  # peaks whose candidates and pixels are kept, of all visitors

_candidates: LRUCache[Hashable, PeakCandidates] = LRUCache(MAX_KEPT)
_places: LRUCache[Hashable, PeakPlace | None] = LRUCache(MAX_KEPT)


def peak_key(chart: str) -> str:
    """Return the session key of the energy whose candidates are shown below a chart."""
    return f"{chart}-peak"


def show_peak(
    chart: str,
    scan: Scan,
    known: Identified | None,
    is_awaited: bool,
    on_pixel: Callable[[int, int], None],
    on_element: Callable[[str], None] | None = None,
) -> None:
    """Show the field for an energy and, if there is one, what a peak there may be.

    Parameters
    ----------
    chart : str
        Name of the chart above.
    scan : Scan
    known : Identified or None
    is_awaited : bool
        True while the elements are being found.
    on_pixel : callable
        Called with the pixel (x, y) in which the peak is strongest, if the visitor wants to see it.
    on_element : callable, optional
        Called with the family of a candidate that has a map, if the visitor wants to see that.
    """
    last = float(scan.axis.values[-1])
    if last <= 0:  # an axis without energies above 0 has no peaks
        return
    key = peak_key(chart)
    clicked = st.session_state.setdefault(key, None)
    if clicked is not None:  # beyond the axis at the edge of the chart
        st.session_state[key] = min(max(clicked, 0.0), last)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        energy = st.number_input(
            _("Energy of a peak (keV)"),
            min_value=0.0,
            max_value=last,
            step=0.01,
            format="%.3f",
            placeholder=_("Click a peak, or type its keV"),
            key=key,
            label_visibility="collapsed",
            width=260,
        )
        if energy is not None:
            st.button(_("Close"), icon=":material/close:", key=f"{key}-close", on_click=_close, args=(key,))
    if energy is None:
        return
    with st.container(border=True, key=f"{key}-panel"):
        if known is not None:
            _show_candidates(key, scan, known, energy, on_pixel, on_element)
        elif is_awaited:
            st.markdown(_("The elements of this scan are being found …"))
        else:
            st.markdown(_("The elements of this scan are not known. The part Elements tries to find them."))


def _close(key: str) -> None:
    st.session_state[key] = None


def _show_candidates(
    key: str,
    scan: Scan,
    known: Identified,
    energy: float,
    on_pixel: Callable[[int, int], None],
    on_element: Callable[[str], None] | None,
) -> None:
    # The axis was refined by the analysis: a channel's energy is a little different there.
    refined = float(np.interp(energy, scan.axis.values, known.analysis.energies))
    place = st.container()
    pixel = _strongest(scan, known, refined)
    with place:
        found = _found(scan, known, refined, None)
        said = ""
        if found.sentence and pixel is not None:
            said = _(
                "In the mean of all pixels, nothing that is there explains this energy. "
                "These are the candidates in the pixel where it is strongest."
            )
            found = _found(scan, known, refined, (pixel.x, pixel.y))
        st.markdown(_list_of(found, energy))
        notes = [said, translated(found.sentence)]
        if any(notes):
            st.markdown(escaped(" ".join(filter(None, notes))))
        if on_element is not None:
            _offer_maps(key, known, found, on_element)
    if pixel is None:
        st.markdown(_("No single pixel stands out from the noise here."))
        return
    words = _("This peak is strongest in the pixel x {x}, y {y}: {counts} ± {error} net counts.")
    counts, error = counts_in_words(pixel.counts), counts_in_words(pixel.error)
    st.markdown(words.format(x=pixel.x, y=pixel.y, counts=counts, error=error))
    st.button(
        _("Choose this pixel"),
        icon=":material/ads_click:",
        key=f"{key}-pixel",
        on_click=on_pixel,
        args=(pixel.x, pixel.y),
    )


def _offer_maps(
    key: str, known: Identified, found: PeakCandidates, on_element: Callable[[str], None]
) -> None:
    """Offer the maps of those candidates that have one."""
    elements = {each.element for each in found.candidates if each.kind == LINE}
    families = [family for family in known.families if split_family(family)[0] in elements]
    with st.container(horizontal=True):
        for family in families:
            st.button(
                _("Show the map of {family}").format(family=split_family(family)[0]),
                icon=":material/layers:",
                key=f"{key}-map-{family}",
                on_click=on_element,
                args=(family,),
            )


def _found(scan: Scan, known: Identified, energy: float, pixel: tuple[int, int] | None) -> PeakCandidates:
    """Return the candidates in the mean of all pixels, or in one pixel, cached."""
    name = scan.version, known.name, round(energy, 4), pixel
    found: PeakCandidates | None = _candidates.get(name)
    if found is None:
        spectrum = None if pixel is None else np.nan_to_num(scan.pixel(*pixel)).astype(np.float64)
        found = _candidates[name] = candidates_at(known.analysis, energy, spectrum, known.identification)
    return found


def _strongest(scan: Scan, known: Identified, energy: float) -> PeakPlace | None:
    """Return the pixel in which a peak is strongest; it is looked for with progress."""
    name, bar = (scan.version, known.name, round(energy, 4)), st.empty()
    if name not in _places:
        told = watched(bar, _("Looking for the pixel with the strongest peak …"))
        _places[name] = strongest_pixel(scan.ds.cube(), known.analysis, energy, told)
        bar.empty()
    return _places[name]


def _list_of(found: PeakCandidates, energy: float) -> str:
    """Return the candidates as a numbered list."""
    if not found.candidates:
        return ""
    title = _("**Candidates for the peak at {energy:.2f} keV**").format(energy=energy)
    rows = [f"{number}. {_row(each)}" for number, each in enumerate(found.candidates, start=1)]
    return "\n".join([f"{title}\n", *rows])


def _row(candidate: Candidate) -> str:
    known = [NAMES[candidate.element]] if candidate.element in NAMES else []
    if candidate.status:
        known.append(_(STATUS_NAMES[candidate.status]))
    words = _("{energy:.3f} keV, {distance:.0f} eV away; {share} of the counts here by the fit.")
    told = words.format(
        energy=candidate.energy, distance=abs(candidate.distance), share=share_in_words(candidate.share)
    )
    name = f"**{escaped(candidate.label)}**" if candidate.status != ABSENT else escaped(candidate.label)
    return f"{name} ({', '.join(known)}): {told} {escaped(translated(candidate.sentence))}"

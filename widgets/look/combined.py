"""Combined maps on the bench: ratio, difference and sum of two families."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from maxrf_core.elements.candidates import candidate_families, lines_of
from maxrf_core.elements.combined_maps import (
    DIFFERENCE,
    RATIO,
    SIGNS,
    SUM,
    Combination,
    CombinedMap,
    combine_maps,
    depth_note,
)
from maxrf_core.elements.maps import element_maps
from maxrf_core.elements.smoothing import smooth
from maxrf_core.errors import MaxrfError
from maxrf_core.imaging.bench_view import MAX_LAYERS
from maxrf_core.progress import Progress
from maxrf_core.spectrum.families import split_family
from widgets.charts.band_map import NET_PER_PIXEL
from widgets.charts.map_stack import MapLayer
from widgets.elements.examination import Examination
from widgets.session.band_map_cache import cached_map
from widgets.session.bench import Bench
from widgets.session.language import _, marked, translated
from widgets.session.markdown import escaped, show_briefly
from widgets.session.scan import Scan

KIND_NAMES = {RATIO: marked("Ratio"), DIFFERENCE: marked("Difference"), SUM: marked("Sum")}
RATIO_UNITS = marked("ratio of net counts")
_KIND, _FIRST, _SECOND = "look-combine-kind", "look-combine-first", "look-combine-second"
Pair = tuple[np.ndarray, np.ndarray]


def combined_layer(
    scan: Scan, examination: Examination | None, key: str, title_of: Callable[[str], str]
) -> MapLayer | None:
    """Return the layer of a combined map; None if the scan has no map of one of its families.

    Parameters
    ----------
    scan : Scan
    examination : Examination, optional
    key : str
        Of a `Combination`.
    title_of : callable
        Return what a family is called.
    """
    wanted = Combination.from_key(key)
    if wanted is None or examination is None:
        return None
    if not {wanted.first, wanted.second} <= set(offered_families(examination)):
        return None
    try:
        first, second = (_map_of(scan, examination, family) for family in (wanted.first, wanted.second))
    except MaxrfError as error:
        show_briefly(error)
        return None

    def combined() -> CombinedMap:
        return combine_maps(wanted.kind, first, second)

    tube = examination.analysis.instrument.tube
    data = cached_map((scan.version, tube, key), lambda _told: combined().values)
    units = RATIO_UNITS if wanted.kind == RATIO else NET_PER_PIXEL
    title = f"{title_of(wanted.first)} {SIGNS[wanted.kind]} {title_of(wanted.second)}"
    return MapLayer(key, title, data, _(units), lambda: combined().sigma)


def offered_families(examination: Examination) -> list[str]:
    """Return the families that can be combined: those with a map, and other shells of the same elements."""
    names, analysis = list(examination.maps.names), examination.analysis
    low, high = analysis.fitted_range
    elements = dict.fromkeys(split_family(name)[0] for name in names)
    others = candidate_families(analysis.instrument.tube, low, high, elements)
    return names + [name for name in others if name not in names]


def combine_two_maps(
    examination: Examination, bench: Bench, on_toggle: Callable[[str], None], title_of: Callable[[str], str]
) -> None:
    """Show a popover that lays a combined map on the bench.

    Parameters
    ----------
    examination : Examination
    bench : Bench
    on_toggle : callable
        Called with the key of the combination.
    title_of : callable
        Return what a family is called.
    """
    families = offered_families(examination)
    with st.popover(_("Combine two maps"), icon=":material/percent:", type="tertiary"):
        kind = st.segmented_control(
            _("Combination"),
            list(KIND_NAMES),
            default=RATIO,
            required=True,
            format_func=lambda each: _(KIND_NAMES[each]),
            key=_KIND,
        )
        first = st.selectbox(_("First map"), families, format_func=title_of, key=_FIRST)
        second = st.selectbox(_("Second map"), families, index=None, format_func=title_of, key=_SECOND)
        if second is None or first is None or first == second:
            st.caption(_("Choose two different maps."))
            return
        wanted = Combination(kind or RATIO, first, second)
        if wanted.kind == RATIO:
            st.caption(_("Pixels whose second map is below its detection limit have no value."))
            if note := depth_of(examination, wanted, title_of):
                st.info(escaped(note), icon=":material/layers:")
        st.button(
            _("Lay it on the bench"),
            key="look-combine-add",
            icon=":material/add:",
            disabled=wanted.key in bench.keys or len(bench.looks) >= MAX_LAYERS,
            on_click=on_toggle,
            args=(wanted.key,),
        )


def depth_of(examination: Examination, wanted: Combination, title_of: Callable[[str], str]) -> str:
    """Return what the ratio tells of an element's depth; "" for families of two elements."""
    element = split_family(wanted.first)[0]
    if element != split_family(wanted.second)[0]:
        return ""
    instrument = examination.analysis.instrument
    lines = {
        name: lines_of(name, instrument.tube, instrument.response) for name in (wanted.first, wanted.second)
    }
    energies = sorted((each.main_energy, name) for name, each in lines.items() if each is not None)
    if len(energies) != 2:
        return ""
    (soft, softer), (hard, harder) = energies
    return translated(depth_note(element, title_of(softer), title_of(harder), soft, hard))


def _map_of(scan: Scan, examination: Examination, family: str) -> Pair:
    """Return net counts and standard deviation of a family as they are shown, computed if not mapped."""
    if family in examination.maps.names:
        return examination.shown(family)

    def both(progress: Progress) -> np.ndarray:
        found = element_maps(scan.ds.cube(), examination.analysis, [family], progress)
        pair = smooth(found.net[0], found.sigma[0], 1, examination.row_displacement)
        return np.concatenate(pair)

    name = (scan.version, examination.analysis.instrument.tube, family, "net-and-sigma")
    net, sigma = np.split(cached_map(name, both).values, 2)
    return net, sigma

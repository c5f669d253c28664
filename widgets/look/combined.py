"""Combined maps on the bench: ratio, difference and sum of two families, or of two maps of other programs."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from maxrf_core.datastack.stored_maps import UNITS, has_errors, stored_pair
from maxrf_core.elements.candidates import candidate_families, lines_of
from maxrf_core.elements.combined_maps import (
    DIFFERENCE,
    MIN_SHARE,
    RATIO,
    SIGNS,
    SUM,
    Combination,
    CombinedMap,
    combine_maps,
    depth_note,
    thin_note,
)
from maxrf_core.elements.line_groups import groups_of, thin_ratio
from maxrf_core.elements.pair_maps import PairMaps, pair_maps
from maxrf_core.errors import MaxrfError
from maxrf_core.figures.view_layers import stored_maps_of
from maxrf_core.imaging.layer_keys import map_key
from maxrf_core.progress import Progress
from maxrf_core.spectrum.families import split_family
from maxrf_core.spectrum.line_names import family_of, line_group
from widgets.charts.band_map import NET_PER_PIXEL
from widgets.charts.map_stack import MapLayer
from widgets.elements.examination import Examination
from widgets.session.band_map_cache import cached_map
from widgets.session.bench import Bench
from widgets.session.language import _, marked, translated
from widgets.session.markdown import escaped, show_briefly
from widgets.session.scan import Scan

KIND_NAMES = {RATIO: marked("Ratio"), DIFFERENCE: marked("Difference"), SUM: marked("Sum")}
RATIO_UNITS, RATIO_OF_MAPS = marked("ratio of net counts"), marked("ratio of two maps")
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
    if wanted is not None and stored_maps_of(key):
        return _combined_stored(scan, wanted, title_of)
    if wanted is None or examination is None:
        return None
    names = wanted.first, wanted.second
    if not set(names) <= {*offered_families(examination), *offered_lines(examination)}:
        return None
    try:
        first, second = _maps_of(scan, examination, names)
    except MaxrfError as error:
        show_briefly(error)
        return None

    def combined() -> CombinedMap:
        covariance = _pair_of(scan, examination, names).covariance
        return combine_maps(wanted.kind, first, second, covariance)

    tube = examination.analysis.instrument.tube
    data = cached_map(
        (scan.version, tube, key), lambda _told: combine_maps(wanted.kind, first, second).values
    )
    units = RATIO_UNITS if wanted.kind == RATIO else NET_PER_PIXEL
    title = f"{title_of(wanted.first)} {SIGNS[wanted.kind]} {title_of(wanted.second)}"
    return MapLayer(key, title, data, _(units), lambda: combined().sigma)


def _combined_stored(scan: Scan, wanted: Combination, title_of: Callable[[str], str]) -> MapLayer | None:
    """Return the layer of two maps of other programs; None if the scan does not hold both."""
    names = stored_maps_of(wanted.key)
    if not set(names) <= set(scan.map_names):
        return None

    def combined() -> CombinedMap:
        first, second = (stored_pair(scan.ds, name) for name in names)
        return combine_maps(wanted.kind, first, second)

    data = cached_map((scan.version, scan.ds.row_displacement, wanted.key), lambda _told: combined().values)
    units = RATIO_OF_MAPS if wanted.kind == RATIO else UNITS
    title = f"{title_of(wanted.first)} {SIGNS[wanted.kind]} {title_of(wanted.second)}"
    has_both = all(has_errors(scan.ds, name) for name in names)
    return MapLayer(wanted.key, title, data, _(units), (lambda: combined().sigma) if has_both else None)


def offered_families(examination: Examination) -> list[str]:
    """Return the families that can be combined: those with a map, and other shells of the same elements."""
    names, analysis = list(examination.maps.names), examination.analysis
    low, high = analysis.fitted_range
    elements = dict.fromkeys(split_family(name)[0] for name in names)
    others = candidate_families(analysis.instrument.tube, low, high, elements)
    return names + [name for name in others if name not in names]


def offered_lines(examination: Examination) -> list[str]:
    """Return the single lines that can be combined: those of the mapped families that are told apart."""
    instrument = examination.analysis.instrument
    low, high = examination.analysis.fitted_range
    groups = [groups_of(instrument, family) for family in examination.maps.names]
    return [name for each in groups for name, energy in each.items() if low < energy < high]


def combine_two_maps(
    scan: Scan,
    examination: Examination | None,
    bench: Bench,
    on_toggle: Callable[[str], None],
    title_of: Callable[[str], str],
) -> None:
    """Show a popover that lays a combined map on the bench, if there are two maps.

    Parameters
    ----------
    scan : Scan
    examination : Examination, optional
    bench : Bench
    on_toggle : callable
        Called with the key of the combination.
    title_of : callable
        Return what a family is called.
    """
    own = [] if examination is None else offered_families(examination) + offered_lines(examination)
    stored = [map_key(name) for name in scan.map_names]
    if not own and len(stored) < 2:
        return
    every = [*own, *stored]
    with st.popover(_("Combine two maps"), icon=":material/percent:", type="tertiary"):
        kind = st.segmented_control(
            _("Combination"),
            list(KIND_NAMES),
            default=RATIO,
            required=True,
            format_func=lambda each: _(KIND_NAMES[each]),
            key=_KIND,
        )
        first = st.selectbox(_("First map"), every, format_func=title_of, key=_FIRST)
        second = st.selectbox(_("Second map"), every, index=None, format_func=title_of, key=_SECOND)
        if second is None or first is None or first == second:
            st.caption(_("Choose two different maps."))
            return
        if (first in stored) != (second in stored):
            st.caption(
                _("A map of another program has other units: choose two of its maps, or two elements.")
            )
            return
        wanted = Combination(kind or RATIO, first, second)
        if first in stored:
            _say_limit(scan, wanted)
        elif wanted.kind == RATIO and examination is not None:
            st.caption(_("Pixels whose second map is below its detection limit have no value."))
            if note := depth_of(examination, wanted, title_of):
                st.info(escaped(note), icon=":material/layers:")
            if note := thin_of(examination, wanted, title_of):
                st.caption(escaped(note))
        st.button(
            _("Lay it on the bench"),
            key="look-combine-add",
            icon=":material/add:",
            disabled=wanted.key in bench.keys or bench.is_full,
            on_click=on_toggle,
            args=(wanted.key,),
        )


def _say_limit(scan: Scan, wanted: Combination) -> None:
    """Say what of the combination of two maps of other programs has a value, and what it means."""
    if wanted.kind == RATIO:
        if has_errors(scan.ds, stored_maps_of(wanted.key)[1]):
            st.caption(_("Pixels whose second map is below its detection limit have no value."))
        else:
            words = _("Pixels whose second map is below {share:.0%} of its brightest values have no value.")
            st.caption(words.format(share=MIN_SHARE))
    st.caption(
        _(
            "The result is right only if both maps have one unit, and are 0 where nothing is. Grey pictures "
            "often are not."
        )
    )


def depth_of(examination: Examination, wanted: Combination, title_of: Callable[[str], str]) -> str:
    """Return what the ratio tells of an element's depth; "" for families of two elements."""
    element = split_family(family_of(wanted.first))[0]
    if element != split_family(family_of(wanted.second))[0]:
        return ""
    found = [(_energy(examination, name), name) for name in (wanted.first, wanted.second)]
    if not all(energy for energy, _name in found) or found[0][1] == found[1][1]:
        return ""
    (soft, softer), (hard, harder) = sorted(found)
    return translated(depth_note(element, title_of(softer), title_of(harder), soft, hard))


def thin_of(examination: Examination, wanted: Combination, title_of: Callable[[str], str]) -> str:
    """Return which ratio of two lines of one family a thin layer gives; "" for others."""
    first, second = wanted.first, wanted.second
    if not (line_group(first) and line_group(second)) or family_of(first) != family_of(second):
        return ""
    ratio = thin_ratio(examination.analysis.instrument, first, second)
    return translated(thin_note(title_of(first), title_of(second), ratio))


def _energy(examination: Examination, name: str) -> float:
    """Return the energy of a family's strongest line, or the mean of a group of lines; 0 if it has none."""
    instrument = examination.analysis.instrument
    if line_group(name):
        return groups_of(instrument, family_of(name)).get(name, 0.0)
    lines = lines_of(name, instrument.tube, instrument.response)
    return lines.main_energy if lines is not None else 0.0


def _maps_of(scan: Scan, examination: Examination, names: tuple[str, str]) -> tuple[Pair, Pair]:
    """Return net counts and standard deviations of two maps as they are shown, computed if not mapped."""
    if set(names) <= set(examination.maps.names):
        return examination.shown(names[0]), examination.shown(names[1])
    pair = _pair_of(scan, examination, names)
    return pair.first, pair.second


def _pair_of(scan: Scan, examination: Examination, names: tuple[str, str]) -> PairMaps:
    """Return the maps of a pair and their covariance, of which the cache holds one array."""

    def all_five(progress: Progress) -> np.ndarray:
        found = pair_maps(
            scan.ds.cube(),
            examination.analysis,
            names,
            examination.maps.names,
            progress,
            examination.row_displacement,
        )
        return np.concatenate([*found.first, *found.second, found.covariance])

    name = (scan.version, examination.analysis.instrument.tube, *names, "pair", examination.row_displacement)
    one, one_sigma, other, other_sigma, covariance = np.split(cached_map(name, all_five).values, 5)
    return PairMaps((one, one_sigma), (other, other_sigma), covariance)

"""Groups of pixels that hold the same elements, each of which becomes a patch with one click."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from maxrf_core.datastack.straight_view import masks_in_view
from maxrf_core.errors import MaxrfError
from maxrf_core.patches.group_names import NamedGroup, name_groups
from maxrf_core.patches.groups import MAX_GROUPS, find_groups
from maxrf_core.patches.patch import Patch, with_own_names
from maxrf_core.progress import Progress
from widgets.elements.examination import Examination
from widgets.look.new_patch import add_patch
from widgets.session import library
from widgets.session.band_map_cache import watched
from widgets.session.choice import Choice
from widgets.session.language import _
from widgets.session.markdown import escaped, show_error
from widgets.session.scan import Scan

_COUNT, _FOUND = "look-group-count", "look-groups"


def show_groups(scan: Scan, examination: Examination, now: Choice) -> None:
    """Show the groups of the scan, and what divides it into them."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        count = st.selectbox(
            _("Groups"),
            [None, *range(2, MAX_GROUPS + 1)],
            key=_COUNT,
            format_func=lambda each: _("as many as there are") if each is None else str(each),
            persist_state="session",
        )
        is_wanted = st.button(_("Divide the scan"), key="look-groups-find", icon=":material/category:")
    place = st.empty()
    if is_wanted:
        try:
            with library.in_turn():
                told = watched(place, _("Dividing the scan into groups …"), patience=0)
                st.session_state[_FOUND] = examination.maps, _groups(scan, examination, count, told)
        except MaxrfError as error:
            show_error(error)
        place.empty()
    maps, found = st.session_state.get(_FOUND, (None, []))
    if maps is examination.maps:
        _show_found(scan, found, now)


def _groups(scan: Scan, examination: Examination, count: int | None, told: Progress) -> list[NamedGroup]:
    groups = find_groups(examination.maps, count, progress=lambda done, doing: told(0.5 * done, doing))
    return name_groups(
        scan.ds.cube(), examination.analysis, groups, lambda done, doing: told(0.5 + 0.5 * done, doing)
    )


def _show_found(scan: Scan, found: Sequence[NamedGroup], now: Choice) -> None:
    st.caption(
        _("Each group is called after the elements that it has more of than the scan."),
        help=_(
            "k-means on the element maps, each in units of its own signal. Groups are no pigments: layers "
            "lie over one another, and a group of mixed pixels may stand between two."
        ),
    )
    patches = [_in_view(scan, each.patch) for each in found]
    for number, patch in enumerate(patches):
        share = patch.pixels / patch.mask.size
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{escaped(patch.name)}** · {share:.0%}", width="stretch")
            st.button(
                _("As a patch"),
                key=f"look-group-{number}",
                icon=":material/add:",
                on_click=partial(_take, now, patch),
            )


def _take(now: Choice, patch: Patch) -> None:
    """Add a group to the patches, under its elements."""
    [named] = with_own_names([patch], now.patches or ())
    add_patch(now, lambda _name, _colour: named)


def _in_view(scan: Scan, patch: Patch) -> Patch:
    """Return a patch of the scan's own pixels as it is shown, with odd rows shifted back."""
    displacement = scan.ds.row_displacement
    if not displacement:
        return patch
    return replace(patch, mask=masks_in_view(patch.mask[None], displacement)[0] != 0)

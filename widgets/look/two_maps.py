"""Two maps against each other: what is drawn there becomes a patch, and patches are seen there."""

from weakref import WeakKeyDictionary

import numpy as np
import streamlit as st

from maxrf_core.errors import MaxrfError
from maxrf_core.patches.joint_histogram import JointHistogram, joint_histogram, pixels_in_polygon
from maxrf_core.patches.patch import Patch
from widgets.charts.joint_chart import Coloured, draw_joint
from widgets.elements.examination import Examination
from widgets.look.bench_layers import title_of
from widgets.look.new_patch import add_patch
from widgets.session.choice import Choice
from widgets.session.language import _
from widgets.session.markdown import show_error

CHART = "look-two-maps"
_ACROSS, _UP, _KNOWN = "look-two-maps-x", "look-two-maps-y", "look-two-maps-known"

_parts: WeakKeyDictionary[Patch, tuple[JointHistogram, np.ndarray]] = WeakKeyDictionary()


def show_two_maps(examination: Examination, now: Choice) -> None:
    """Show the joint histogram of two maps that are chosen."""
    families = list(examination.maps.names)
    if len(families) < 2:
        st.caption(_("Two elements are needed."))
        return
    findings = examination.identification.findings
    found = [finding.family for finding in findings if finding.family in families]
    first = list(dict.fromkeys([*found, *families]))
    with st.container(horizontal=True):
        x, y = (
            st.selectbox(
                title,
                families,
                families.index(first[place]),
                key=key,
                format_func=title_of,
                persist_state="session",
            )
            for place, (title, key) in enumerate(((_("Across"), _ACROSS), (_("Upwards"), _UP)))
        )
    maps = examination.maps_in_view
    across, up = maps.net[maps.index(x)], maps.net[maps.index(y)]
    try:
        histogram = _known(across, up, (maps, x, y))
    except MaxrfError as error:
        show_error(error)
        return

    def drawn(polygon: np.ndarray) -> None:
        add_patch(now, lambda name, colour: Patch(name, colour, pixels_in_polygon(across, up, polygon)))

    coloured: list[Coloured] = []
    for patch in now.shown_patches:
        known = _parts.get(patch)
        if known is None or known[0] is not histogram:
            part = joint_histogram(across, up, patch.mask, like=histogram)
            known = _parts[patch] = histogram, part.counts
        coloured.append((patch.colour, known[1]))
    title = _("Net counts of {element}")
    titles = title.format(element=title_of(x)), title.format(element=title_of(y))
    draw_joint(CHART, histogram, titles, coloured, drawn)
    st.caption(_("Draw a line around points: the pixels with these counts become a patch."))


def _known(across: np.ndarray, up: np.ndarray, identity: tuple[object, str, str]) -> JointHistogram:
    """Return the joint histogram, which is made once for the same maps."""
    known = st.session_state.get(_KNOWN)
    if known is None or known[0][0] is not identity[0] or known[0][1:] != identity[1:]:
        known = st.session_state[_KNOWN] = identity, joint_histogram(across, up)
    found: JointHistogram = known[1]
    return found

"""The pixel that was clicked: net counts of all elements, with their errors."""

import math

import streamlit as st

from maxrf_core.elements.maps import DETECTION
from maxrf_core.imaging.layer_keys import title_of
from widgets.elements.answers import counts_in_words
from widgets.elements.examination import Examination
from widgets.session.choice import choice
from widgets.session.language import _
from widgets.session.markdown import escaped
from widgets.session.scan import Scan
from widgets.session.shown_value import key_showing


def show_pixel(scan: Scan, examination: Examination | None) -> None:
    """Show the net counts of the pixel that was chosen last; those below the detection limit in one line."""
    now = choice()
    with st.container(horizontal=True, vertical_alignment="center", key="look-place"):
        if now.pixels:
            x, y = now.pixels[-1]
            st.markdown(_("**Pixel {x}, {y}**").format(x=x, y=y), width="content")
        _type_place(scan)
    if not now.pixels:
        count_words = _("Click on the picture, or type x and y, to see the counts of a pixel.")
        map_words = _("Click on the picture, or type x and y, to see the values of a pixel.")
        st.caption(count_words if scan.has_spectra else map_words)
        return
    if values := stored_values(scan, x, y):
        st.markdown(_("Maps of other programs: {values}").format(values=" · ".join(values)))
    if examination is None:
        return
    seen, unseen = counts_of(examination, x, y)
    if seen:
        st.markdown(_("Net counts: {elements}").format(elements=" · ".join(seen)))
    if unseen:
        st.caption(_("Below the detection limit: {elements}").format(elements=", ".join(unseen)))


def stored_values(scan: Scan, x: int, y: int) -> list[str]:
    """Return what the element maps of other programs hold at a pixel, with their names."""
    values = [(name, float(scan.stored_map(name).values[y, x])) for name in scan.map_names]
    return [f"**{escaped(name)}**\u00a0{value:.4g}" for name, value in values if math.isfinite(value)]


def _type_place(scan: Scan) -> None:
    """Show fields for the place of the pixel, which follow what is chosen on the picture."""
    now, (height, width) = choice(), scan.shape
    keys = ["look-x", "look-y"]
    if now.pixels:  # else a number that was typed waits for the other
        keys = [key_showing(key, value) for key, value in zip(keys, now.pixels[-1], strict=True)]

    def typed() -> None:
        x, y = (st.session_state[key] for key in keys)
        if x is not None and y is not None:
            now.choose_pixel(x, y)

    for key, label, length in zip(keys, ("x", "y"), (width, height), strict=True):
        st.session_state.setdefault(key, None)
        st.number_input(
            label,
            0,
            length - 1,
            step=1,
            key=key,
            on_change=typed,
            placeholder=label,
            label_visibility="collapsed",
            width=84,
        )


def counts_of(examination: Examination, x: int, y: int) -> tuple[list[str], list[str]]:
    """Return the net counts of a pixel with their errors, and the limits of what is not above them."""
    seen, unseen = [], []
    for family in examination.maps.names:
        net, sigma = examination.shown_at(family, x, y)
        if not math.isfinite(net):
            continue
        title = title_of(family).replace(" ", "\u00a0")
        if net > DETECTION * sigma:
            seen.append(f"**{title}**\u00a0{counts_in_words(net)}\u00a0±\u00a0{counts_in_words(sigma)}")
        else:
            unseen.append(f"{title}\u00a0<\u00a0{counts_in_words(DETECTION * sigma)}")
    return seen, unseen

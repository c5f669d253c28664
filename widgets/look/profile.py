"""The line on the picture: its length, and the profile of all shown maps along it."""

from collections.abc import Sequence

import streamlit as st

from maxrf_core.imaging.profile import MAX_WIDTH, Profile, line_length, line_profile
from widgets.charts.colours import own_colour
from widgets.charts.map_stack import Layer, MapLayer
from widgets.charts.profile_chart import ProfileCurve, draw_profiles
from widgets.look.window import LEGEND_HEIGHT, SPECTRUM_HEIGHT
from widgets.session.choice import Choice
from widgets.session.language import _
from widgets.session.scan import Scan

PROFILE = "look-profile"
_BELOW, _WIDTH, _OWN = "look-below", "look-line-width", "look-line-own"
_ENDS = ("look-line-x0", "look-line-y0", "look-line-x1", "look-line-y1")  # session keys


def choose_below(now: Choice) -> None:
    """Show the choice of what stands below the picture, where a line has been drawn."""
    if now.ruler is None:
        return
    st.session_state.setdefault(_BELOW, "profile")
    with st.container(key="look-below-picture"):
        st.segmented_control(
            _("Below the picture"),
            ["spectrum", "profile"],
            format_func=lambda each: _("Spectrum") if each == "spectrum" else _("Profile"),
            key=_BELOW,
            required=True,
            label_visibility="collapsed",
        )


def is_profile_shown(now: Choice) -> bool:
    """Return True if the profile stands in place of the spectrum."""
    return now.ruler is not None and st.session_state.get(_BELOW, "profile") == "profile"


def line_drawn(now: Choice, x0: float, y0: float, x1: float, y1: float) -> None:
    """Take over a line that was drawn, unless it has no length."""
    if line_length((x0, y0, x1, y1)) > 0:
        now.ruler = (round(x0, 2), round(y0, 2), round(x1, 2), round(y1, 2))
        st.session_state[_BELOW] = "profile"


def show_ruler(scan: Scan, now: Choice) -> None:
    """Show the fields of the line: its ends, how many pixels across it are averaged, its length."""
    st.caption(_("Draw a line with the line tool above the picture, or type its ends."))
    if now.ruler is not None:
        st.session_state.update(zip(_ENDS, now.ruler, strict=True))

    def typed() -> None:
        x0, y0, x1, y1 = (st.session_state[key] for key in _ENDS)
        if None not in (x0, y0, x1, y1):
            line_drawn(now, x0, y0, x1, y1)

    height, width = scan.shape
    labels = (_("From x"), _("From y"), _("To x"), _("To y"))
    for first in (0, 2):
        with st.container(horizontal=True):
            for key, label in list(zip(_ENDS, labels, strict=True))[first : first + 2]:
                st.session_state.setdefault(key, None)
                st.number_input(
                    label, -0.5, max(height, width) - 0.5, step=1.0, key=key, on_change=typed, width=140
                )
    if now.ruler is None:
        return
    st.markdown(f"**{length_in_words(now.ruler, scan.pixel_size)}**")
    st.session_state.setdefault(_WIDTH, 1)
    st.number_input(
        _("Pixels across the line that are averaged"),
        1,
        MAX_WIDTH,
        step=1,
        key=_WIDTH,
        persist_state="session",
    )
    st.toggle(
        _("Each map in parts of its highest value"),
        key=_OWN,
        persist_state="session",
        help=_("So that a weak element can be compared with a strong one."),
    )
    st.button(
        _("Remove the line"), icon=":material/delete:", key="look-line-remove", on_click=_remove, args=(now,)
    )


def length_in_words(line: Sequence[float], pixel_size: tuple[float, float] | None) -> str:
    """Return the length of a line in words.

    Examples
    --------
    >>> length_in_words((0, 0, 30, 40), (0.5, 0.5))
    'Length: 50.0 pixels, 25.0 mm'
    """
    words = _("Length: {pixels:.1f} pixels").format(pixels=line_length(line))
    if pixel_size is None:
        return words
    return _("{length}, {mm:.1f} mm").format(length=words, mm=line_length(line, pixel_size))


def show_profile(scan: Scan, layers: Sequence[Layer], now: Choice) -> None:
    """Show the profile of all shown maps along the line."""
    if now.ruler is None:
        return
    visible = {look.key: look for look in now.bench.looks if look.visible}
    shown = [each for each in layers if isinstance(each, MapLayer) and each.key in visible]
    if not shown:
        st.info(_("Lay a map on the bench to see its profile along the line."), icon=":material/show_chart:")
        return
    is_own = bool(st.session_state.get(_OWN))
    curves = []
    for number, layer in enumerate(shown, start=1):
        colour = visible[layer.key].colour
        profile = layer_profile(layer, now.ruler, int(st.session_state.get(_WIDTH, 1)))
        if is_own:
            profile = profile.scaled()
        curves.append(
            ProfileCurve(layer.title, profile, colour if colour.startswith("#") else own_colour(number))
        )
    size = scan.pixel_size
    scale = None if size is None else line_length(now.ruler, size) / line_length(now.ruler)
    units = {layer.units for layer in shown}
    title = units.pop().capitalize() if len(units) == 1 else _("Value")
    if is_own:
        title = _("Part of the highest")
    draw_profiles(PROFILE, curves, title, scale, SPECTRUM_HEIGHT - LEGEND_HEIGHT * (len(curves) > 1))


def layer_profile(layer: MapLayer, line: Sequence[float], width: int) -> Profile:
    """Return the profile of a layer, with its error where that is known."""
    return line_profile(layer.data.values, line, width, None if layer.sigma is None else layer.sigma())


def _remove(now: Choice) -> None:
    now.ruler = None
    for key in _ENDS:
        st.session_state[key] = None

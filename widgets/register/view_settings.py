"""Controls for the view of a picture: contrast, colour channel and orientation."""

import streamlit as st

from maxrf_core.imaging.tone import CHANNELS, Tone
from maxrf_core.transform.coordinates import View
from widgets.session.choice import Look, choice
from widgets.session.language import _, marked

_CHANNEL_WORDS = {
    "all": marked("Colours"),
    "red": marked("Red"),
    "green": marked("Green"),
    "blue": marked("Blue"),
}


def choose_look(name: str, channels: bool = False, turning: bool = False) -> Look:
    """Show the controls of a picture's view; return the choice, which outlives a change of page.

    Parameters
    ----------
    name : str
        Distinguishes this picture from others.
    channels : bool
        Whether one channel of the colours can be chosen.
    turning : bool
        Whether the picture can be turned and mirrored.
    """
    old = choice().looks.get(name, Look())
    low, high = st.slider(
        _("Black and white"), 0, 255, (int(old.tone.low), int(old.tone.high)), key=f"look-limits-{name}",
        disabled=old.tone.equalised,
        help=_("What is darker or lighter than these two becomes black or white."),
    )  # fmt: skip
    gamma = st.slider(
        _("Brighten the dark parts (gamma)"), 0.2, 4.0, old.tone.gamma, 0.1, key=f"look-gamma-{name}",
        disabled=old.tone.equalised,
    )  # fmt: skip
    with st.container(horizontal=True):
        equalised = st.toggle(_("Equalise"), old.tone.equalised, key=f"look-equalise-{name}")
        inverted = st.toggle(_("Negative"), old.tone.inverted, key=f"look-invert-{name}")
    channel, view = old.tone.channel, old.view
    if channels:
        channel = st.segmented_control(
            _("Colour channel"), CHANNELS, default=channel, required=True,
            format_func=lambda name: _(_CHANNEL_WORDS[name]),
            key=f"look-channel-{name}",
        )  # fmt: skip
    if turning:
        view = _choose_view(name, view)
    high = max(high, low + 1)
    look = Look(Tone(float(low), float(high), gamma, equalised, inverted, channel), view)
    choice().looks[name] = look
    if equalised != old.tone.equalised or view != old.view:
        st.rerun()  # the sliders above are disabled while it is on; the fit above depends on the view
    return look


def turn_look(name: str, view: View) -> None:
    """Turn a picture; call it before its controls are shown.

    Parameters
    ----------
    name : str
        As `choose_look` takes it.
    view : View
    """
    old = choice().looks.get(name, Look())
    choice().looks[name] = Look(old.tone, view)
    turns, mirror = _controls(name)
    st.session_state[turns], st.session_state[mirror] = view.turns % 4, view.mirrored


def _choose_view(name: str, view: View) -> View:
    turns, mirror = _controls(name)
    # In the session and not as defaults: controls that are already shown ignore a new default
    st.session_state.setdefault(turns, view.turns % 4)
    st.session_state.setdefault(mirror, view.mirrored)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        quarters = st.segmented_control(
            _("Turned by"),
            (0, 1, 2, 3),
            required=True,
            format_func=lambda turns: f"{90 * turns}°",
            key=turns,
        )
        mirrored = st.toggle(
            _("Mirrored"),
            key=mirror,
            help=_("For X-ray films and versos: a photograph that is shown mirrored is registered mirrored."),
        )
    return View(quarters or 0, mirrored)


def _controls(name: str) -> tuple[str, str]:
    """Return the keys of the controls that turn and mirror a picture."""
    return f"look-turns-{name}", f"look-mirror-{name}"

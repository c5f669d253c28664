"""Sizes by which the bench fits into the window: nothing has to be scrolled to see picture and spectrum."""

import streamlit as st

from widgets.session.hidden_words import hide_words
from widgets.session.language import _

SPECTRUM_HEIGHT, LEGEND_HEIGHT = 210, 28  # CSS pixels, of which a legend takes its part
MIN_HEIGHT, TITLE_HEIGHT = 280, 60  # of the pictures, and of one's title with what is around it
_MARGINS = (54, 60)  # CSS pixels beside, and above and below, the map in its chart

_STYLE = """<style>
@media (min-width: 641px) {
  div:has(> .st-key-look-panes) { display: contents; }
  .st-key-look-panes { display: none; }
  div:has(> .st-key-look-tools) { margin: -34px 0 -7px; }
  .st-key-look-tools { position: relative; z-index: 2; column-gap: 0.6rem; }
  .st-key-look-side p { font-size: 0.875rem; }
  .st-key-look-below-picture { position: absolute; width: auto; z-index: 3; }
  .st-key-look-below-picture > div { transform: scale(0.8); transform-origin: top left; }
  .st-key-look-side, .st-key-elements-detail-side, .st-key-elements-overview-side {
    max-height: calc(100vh - 119px); overflow-y: auto; flex-wrap: nowrap; padding-right: 6px;
  }
}
@media (max-width: 640px) {
  .st-key-look-tools { gap: 0 0.5rem; }
}
.st-key-look-undo kbd, .st-key-look-redo kbd { display: none; }
@media (min-width: 641px) and (max-width: 1400px) {
  %s
}
</style>"""


_NOT_SHOWN = "<style>@media (max-width: 640px) { %s { display: none; } }</style>"
PANES = ("picture", "spectrum", "layers")
_PANE = "look-pane"


def choose_pane(*, has_spectrum: bool, has_profile: bool) -> None:
    """Show the choice of the one pane that a phone shows; it hides the others there.

    Parameters
    ----------
    has_spectrum : bool
        Whether there are spectra to show below the picture.
    has_profile : bool
        Whether the profile along a line stands in their place.
    """
    below = _("Profile") if has_profile else _("Spectrum")
    names = dict(zip(PANES, (_("Picture"), below, _("Layers")), strict=True))
    if not has_spectrum and not has_profile:
        del names["spectrum"]
        if st.session_state.get(_PANE) == "spectrum":
            del st.session_state[_PANE]
    with st.container(key="look-panes"):
        chosen = st.segmented_control(
            _("Pane"),
            list(names),
            default=PANES[0],
            required=True,
            format_func=lambda pane: names[pane],
            key=_PANE,
            label_visibility="collapsed",
        )
    hidden = ", ".join(f".st-key-look-pane-{pane}" for pane in PANES if pane != chosen)
    st.html(_NOT_SHOWN % hidden)


def picture_height(shape: tuple[int, int], rows: int = 1, *, titled: bool = False) -> str:
    """Return the height of a picture in CSS: what the map fills at its width, if the window has that.

    Parameters
    ----------
    shape : (height, width)
        Of the map.
    rows : int
        Of pictures, one below the other.
    titled : bool
        Each has a title above.

    Examples
    --------
    >>> picture_height((300, 200))
    'min(max(280px, calc((100vh - 355px) / 1)), max(260px, (100cqw - 54px) * 1.5 + 60px))'
    """
    height, width = shape
    across, down = _MARGINS
    taken = SPECTRUM_HEIGHT + 145 + rows * TITLE_HEIGHT * titled
    limit = f"max({MIN_HEIGHT // rows}px, calc((100vh - {taken}px) / {rows}))"
    fitting = f"max({260 // rows}px, (100cqw - {across}px) * {round(height / width, 4)} + {down}px)"
    return f"min({limit}, {fitting})"


def fit_into_window() -> None:
    """Use the whole window for this page."""
    st.html(_STYLE % hide_words(":is(.st-key-look-undo, .st-key-look-redo) p"))

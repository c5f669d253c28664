"""Sizes by which the bench fits into the window: nothing has to be scrolled to see picture and spectrum."""

import streamlit as st

SPECTRUM_HEIGHT = 210  # CSS pixels
_PICTURE_LIMIT = f"max(280px, calc(100vh - {SPECTRUM_HEIGHT + 132}px))"

_MARGINS = (54, 60)  # CSS pixels beside, and above and below, the map in its chart

_STYLE = """<style>
@media (min-width: 641px) {
  .st-key-look-tools { margin: -54px 0 0 6rem; width: auto; }
  .st-key-look-side p { font-size: 0.875rem; }
  .st-key-look-side {
    max-height: calc(100vh - 106px); overflow-y: auto; flex-wrap: nowrap; padding-right: 6px;
  }
}
</style>"""


def picture_height(shape: tuple[int, int]) -> str:
    """Return the height of the picture in CSS: what the map fills at its width, if the window has that.

    Parameters
    ----------
    shape : (height, width)
        Of the map.

    Examples
    --------
    >>> picture_height((300, 200))
    'min(max(280px, calc(100vh - 342px)), max(260px, (100cqw - 54px) * 1.5 + 60px))'
    """
    rows, columns = shape
    across, down = _MARGINS
    return f"min({_PICTURE_LIMIT}, max(260px, (100cqw - {across}px) * {round(rows / columns, 4)} + {down}px))"


def fit_into_window() -> None:
    """Use the whole window for this page."""
    st.html(_STYLE)

"""Sizes by which the page Register fits into the window, so that nothing has to be scrolled."""

import streamlit as st

from widgets.session.hidden_words import hide_words

INSPECTOR_WIDTH = 640  # CSS pixels
_BESIDE_PICTURES = 430  # CSS pixels above the pictures, and of the inspector and what is around it below them
_BESIDE_OVERLAY = 385  # the same beside the photograph on the map, which has no line of buttons above it
_MIN_WIDTH = 200

_STYLE = """<style>
@media (min-width: 641px) {
  .st-key-register-tools { margin: -45px 0 0 14.5rem; width: auto; flex-wrap: nowrap; }
  :root:has(.st-key-go-on) .st-key-register-tools { margin: 0; } /* the offer stands below the title */
  .st-key-photo-settings, .st-key-map-settings, .st-key-task-src, .st-key-task-dst { flex-wrap: nowrap; }
  .st-key-register-bottom { flex-wrap: nowrap; margin-top: -10px; }
  .st-key-register-bottom > :first-child { flex: 0 0 WIDTHpx; }
  .st-key-register-bottom > :last-child { flex: 1 1 16rem; min-width: 0; }
  .st-key-register-verdict {
    max-height: 224px; overflow-y: auto; flex-wrap: nowrap;
    overflow-anchor: none; /* new words come at the top */
  }
  .st-key-register-quality { overflow-y: auto; flex-wrap: nowrap; }
  :is(.st-key-register-verdict, .st-key-register-quality) > * { flex-shrink: 0; }
  .st-key-register-verdict > :has(> .st-key-register-quality) { max-height: 108px; overflow-y: auto; }
}
@media (max-width: 640px) {
  .st-key-register-bottom > * { min-width: 100%; }
}
HIDDEN
[class*="st-key-zoom-"] kbd { display: none; }
[class*="st-key-zoom-"] button, [class*="st-key-type-"] button, .st-key-change-pairs button {
  padding: 0 0.25rem; min-height: 1.7rem;
}
.st-key-register-inspector button { padding: 0 0.3rem; min-height: 1.6rem; height: 1.6rem; }
.st-key-register-tools button { min-height: 2.1rem; }
[class*="-settings"] button { padding: 0; min-height: 1.7rem; }
.st-key-photo-settings summary { padding-top: 0; padding-bottom: 0; min-height: 1.7rem; }
:is([class*="-settings"], .st-key-task-src, .st-key-task-dst) p { font-size: 0.8125rem; }
@media (max-width: 1400px) {
  [class*="-settings"] { gap: 0.4rem; }
  [class*="-settings"] button p { font-size: 0.75rem; }
  :is(.st-key-task-src, .st-key-task-dst) p { font-size: 0.75rem; }
}
@media (min-width: 641px) and (max-width: 1400px) {
  .st-key-register-verdict > :has(> .st-key-register-quality) { max-height: 84px; }
}
.st-key-register-verdict p { font-size: 0.875rem; }
.st-key-register-verdict :is([role="alert"], [role="alert"] > *) { padding: 0.2rem 0.4rem; }
.st-key-register-verdict h2 { font-size: 1rem; padding: 0; }
.st-key-register-verdict :has(h2) { margin-bottom: 0; }
</style>"""


def fit_into_window() -> None:
    """Use the whole window for this page."""
    hidden = hide_words('.st-key-change-pairs :is(p, kbd), [class*="st-key-type-"] button p')
    st.html(_STYLE.replace("WIDTH", str(INSPECTOR_WIDTH)).replace("HIDDEN", hidden))


def picture_height(shape: tuple[int, int]) -> str:
    """Return the height of a chart in the pictures' place, in CSS.

    Parameters
    ----------
    shape : (height, width)
        Of the map.

    Examples
    --------
    >>> picture_height((300, 200))
    'min(max(280px, calc(100vh - 385px)), max(260px, (100cqw - 54px) * 1.5 + 60px))'
    """
    rows, columns = shape
    limit = f"max(280px, calc(100vh - {_BESIDE_OVERLAY}px))"
    return f"min({limit}, max(260px, (100cqw - 54px) * {round(rows / columns, 4)} + 60px))"


def limit_width(key: str, size: tuple[int, int]) -> None:
    """Make a picture only as wide as its height then fits into the window.

    Parameters
    ----------
    key : str
        Of the picture.
    size : (width, height)
        In which it is shown; only the proportions matter.
    """
    width, height = size
    fitting = f"max({_MIN_WIDTH}px, (100vh - {_BESIDE_PICTURES}px) * {round(width / height, 4)})"
    st.html(
        f"<style>@media (min-width: 641px) {{ .st-key-{key} {{ width: min(100%, {fitting}) !important; }} }}"
        "</style>"
    )

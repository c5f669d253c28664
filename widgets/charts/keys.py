"""What the keyboard moves in a chart, for its script (``chart_keys.js``)."""

from collections.abc import Sequence
from typing import Any

from widgets.session.language import _

Band = tuple[float, float]

_CHANNELS = 20  # of the band that is moved first


def band_keys(band: Band | None, step: float, limits: Band) -> dict[str, Any]:
    """Return what the arrow keys move on a spectrum: the band, else one in the middle.

    Parameters
    ----------
    band : (float, float), optional
    step : float
        From one channel to the next.
    limits : (float, float)
        First and last value of the axis.

    Examples
    --------
    >>> band_keys(None, 0.5, (0.0, 40.0))["band"]
    (20.0, 30.0)
    """
    first, last = limits
    middle = first + round((last - first) / step / 2) * step if step > 0 else first
    begun = band or (middle, min(middle + _CHANNELS * step, last))
    return {"band": begun, "step": step, "limits": [first, last]}


def pixel_keys(shape: tuple[int, int], marks: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """Return what the arrow keys move on a map: the pixel (x, y) marked last, else that in the middle.

    Examples
    --------
    >>> pixel_keys((30, 20), [])["pixel"]
    (10, 15)
    """
    height, width = shape
    return {"pixel": marks[-1] if marks else (width // 2, height // 2), "shape": shape}


def with_keys(label: str, keys: dict[str, Any] | None) -> str:
    """Return the label of a chart with what its keys do, for screen readers."""
    if not keys:
        words = _("The arrow keys move what is shown, plus and minus zoom, 0 shows everything.")
    elif "band" in keys:
        words = _("The arrow keys move the band, plus and minus zoom, 0 shows everything.")
    else:
        words = _("The arrow keys move the pixel, plus and minus zoom, 0 shows everything.")
    return f"{label}. {words}"


def listed_keys(keys: dict[str, Any] | None) -> list[tuple[str, str]]:
    """Return the keys of a chart, each with what it does, for the list that ``?`` shows.

    Examples
    --------
    >>> listed_keys({"pixel": (10, 15), "shape": (30, 20)})[0]
    ('← → ↑ ↓', 'Move the pixel')
    """
    if not keys:
        moves = [("← → ↑ ↓", _("Move what is shown")), ("Shift", _("with an arrow key: five times as far"))]
    else:
        moved, arrows = (_("Move the band"), "← →") if "band" in keys else (_("Move the pixel"), "← → ↑ ↓")
        moves = [(arrows, moved), ("Shift", _("with an arrow key: ten times as far"))]
    return [
        *moves,
        ("+  −", _("Zoom in, zoom out")),
        ("0", _("Show everything")),
        ("Tab", _("Go on to the buttons of the chart")),
        ("?", _("Show or hide this list")),
    ]

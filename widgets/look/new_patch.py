"""New patches: what is drawn on the picture, and all that is like a pixel or within limits."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from maxrf_core.errors import MaxrfError, PatchError
from maxrf_core.patches.alike import joined_to, like_pixel, within_limits
from maxrf_core.patches.patch import MAX_PATCHES, Patch, next_name_and_colour
from widgets.charts.map_stack import Layer, MapLayer
from widgets.elements.examination import Examination
from widgets.look.bench_layers import title_of
from widgets.look.polygon import corner_clicked, show_polygon
from widgets.session.choice import Choice
from widgets.session.language import _
from widgets.session.markdown import escaped, show_briefly
from widgets.session.scan import Scan

RECTANGLE, LASSO, POLYGON, BRUSH, ALIKE = "rectangle", "lasso", "polygon", "brush", "alike"
TOOL, RADIUS = "look-patch-tool", "look-patch-radius"
_JOINED, _TOLERANCE = "look-patch-joined", "look-patch-tolerance"
_CORNERS = tuple(f"look-patch-{name}" for name in ("x0", "y0", "x1", "y1"))  # of a rectangle that is typed
_DEFAULT_TOLERANCE, _DEFAULT_RADIUS = 30, 3.0  # percent; map pixels


def add_patch(now: Choice, make: Callable[[str, str], Patch]) -> None:
    """Add a patch to those of the session, with a name and a colour that no other one has.

    Parameters
    ----------
    now : Choice
    make : callable
        Return the patch from its name and colour; what it raises is shown.
    """
    others = now.patches or ()
    try:
        if len(others) >= MAX_PATCHES:
            words = _("A scan keeps at most {limit} patches: delete some.")
            raise PatchError(words.format(limit=MAX_PATCHES))
        now.patches = (*others, make(*next_name_and_colour(others)))
    except MaxrfError as error:
        show_briefly(error)


def drawing_acts(scan: Scan, examination: Examination | None, now: Choice) -> dict[str, Any]:
    """Return what a drag or a click on the picture does with the chosen tool, for `draw_layers`."""
    tool = st.session_state.get(TOOL, RECTANGLE)

    def rectangle(x0: int, y0: int, x1: int, y1: int) -> None:
        add_patch(now, lambda *named: Patch.rectangle((x0, y0), (x1, y1), scan.shape, *named))

    def lasso(corners: np.ndarray) -> None:
        add_patch(now, lambda *named: Patch.polygon(corners, scan.shape, *named))

    def brush(stroke: np.ndarray) -> None:
        radius = float(st.session_state.get(RADIUS, _DEFAULT_RADIUS))
        add_patch(now, lambda *named: Patch.brush(stroke, radius, scan.shape, *named))

    def alike(x: int, y: int) -> None:
        now.choose_pixel(x, y)
        add_patch(now, lambda name, colour: Patch(name, colour, _alike(examination, now, x, y)))

    acts: dict[str, dict[str, Any]] = {
        RECTANGLE: {"on_region": rectangle},
        LASSO: {"on_lasso": lasso},
        POLYGON: {
            "on_corner": partial(corner_clicked, now, partial(_close, now, scan.shape)),
            "preview": None,
        },
        BRUSH: {"on_lasso": brush},
        ALIKE: {"on_pixel": alike},
    }
    is_pixel_shown = not now.shown_patches  # else the spectrum is that of the patches
    return acts.get(tool, {}) | ({} if is_pixel_shown else {"preview": None})


def choose_tool(scan: Scan, examination: Examination | None, layers: Sequence[Layer], now: Choice) -> None:
    """Show the ways to make a patch, and what to do with the chosen one."""
    titles = {
        RECTANGLE: _("Rectangle"),
        LASSO: _("Lasso"),
        POLYGON: _("Polygon"),
        BRUSH: _("Brush"),
        ALIKE: _("All like this"),
    }
    tool = st.segmented_control(
        _("New patch"),
        list(titles),
        key=TOOL,
        default=RECTANGLE,
        required=True,
        format_func=titles.__getitem__,
        label_visibility="collapsed",
        persist_state="session",
    )
    told = {
        RECTANGLE: _("Drag a rectangle on the picture."),
        LASSO: _("Draw a line around a region of the picture."),
        BRUSH: _("Draw a stroke on the picture: pixels near it become a patch."),
    }
    if tool in told:
        st.caption(told[tool])
    if tool == RECTANGLE:
        _type_rectangle(scan, now)
    if tool == POLYGON:
        show_polygon(now, partial(_close, now, scan.shape))
    if tool == BRUSH:
        st.number_input(
            _("Radius of the brush in map pixels"), 0.75, 200.0, _DEFAULT_RADIUS, 0.5, key=RADIUS,
            persist_state="session",
        )  # fmt: skip
    if tool == ALIKE:
        _choose_alike(examination, layers, now)


def _type_rectangle(scan: Scan, now: Choice) -> None:
    """Show fields for two opposite corners of a rectangle: the way without a pointer."""
    height, width = scan.shape
    labels = (_("First x"), _("First y"), _("Last x"), _("Last y"))

    def typed() -> None:
        places = [st.session_state[key] for key in _CORNERS]
        if None in places:
            show_briefly(PatchError(_("Type all four numbers: a rectangle has two corners.")))
            return
        x0, y0, x1, y1 = places
        add_patch(now, lambda *named: Patch.rectangle((x0, y0), (x1, y1), scan.shape, *named))

    with (
        st.popover(_("By numbers"), icon=":material/keyboard:", type="tertiary"),
        st.form("look-rectangle", border=False),
    ):
        columns = [*st.columns(2), *st.columns(2)]  # row by row, as Tab goes
        for column, key, label, length in zip(columns, _CORNERS, labels, 2 * (width, height), strict=True):
            column.number_input(label, 0, length - 1, value=None, step=1, key=key)
        st.form_submit_button(_("Make the patch"), on_click=typed)


def _close(now: Choice, shape: tuple[int, int]) -> None:
    """Make a patch of the polygon that was drawn."""
    corners, now.corners = np.array(now.corners), ()
    add_patch(now, lambda *named: Patch.polygon(corners, shape, *named))


def _choose_alike(examination: Examination | None, layers: Sequence[Layer], now: Choice) -> None:
    families = [title_of(key) for key in _families(examination, now)]
    if families:
        words = _("Click on the picture: a patch of all pixels that hold as much {elements} as this one.")
        st.caption(words.format(elements=escaped(", ".join(families))))
    st.number_input(
        _("Tolerance in %"), 1, 100, _DEFAULT_TOLERANCE, key=_TOLERANCE, disabled=not families,
        help=_("How much counts may differ from those around the pixel, beside two standard deviations."),
        persist_state="session",
    )  # fmt: skip
    st.checkbox(_("Only what is joined to the pixel"), key=_JOINED, persist_state="session")
    maps = [layer for layer in layers if isinstance(layer, MapLayer)]
    st.button(
        _("All above the lower limits of the layers"),
        key="look-patch-above",
        icon=":material/filter_alt:",
        disabled=not maps,
        help=_("The darkest value of each layer, as its contrast is set, is its lower limit."),
        on_click=lambda: add_patch(now, lambda name, colour: Patch(name, colour, _above(maps, now))),
    )


def _families(examination: Examination | None, now: Choice) -> list[str]:
    if examination is None:
        return []
    shown = [look.key for look in now.bench.looks if look.visible]
    return [key for key in shown if key in examination.maps.names]


def _alike(examination: Examination | None, now: Choice, x: int, y: int) -> np.ndarray:
    families = _families(examination, now)
    if examination is None or not families:
        raise PatchError(_("Lay the map of an element on the bench first: pixels are compared by it."))
    tolerance = float(st.session_state.get(_TOLERANCE, _DEFAULT_TOLERANCE)) / 100
    mask = like_pixel(examination.maps_in_view, x, y, families, tolerance=tolerance)
    return joined_to(mask, x, y) if st.session_state.get(_JOINED) else mask


def _above(maps: Sequence[MapLayer], now: Choice) -> np.ndarray:
    """Return the pixels that are above the darkest values of all visible maps."""
    lowest = {look.key: look.low for look in now.bench.looks if look.visible}
    used = [layer for layer in maps if layer.key in lowest]
    mask = within_limits(
        [np.asarray(layer.data.values) for layer in used], [(lowest[layer.key], None) for layer in used]
    )
    if st.session_state.get(_JOINED):
        if not now.pixels:
            raise PatchError(_("Click on a pixel of the picture first: nothing else can be joined to it."))
        return joined_to(mask, *now.pixels[-1])
    return mask

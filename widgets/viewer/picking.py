"""Picking of pixels and rectangles in a band map, in a registered photograph, or in both."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from widgets.charts.charts import draw_map
from widgets.charts.map_layers import MapPicture, Region
from widgets.session.language import _, marked
from widgets.session.scan import Scan
from widgets.viewer.layers import map_layer
from widgets.viewer.registered_photos import (
    PHOTO,
    Photo,
    in_words,
    registered_photo,
    registered_photos,
    view_note,
)
from widgets.viewer.viewer import Legend, Pane, show_pictures

PICTURES = {"map": marked("Map"), "photo": marked("Photograph"), "both": marked("Both")}


def choose_picture(scan: Scan, name: str) -> tuple[str, Photo | None]:
    """Show the choice of `PICTURES` to click on; return it, and the photograph if it is shown.

    Parameters
    ----------
    scan : Scan
        If it has no registered photograph, a link to register one is shown.
    name : str
        Begins the widgets' keys.
    """
    photos = registered_photos(scan)
    if not photos:
        label = _("Register a photograph to click on it here")
        st.page_link("pages/register.py", label=label, icon=":material/add_photo_alternate:")
        return "map", None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        picture = st.segmented_control(
            _("Click on"),
            list(PICTURES),
            format_func=lambda each: _(PICTURES[each]),
            default="map",
            required=True,
            key=f"{name}-picture",
            persist_state="session",
        )
        if picture == "map":
            return picture, None
        chosen = photos[0]
        if len(photos) > 1:
            words = partial(in_words, scan)
            chosen = st.selectbox(_("Photograph"), photos, format_func=words, key=f"{name}-photo", width=260)
    if note := view_note(scan, chosen):
        st.caption(note)
    return picture, registered_photo(scan, chosen)


def pick_in(
    name: str,
    picture: MapPicture,
    title: str,
    photo: Photo | None,
    with_map: bool,
    *,
    marks: Sequence[tuple[int, int]],
    regions: Sequence[Region],
    on_pixel: Callable[[int, int], None],
    on_region: Callable[[int, int, int, int], None],
) -> None:
    """Show the pictures in which pixels are clicked and rectangles drawn.

    Parameters
    ----------
    name : str
        Identifies this place in the session.
    picture : MapPicture
    title : str
        What the map is called.
    photo : Photo, optional
        Shown in place of the map.
    with_map : bool
        Show the map too, with the same cursor.
    marks, regions, on_pixel, on_region
        As in `widgets.charts.charts.draw_map`.
    """
    picked: dict[str, Any] = {
        "marks": marks,
        "regions": regions,
        "on_pixel": on_pixel,
        "on_region": on_region,
    }
    if photo is None:
        draw_map(name, picture, height="max(280px, 100vh - 300px)", **picked)
        return
    layers, panes = [photo.layer()], [Pane(_("Photograph"), PHOTO)]
    if with_map:
        layers.append(map_layer("map-1", picture))
        panes.append(Pane(title, "map-1", legend=Legend.of_map(picture)))
    show_pictures(name, picture.shape, layers, panes, fineness=layers[0].fineness, **picked)
    if marks:
        x, y = marks[-1]
        pixel = _("Pixel {x}, {y}").format(x=x, y=y)
        st.caption(f"{pixel}: {photo.certainty((x, y))}")
    elif regions:
        x0, y0, x1, y1 = regions[-1]
        middle = (x0 + x1) / 2, (y0 + y1) / 2
        words = _("Middle of {x0}, {y0} to {x1}, {y1}").format(x0=x0, y0=y0, x1=x1, y1=y1)
        st.caption(f"{words}: {photo.certainty(middle)}")

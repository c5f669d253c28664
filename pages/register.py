"""Register: lay a photograph over the maps with four pairs of points, and keep the result."""

from collections.abc import Callable

import streamlit as st

from maxrf_core.errors import MaxrfError
from maxrf_core.registration import image_extent
from widgets.charts import draw_comparison
from widgets.front_door import begin_page
from widgets.keeping import offer_append
from widgets.map_controls import choose_band, choose_clip
from widgets.photographs import choose_photo, preview, shown_photo
from widgets.point_picker import point_picker, shown_map, task_in_words
from widgets.points import Point, Side
from widgets.points_table import points_table
from widgets.scan import chosen_scan
from widgets.state import choice
from widgets.text import show_warning

begin_page("Register a photograph")
scan, now = chosen_scan(), choice()
pairs = now.pairs
if pairs.complete:
    st.success("All four pairs are set. See below how the photograph fits.", icon=":material/check_circle:")
else:
    st.write(
        "Find four details that show in both pictures, far from one another, near the corners. "
        "Click on each in the photograph and, in the same order, in the map."
    )


def place(side: Side, width: int) -> Callable[[Point], None]:
    """Give what a click does to the points of one picture of this width."""

    def clicked(point: Point) -> None:
        if not pairs.place(side, point, reach=width / 20):
            st.toast("All four points are set here. Click near a marker to move it.", icon=":material/info:")

    return clicked


photo_side, map_side = st.columns(2, gap="medium")
with map_side:
    with st.expander("Map: band and contrast", icon=":material/layers:"):
        picture = choose_clip(scan.band_map(*choose_band(scan)))
    st.markdown(task_in_words("map", pairs.next_number("dst")))
    point_picker("pick-map", shown_map(picture), pairs.dst, place("dst", scan.shape[1]))
with photo_side:
    photo_path = choose_photo(scan)
    if photo_path is not None:
        photo = shown_photo(photo_path)
        st.markdown(task_in_words("photograph", pairs.next_number("src")))
        point_picker("pick-photo", photo, pairs.src, place("src", photo.size[0]))

with st.container(horizontal=True):
    st.button(
        "Undo", icon=":material/undo:", on_click=pairs.undo, disabled=not pairs.can_undo, shortcut="ctrl+z"
    )
    st.button("Start over", icon=":material/restart_alt:", on_click=pairs.reset, disabled=not pairs.can_undo)
with st.expander("The points as numbers", icon=":material/table:", expanded=False):
    points_table(pairs)

if photo_path is None or not pairs.complete:
    st.stop()
st.subheader("How it fits", anchor=False)
try:
    warped = preview(photo_path, scan.shape, *pairs.placed())
except MaxrfError as error:
    show_warning(error)
    st.stop()
opacity = st.slider("Opacity of the photograph", 0.0, 1.0, 0.5, 0.05, key="register-opacity")
draw_comparison("register-preview", warped, image_extent(*scan.shape), picture, opacity=opacity)
offer_append(scan, photo_path, pairs)

"""Compare: a registered photograph and any band map, side by side or one over the other."""

from functools import partial

import streamlit as st

from widgets.charts import draw_comparison
from widgets.front_door import begin_page
from widgets.map_controls import choose_band, choose_clip
from widgets.registrations import in_words, registered_photos, shown_registration
from widgets.scan import chosen_scan

begin_page("Compare photograph and maps")
scan = chosen_scan()
names = registered_photos(scan)
if not names:
    st.info("No photograph has been registered on this scan yet.", icon=":material/add_photo_alternate:")
    st.page_link("pages/register.py", label="Register a photograph", icon=":material/add_photo_alternate:")
    st.stop()

with st.container(horizontal=True, vertical_alignment="bottom"):
    name = st.selectbox("Photograph", names, format_func=partial(in_words, scan), width=420)
    ways = {"beside": "Side by side", "below": "Stacked", "over": "Overlay"}
    way = st.segmented_control(
        "View", list(ways), format_func=ways.__getitem__, default="beside", required=True, key="compare-way"
    )
with st.expander("Map: band and contrast", icon=":material/layers:"):
    picture = choose_clip(scan.band_map(*choose_band(scan)))
opacity = None
if way == "over":
    opacity = st.slider("Opacity of the photograph", 0.0, 1.0, 0.5, 0.05, key="compare-opacity")
photo, extent = shown_registration(scan, name)
stacked = way == "below"
height = 1000 if stacked else 600
draw_comparison("compare", photo, extent, picture, opacity=opacity, stacked=stacked, height=height)

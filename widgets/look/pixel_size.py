"""The size of a map pixel in mm: what the scan tells, and fields to set it."""

import streamlit as st

from maxrf_core.datastack.datastack import MAX_PIXEL_SIZE
from maxrf_core.errors import MaxrfError
from widgets.elements.examination import keep_pixel_size
from widgets.session import library
from widgets.session.language import _
from widgets.session.markdown import show_briefly
from widgets.session.scan import Scan

_SIZE = ("look-pixel-width", "look-pixel-height")  # session keys


def set_pixel_size(scan: Scan) -> None:
    """Show the size of a pixel, and fields that write another into the scan."""
    size = scan.pixel_size
    if size is None:
        st.caption(_("The file does not tell how large a pixel is: lengths are in pixels."))
    if not library.may_change(scan.identifier) or scan.ds.written_by_maxrf4u:
        if size is None:
            st.caption(_("This scan cannot be changed here, so its pixel size cannot be set."))
        else:
            words = _("A pixel is {width:g} × {height:g} mm.")
            st.caption(words.format(width=size[0], height=size[1]))
        return
    with st.container(horizontal=True):
        for key, label, length in zip(
            _SIZE, (_("Pixel width (mm)"), _("Pixel height (mm)")), size or (None, None), strict=True
        ):
            st.session_state.setdefault(key, length)
            st.number_input(label, 0.0, MAX_PIXEL_SIZE, step=0.05, format="%.4g", key=key, width=140)
    width, height = (st.session_state[key] for key in _SIZE)
    if not width or not height or (width, height) == size:
        return
    st.button(
        _("Keep the pixel size in the scan"),
        icon=":material/save:",
        key="look-pixel-size-keep",
        on_click=_keep,
        args=(scan, width, height),
    )


def _keep(scan: Scan, width: float, height: float) -> None:
    try:
        keep_pixel_size(scan, width, height)
    except MaxrfError as error:
        show_briefly(error)
    else:
        st.toast(_("The pixel size is in the file."), icon=":material/check_circle:")

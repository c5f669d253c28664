"""The transform from a registered photograph into another picture, as files for other programs."""

from functools import partial
from pathlib import Path

import streamlit as st

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import MaxrfError
from maxrf_core.registration.frame_graph import MAP
from maxrf_core.registration.frame_transform import FrameTransform, frame_transform
from widgets.register.transform_files import notes_on_formats, offer_transform_files, show_notes
from widgets.session.language import _, current_locale
from widgets.session.markdown import escaped, show_warning
from widgets.session.scan import Scan, Version
from widgets.viewer.frame_graph import frame_graph, other_photos
from widgets.viewer.registered_photos import in_words


def offer_picture_transform(scan: Scan, photo: str) -> None:
    """Show the popover that saves the transform of a registered photograph into another picture.

    Parameters
    ----------
    scan : Scan
    photo : str
        Name of the registered photograph.
    """
    popover = st.popover(
        _("Transform into another picture"),
        icon=":material/move_down:",
        type="tertiary",
        key="into",
        on_change="rerun",
    )
    if not popover.open:
        return
    with popover:
        ends = [*other_photos(scan, photo), MAP]
        into = st.selectbox(
            _("Into the pixels of"), ends, format_func=partial(_title, scan), key="into-picture"
        )
        try:
            placed = _transform(scan.version, scan.ds, photo, into)
        except MaxrfError as error:
            show_warning(error)
            return
        st.caption(escaped(placed.note))
        st.write(_("Save the transform for"))
        with st.container(horizontal=True):
            stem = f"{Path(placed.photo_name).stem}_on_{Path(placed.map_name).stem}"
            offer_transform_files(placed, stem, "into-save")
        show_notes(notes_on_formats((scan.version, photo, into, current_locale()), placed))


def _title(scan: Scan, name: str) -> str:
    return _("The element maps") if name == MAP else in_words(scan, name)


@st.cache_resource(max_entries=20, show_spinner=False)
def _transform(version: Version, _ds: DataStack, photo: str, into: str) -> FrameTransform:
    return frame_transform(frame_graph(version, _ds).path(photo, into))

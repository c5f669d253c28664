"""Pictures that the instrument took, offered as the photograph, with the points that the file proposes."""

from pathlib import Path

import streamlit as st

from maxrf_core.datastack.stored_pictures import StoredPicture, map_corners, stored_pictures
from maxrf_core.errors import MaxrfError
from maxrf_core.imaging.write import encode
from maxrf_core.transform.coordinates import View
from server.file_names import safe_name
from server.settings import uploads
from widgets.register.view_settings import turn_look
from widgets.session.choice import choice
from widgets.session.language import _
from widgets.session.markdown import escaped, show_briefly
from widgets.session.scan import Scan
from widgets.session.visitor import owner

MAX_OFFERED = 8
_PROPOSED = "own-picture-points"  # the photograph and the points that its file proposes


def offer_own_pictures(scan: Scan) -> None:
    """Offer the pictures in a datastack as the photograph; nothing is shown if it holds none."""
    found = stored_pictures(scan.ds)[:MAX_OFFERED]
    if not found:
        return
    st.write(_("Or a picture that the instrument took:"))
    with st.container(horizontal=True, gap="small"):
        for picture in found:
            height, width = picture.shape[:2]
            words = _("{width} × {height} pixels").format(width=width, height=height)
            if picture.corners is not None:
                words = _("{size}; the file tells where the scan lies in it").format(size=words)
            st.button(
                escaped(picture.title),
                key=f"own-picture-{picture.name}",
                icon=":material/photo_camera:",
                help=words,
                on_click=_choose,
                args=(scan, picture),
            )


def say_proposed() -> None:
    """Say where the points come from, as long as they are those that the file proposes."""
    now = choice()
    if st.session_state.get(_PROPOSED) == (now.photo, now.pairs.all_points()):
        st.info(
            _(
                "The four pairs are the corners of the scan, where its own file says that they lie in this "
                "picture. Compare them with the overlay, and correct them if need be, before you save."
            ),
            icon=":material/info:",
        )


def _choose(scan: Scan, picture: StoredPicture) -> None:
    """Make a picture the photograph, with the points that its file proposes."""
    now = choice()
    try:
        path = _written(scan, picture)
    except MaxrfError as error:
        show_briefly(error)
        return
    now.photo, now.photo_page = str(path), None
    turn_look("photo", View())
    if picture.corners is None:
        now.pairs.replace(src=[None] * len(now.pairs))
        return
    now.pairs.set_pairs(picture.corners.tolist(), map_corners(scan.shape))
    st.session_state[_PROPOSED] = now.photo, now.pairs.all_points()


def _written(scan: Scan, picture: StoredPicture) -> Path:
    """Return the picture as a file of this visitor; one that was written before is used again."""
    pixels = scan.ds.read(picture.name)
    content = encode(pixels, "tiff", picture.title)
    name = safe_name(f"{scan.ds.path.stem} {picture.title}.tif")
    for upload in uploads().of(owner(), ".tif"):
        if upload.path.name == name and upload.path.read_bytes() == content:
            return upload.path
    with uploads().reserve_new(owner(), len(content)) as (_identifier, folder):
        path = folder / name
        path.write_bytes(content)
        return path

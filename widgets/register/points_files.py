"""Points from and to files of this and other programs, and points of a stored registration."""

from functools import partial
from pathlib import Path

import streamlit as st

from maxrf_core.errors import MaxrfError
from maxrf_core.registration.points_io import KINDS, read_points, write_points
from maxrf_core.registration.register import checksum
from widgets.register.photographs import size_of
from widgets.register.points_check import set_loaded_points
from widgets.register.stored_points import load_stored
from widgets.session.choice import choice
from widgets.session.language import _
from widgets.session.markdown import escaped, show_briefly
from widgets.session.offered_files import offer_file
from widgets.session.point_pairs import PointPairs
from widgets.session.scan import Scan

_ENDING = "_points"
MAX_FILE_MB = 10


def exchange_points(scan: Scan, photo: Path, pairs: PointPairs) -> None:
    """Show the controls that load points from a file or a stored registration, and save them.

    Parameters
    ----------
    scan : Scan
    photo : Path
    pairs : PointPairs
        Changed in place.
    """
    photo_shape, map_shape, stem = size_of(photo)[::-1], scan.shape, scan.ds.path.stem
    _offer_stored_points(scan, photo, pairs)

    def uploaded() -> None:
        file = st.session_state["points-upload"]
        if file is not None:
            try:
                points = read_points(file.getvalue(), photo_shape=photo_shape, map_shape=map_shape)
                set_loaded_points(scan, photo, pairs, points)
            except MaxrfError as error:
                show_briefly(error)

    st.file_uploader(
        _("Points from a file: JSON, QGIS, BigWarp or Butterfly Registrator"),
        type=["json", "points", "csv", "txt"],
        key="points-upload",
        on_change=uploaded,
        max_upload_size=MAX_FILE_MB,
    )
    src, dst = pairs.placed()
    if not src:
        return

    view = choice().photo_view
    about = {"mirrored": view.mirrored, "turned": 90 * (view.turns % 4), "photo": photo.name}

    def written(kind: str) -> bytes:  # called where there is no session
        text = write_points(
            src,
            dst,
            kind,
            photo_shape=photo_shape,
            map_shape=map_shape,
            photo_name=photo.name,
            map_name=stem,
            about={**about, "photo_sha256": checksum(photo)} if kind == "json" else None,
        )
        return text.encode()

    st.write(_("Save the points for"))
    with st.container(horizontal=True):
        for kind, (title, ending) in KINDS.items():
            offer_file(
                title,
                partial(written, kind),
                f"{stem}_{'points' if kind == 'json' else kind}{ending}",
                "application/json" if kind == "json" else "text/csv",
                key=f"points-save-{kind}",
            )


def _offer_stored_points(scan: Scan, photo: Path, pairs: PointPairs) -> None:
    """Show the choice of stored points, to be checked again and improved."""
    kept = [entry.name for entry in scan.ds.entries() if entry.name.rstrip("_").endswith(_ENDING)]
    if not kept:
        return

    def taken() -> None:
        load_stored(scan, photo, pairs, st.session_state["points-kept"])

    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            _("Points saved in this scan"), kept[::-1], key="points-kept", format_func=escaped, width=260
        )
        st.button(_("Use these"), icon=":material/history:", on_click=taken)

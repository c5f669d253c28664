"""How do points come from, and go to, files of this and other programs, and a registration that is kept?"""

from functools import partial

import streamlit as st

from maxrf_core.errors import MaxrfError, RegistrationError
from maxrf_core.points_files import KINDS, PointsFile, read_points, write_points
from widgets.looks import turn_look
from widgets.points import MOST, PAIRS, PointPairs
from widgets.scan import Scan
from widgets.text import escaped, show_briefly

_ENDING = "_points"
LARGEST = 10  # MB


def exchange_points(scan: Scan, pairs: PointPairs, photo_size: tuple[int, int], photo_name: str) -> None:
    """Show how points are taken from a file or an earlier registration, and given out.

    Parameters
    ----------
    scan : Scan
    pairs : PointPairs
        Changed in place.
    photo_size : (int, int)
        Width and height of the photograph.
    photo_name : str
    """
    photo_shape, map_shape, stem = photo_size[::-1], scan.shape, scan.ds.path.stem
    _offer_kept(scan, pairs)

    def uploaded() -> None:
        file = st.session_state["points-upload"]
        if file is not None:
            try:
                _take(pairs, read_points(file.getvalue(), photo_shape=photo_shape, map_shape=map_shape))
            except MaxrfError as error:
                show_briefly(error)

    st.file_uploader(
        "Points from a file: JSON, QGIS, BigWarp or Butterfly Registrator",
        type=["json", "points", "csv", "txt"],
        key="points-upload",
        on_change=uploaded,
        max_upload_size=LARGEST,
    )
    src, dst = pairs.placed()
    if not src:
        return
    st.write("Save the points for")
    with st.container(horizontal=True):
        for kind, (title, ending) in KINDS.items():
            st.download_button(
                title,
                data=partial(
                    write_points,
                    src,
                    dst,
                    kind,
                    photo_shape=photo_shape,
                    map_shape=map_shape,
                    photo_name=photo_name,
                    map_name=stem,
                ),
                file_name=f"{stem}_{'points' if kind == 'json' else kind}{ending}",
                mime="application/json" if kind == "json" else "text/csv",
                key=f"points-save-{kind}",
                icon=":material/download:",
                on_click="ignore",
            )


def _offer_kept(scan: Scan, pairs: PointPairs) -> None:
    """Offer the points of registrations that the datastack holds, to be looked at again and improved."""
    kept = [entry.name for entry in scan.ds.entries() if entry.name.rstrip("_").endswith(_ENDING)]
    if not kept:
        return

    def taken() -> None:
        try:
            name = st.session_state["points-kept"]
            points = scan.ds.read(name, latest=False)
            if points.ndim != 3 or points.shape[1:] != (2, 2):
                raise RegistrationError("This array does not hold pairs of points.")
            about = scan.ds.attributes(name, latest=False)
            _take(pairs, PointsFile(points[:, 0], points[:, 1], "datastack", about=about))
        except MaxrfError as error:
            show_briefly(error)

    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Points kept in this scan", kept[::-1], key="points-kept", format_func=escaped, width=260
        )
        st.button("Take these", icon=":material/history:", on_click=taken)


def _take(pairs: PointPairs, points: PointsFile) -> None:
    if not PAIRS <= len(points.src) <= MOST:
        raise RegistrationError(
            f"There are {len(points.src)} pairs of points; this page takes from {PAIRS} to {MOST}."
        )
    pairs.set_pairs(points.src.tolist(), points.dst.tolist())
    if points.view is not None:
        turn_look("photo", points.view)
    st.toast(f"{len(points.src)} pairs were taken.", icon=":material/check_circle:")

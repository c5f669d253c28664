"""How is a registration kept: in the scan's own file, without ever being half-written?"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path

import streamlit as st

from maxrf_core.copying import copy
from maxrf_core.errors import MaxrfError
from maxrf_core.picture import encode
from maxrf_core.registration import save_points
from widgets import library
from widgets.downloads import download_buttons
from widgets.photographs import registered
from widgets.points import PointPairs
from widgets.scan import Scan, open_scan_of
from widgets.state import choice
from widgets.text import escaped, show_error

_KEPT = "registration-kept"


def offer_append(scan: Scan, photo: Path, pairs: PointPairs) -> None:
    """Show the button that appends the registration to the datastack, and then what was stored.

    Where shared scans may not be changed, the result is offered for download, and for a copy of one's own.

    Parameters
    ----------
    scan : Scan
        The datastack to append to.
    photo : Path
        The photograph.
    pairs : PointPairs
        Complete.
    """
    if library.may_change(scan.identifier):
        if st.button("Append to datastack", type="primary", icon=":material/save:"):
            _keep(nullcontext(scan.identifier), photo, pairs)
    else:
        st.info(
            "Nothing can be added to the shared scans here. Add the registration to a copy that only you "
            "see, or download it.",
            icon=":material/lock:",
        )
        if st.button("Append to a copy of my own", type="primary", icon=":material/file_copy:"):
            _keep(_own_copy(scan), photo, pairs)
        _offer_result(scan, photo, pairs)
    _tell_what_was_kept(scan, photo, pairs)


def _keep(place: AbstractContextManager[str], photo: Path, pairs: PointPairs) -> None:
    try:
        with place as identifier, st.spinner("Warping the photograph and writing it to the datastack …"):
            names = _append(open_scan_of(identifier), photo, pairs)
    except MaxrfError as error:
        show_error(error)
        return
    st.session_state[_KEPT] = (identifier, str(photo), pairs.revision), names
    if identifier != choice().stack:
        choice().stack = identifier  # and nothing else: the points hold for the copy too
        st.rerun()


def _append(scan: Scan, photo: Path, pairs: PointPairs) -> list[str]:
    """Warp and append; no Streamlit call in here, since one could end the script in the middle."""
    result = registered(photo, scan.shape, *pairs.placed())
    return list(scan.ds.append(result.arrays, result.attributes).values())


@contextmanager
def _own_copy(scan: Scan) -> Iterator[str]:
    """Copy a shared scan for this visitor alone; the copy goes again if the block is left by an exception."""
    identifier, target = library.new_place(scan.ds.path.name, scan.size, private=True)
    bar = st.progress(0.0, "Starting …")

    def show(done: float, _what: str) -> None:
        bar.progress(done, f"Copying the scan {done:.0%}")

    try:
        copy(scan.ds.path, target, progress=show)
        bar.empty()
        yield identifier
    except BaseException:
        library.discard(target)
        raise


def _tell_what_was_kept(scan: Scan, photo: Path, pairs: PointPairs) -> None:
    kept_from, names = st.session_state.get(_KEPT, (None, []))
    if kept_from != (scan.identifier, str(photo), pairs.revision):
        return
    listed = ", ".join(f"`{name}`" for name in names)
    earlier = " What was stored earlier is kept." if any(name.endswith("_") for name in names) else ""
    stored = f"Stored in {escaped(scan.ds.path.name)} as {listed}.{earlier}"
    st.success(stored, icon=":material/check_circle:")
    st.page_link("pages/compare.py", label="Compare photograph and maps", icon=":material/compare:")


def _offer_result(scan: Scan, photo: Path, pairs: PointPairs) -> None:
    """Offer the registered photograph and the points as files; each is made when its button is pressed."""
    with st.expander("Download the registered photograph and the points", icon=":material/download:"):
        download_buttons(
            "imvis_reg_highres",
            ["png", "tiff"],
            lambda kind: encode(
                registered(photo, scan.shape, *pairs.placed()).arrays["imvis_reg_highres"], kind
            ),
        )
        st.download_button(
            "Points (JSON)",
            data=partial(save_points, *pairs.placed()),
            file_name=f"{scan.ds.path.stem}_points.json",
            mime="application/json",
            icon=":material/download:",
            on_click="ignore",
        )

"""How is a registration kept: in the scan's own file, without ever being half-written?"""

from pathlib import Path

import streamlit as st

from maxrf_core.errors import MaxrfError
from widgets import library
from widgets.photographs import registered
from widgets.points import PointPairs
from widgets.scan import Scan
from widgets.text import escaped, show_error

_KEPT = "registration-kept"


def offer_append(scan: Scan, photo: Path, pairs: PointPairs) -> None:
    """Show the button that appends the registration to the datastack, and then what was stored.

    Parameters
    ----------
    scan : Scan
        The datastack to append to.
    photo : Path
        The photograph.
    pairs : PointPairs
        Complete.
    """
    made_from = (scan.identifier, str(photo), pairs.revision)
    locked = not library.may_change(scan.identifier)
    if locked:
        st.info(
            "Nothing can be added to the shared scans here. Upload your own scan to keep a registration.",
            icon=":material/lock:",
        )
    if st.button("Append to datastack", type="primary", icon=":material/save:", disabled=locked):
        try:
            with st.spinner("Warping the photograph and writing it to the datastack …"):
                names = _append(scan, photo, pairs)
        except MaxrfError as error:
            show_error(error)
            return
        st.session_state[_KEPT] = made_from, names
    kept_from, names = st.session_state.get(_KEPT, (None, []))
    if kept_from == made_from:
        listed = ", ".join(f"`{name}`" for name in names)
        earlier = " What was stored earlier is kept." if any(name.endswith("_") for name in names) else ""
        stored = f"Stored in {escaped(scan.ds.path.name)} as {listed}.{earlier}"
        st.success(stored, icon=":material/check_circle:")
        st.page_link("pages/compare.py", label="Compare photograph and maps", icon=":material/compare:")


def _append(scan: Scan, photo: Path, pairs: PointPairs) -> list[str]:
    """Warp and append; no Streamlit call in here, since one could end the script in the middle."""
    result = registered(photo, scan.shape, *pairs.placed())
    return list(scan.ds.append(result.arrays, result.attributes).values())

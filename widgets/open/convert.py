"""How does a raw scan become a datastack in the app: choose, look which way is up, convert?"""

import numpy as np
import streamlit as st
from PIL import Image

from maxrf_core.conversion.convert import convert, preview
from maxrf_core.errors import MaxrfError
from maxrf_core.imaging.display import colorize, percentile_limits
from maxrf_core.names import check_name
from maxrf_core.readers import Scan as RawScan
from maxrf_core.readers import open_scan
from server.settings import scheduler_address
from widgets.charts.data_url import data_url
from widgets.open.raw_scans import choose_raw_scan
from widgets.session import library
from widgets.session.choice import NEXT_TASK, choice
from widgets.session.markdown import escaped, show_error, show_warning

MEMORY = 600_000_000  # bytes; two conversions run side by side (`server.heavy_work`)
# name → flip left and right, flip top and bottom
ORIENTATIONS = {
    "As it is": (False, False),
    "Mirrored left to right": (True, False),
    "Mirrored top to bottom": (False, True),
    "Turned by half": (True, True),
}


def convert_a_scan() -> None:
    """Show the whole way from a raw scan to a datastack that is open."""
    path = choose_raw_scan()
    if path is None:
        return
    try:
        scan, strongest = open_scan(path), _preview(str(path), path.stat().st_mtime_ns)
    except MaxrfError as error:
        show_error(error)
        return
    for note in scan.notes:
        st.warning(escaped(note), icon=":material/warning:")
    height, width, channels = scan.shape
    st.write(f"**{escaped(path.stem)}**: {width} × {height} pixels, {channels} channels.")
    orientation = _choose_orientation(strongest)
    name = st.text_input("Name of the datastack", path.stem, key=f"convert-name-{path}", width=400)
    try:
        check_name(name)
    except MaxrfError as error:
        show_warning(error)
        return
    if st.button("Convert", type="primary", icon=":material/swap_horiz:"):
        size = sum(file.stat().st_size for file in scan.paths)
        target = f"{name}.datastack", size, library.is_private(path)
        identifier = run_conversion(scan, target, *ORIENTATIONS[orientation])
        if identifier is not None:
            library.discard(path)
            choice().open(identifier)
            st.session_state[NEXT_TASK] = "energies"
            st.rerun()


def run_conversion(
    source: RawScan,
    target: tuple[str, int, bool],
    flip_horizontal: bool = False,
    flip_vertical: bool = False,
) -> str | None:
    """Convert with a progress bar, when it is this visitor's turn. Leaving the page stops it without a trace.

    Parameters
    ----------
    source : Scan
    target : (str, int, bool)
        What `widgets.session.library.new_place` takes.
    flip_horizontal, flip_vertical : bool

    Returns
    -------
    str or None
        Identifier of the datastack; None if it failed, which is said on the page.
    """
    try:
        with library.in_turn(), library.new_place(*target) as (identifier, path):
            bar = st.progress(0.0, "Starting …")

            def show(fraction: float, what: str) -> None:
                bar.progress(min(fraction, 1.0), f"{what} {fraction:.0%}")

            try:
                convert(
                    source,
                    path,
                    flip_horizontal=flip_horizontal,
                    flip_vertical=flip_vertical,
                    memory=MEMORY,
                    scheduler=scheduler_address(),
                    progress=show,
                )
            finally:
                bar.empty()
    except MaxrfError as error:
        show_error(error)
        return None
    return identifier


def _choose_orientation(strongest: np.ndarray) -> str:
    """Show the map of the strongest peak in four orientations; give the name of the one that is right."""
    picture = colorize(strongest, *percentile_limits(strongest))
    with st.container(horizontal=True):
        for name, (flip_horizontal, flip_vertical) in ORIENTATIONS.items():
            turned = picture[:: -1 if flip_vertical else 1, :: -1 if flip_horizontal else 1]
            shown = data_url(Image.fromarray(turned), "PNG")
            st.image(shown, caption=name, width=165, alt=f"The strongest peak's map, {name.lower()}")
    return st.radio(
        "Which one stands as the artwork does?",
        list(ORIENTATIONS),
        horizontal=True,
        key="convert-orientation",
    )


@st.cache_resource(max_entries=4, show_spinner="Looking at the scan: a map of its strongest peak …")
def _preview(path: str, modified: int) -> np.ndarray:
    return preview(open_scan(path))

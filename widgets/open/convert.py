"""Conversion of a raw scan to a datastack: choice, orientation and progress."""

from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from maxrf_core.conversion.convert import convert
from maxrf_core.conversion.preview import preview
from maxrf_core.errors import MaxrfError
from maxrf_core.imaging.display import colorize, percentile_limits
from maxrf_core.names import check_name
from maxrf_core.readers import Scan as RawScan
from maxrf_core.readers import choices_of, open_scan
from server.settings import scheduler_address
from widgets.charts.data_url import data_url
from widgets.open.raw_scans import choose_raw_scan
from widgets.session import library
from widgets.session.choice import NEXT_TASK, choice
from widgets.session.language import _, marked, translated
from widgets.session.markdown import escaped, show_error, show_warning

MEMORY = 600_000_000  # bytes; two conversions run side by side (`server.work_queue`)
# name → flip left and right, flip top and bottom
ORIENTATIONS = {
    marked("As it is"): (False, False),
    marked("Mirrored left to right"): (True, False),
    marked("Mirrored top to bottom"): (False, True),
    marked("Turned by 180°"): (True, True),
}


def convert_a_scan() -> None:
    """Show all steps from a raw scan to an open datastack."""
    path = choose_raw_scan()
    if path is None:
        return
    try:
        key = _choose_cube(path)
        with st.spinner(_("Making a map of the strongest peak …")):
            scan = open_scan(path, choice=key)
            strongest = _preview(str(path), path.stat().st_mtime_ns, key)
    except MaxrfError as error:
        show_error(error)
        return
    for note in scan.notes:
        st.warning(escaped(translated(note)), icon=":material/warning:")
    height, width, channels = scan.shape
    st.write(
        _("**{name}**: {width} × {height} pixels, {channels} channels.").format(
            name=escaped(path.stem), width=width, height=height, channels=channels
        )
    )
    orientation = _choose_orientation(strongest)
    name = st.text_input(_("Name of the datastack"), path.stem, key=f"convert-name-{path}", width=400)
    try:
        check_name(name)
    except MaxrfError as error:
        show_warning(error)
        return
    if st.button(_("Convert"), type="primary", icon=":material/swap_horiz:"):
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
    """Convert with a progress bar, in this visitor's turn. Leaving the page stops it and leaves no file.

    Parameters
    ----------
    source : Scan
    target : (str, int, bool)
        Arguments of `widgets.session.library.new_place`.
    flip_horizontal, flip_vertical : bool

    Returns
    -------
    str or None
        Identifier of the datastack; None if the conversion failed, with an error on the page.
    """
    try:
        with library.in_turn(), library.new_place(*target) as (identifier, path):
            bar = st.progress(0.0, _("Starting …"))

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


def _choose_cube(path: Path) -> str | None:
    """Let the visitor choose what to read of a file that holds several cubes; return its key."""
    choices = choices_of(path)
    if not choices:
        return None
    words = {choice.key: choice.words for choice in choices}
    return st.selectbox(
        _("What to read"),
        list(words),
        format_func=lambda key: words.get(key, key),
        key=f"convert-choice-{path}",
        help=_("The map below shows whether it is the right one: it must look like the object."),
    )


def _choose_orientation(strongest: np.ndarray) -> str:
    """Show the map of the strongest peak in four orientations; return the name of the chosen one."""
    picture = colorize(strongest, *percentile_limits(strongest))
    with st.container(horizontal=True):
        for name, (flip_horizontal, flip_vertical) in ORIENTATIONS.items():
            turned = picture[:: -1 if flip_vertical else 1, :: -1 if flip_horizontal else 1]
            shown = data_url(Image.fromarray(turned), "PNG")
            st.image(shown, caption=_(name), width=165, alt=_(name))
    return st.radio(
        _("Which one has the orientation of the artwork?"),
        list(ORIENTATIONS),
        format_func=_,
        horizontal=True,
        key="convert-orientation",
    )


@st.cache_resource(max_entries=4, show_spinner=False)
def _preview(path: str, modified: int, key: str | None) -> np.ndarray:
    return preview(open_scan(path, choice=key))

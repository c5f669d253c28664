"""Conversion of a raw scan to a datastack: choice of the scan, its orientation and name."""

import hashlib
from functools import partial
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from maxrf_core.errors import MaxrfError, ScanError
from maxrf_core.imaging.display import colorize, percentile_limits
from maxrf_core.names import check_name
from maxrf_core.readers import PLUS, Choice, choices_of, open_scan, scan_files
from maxrf_core.transform.coordinates import ORIENTATIONS, View
from widgets.charts.data_url import data_url
from widgets.open.conversions import begin_conversion, is_being_converted
from widgets.open.prepare import ScanPreview, prepare
from widgets.open.raw_scans import choose_raw_scan
from widgets.session import library
from widgets.session.language import _, marked, translated
from widgets.session.markdown import escaped, show_error, show_warning

PICTURE_SIDE = 105  # pixels of a picture of an orientation
ORIENTATION_NAMES = {
    View(0): marked("As in the file"),
    View(1): marked("Turned by 90° clockwise"),
    View(2): marked("Turned by 180°"),
    View(3): marked("Turned by 90° anticlockwise"),
    View(0, True): marked("Mirrored left to right"),
    View(1, True): marked("Mirrored, turned by 90° clockwise"),
    View(2, True): marked("Mirrored top to bottom"),
    View(3, True): marked("Mirrored, turned by 90° anticlockwise"),
}
_SEVERAL = " "  # stands for several detectors; no key is blank
_CHOICE = "convert-orientation"
_CHOSEN = "convert-orientation-chosen"  # session key
# The choice is a grid of pictures, of which the chosen one has a frame
_STYLE = """<style>
.st-key-CHOICE [role="radiogroup"] {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: 0.5rem; max-width: 46rem;
}
.st-key-CHOICE label:has(input) {
  height: 100%; padding: 0.4rem; border: 2px solid transparent; border-radius: 6px; align-items: flex-start;
}
.st-key-CHOICE label:has(input:checked) { border-color: currentColor; }
.st-key-CHOICE img { display: block; max-height: none; max-width: 100%; margin-bottom: 0.3rem; }
</style>""".replace("CHOICE", _CHOICE)


def convert_a_scan() -> None:
    """Show all steps from a raw scan to a conversion that has begun."""
    path = choose_raw_scan()
    if path is None:
        return
    if is_being_converted(path):
        words = _(
            "**{name}** is being converted. The sidebar shows how far it is, on every page: you can look at "
            "another scan meanwhile."
        )
        st.info(words.format(name=escaped(path.stem)), icon=":material/swap_horiz:")
        return
    try:
        key = _choose_cube(path)
        with st.spinner(_("Making a map of the strongest peak …")):
            seen = _opened(path, _version(path), key)
    except MaxrfError as error:
        show_error(error)
        return
    scan = seen.scan
    for note in scan.notes:
        st.warning(escaped(translated(note)), icon=":material/warning:")
    height, width, channels = scan.shape
    st.write(
        _("**{name}**: {width} × {height} pixels, {channels} channels.").format(
            name=escaped(scan.name), width=width, height=height, channels=channels
        )
    )
    preparation = prepare(seen, f"convert-part-{path}-{key}")
    view = choose_orientation(seen.cropped(preparation.crop))
    name = choose_name(scan.name, f"convert-name-{path}")
    if name is None:
        return
    if st.button(_("Convert"), type="primary", icon=":material/swap_horiz:"):
        size = sum(file.stat().st_size for file in scan.paths)
        target = f"{name}.datastack", size, library.is_private(path)
        begin_conversion(
            preparation.part(scan), path, target, view, partial(library.discard, path),
            keep_empty=preparation.keep_empty,
        )  # fmt: skip
        st.rerun()


def _choose_cube(path: Path) -> str | None:
    """Let the visitor choose what to read of a file that holds several cubes; return its key."""
    choices = _choices(path, _version(path))
    if not choices:
        return None
    words = {choice.key: choice.words for choice in choices}
    detectors = [choice.key for choice in choices if choice.detector]
    key = st.selectbox(
        _("What to read"),
        [*words, *([_SEVERAL] if len(detectors) > 2 else [])],
        format_func=lambda key: words.get(key, _("The sum of some detectors")),
        key=f"convert-choice-{path}",
        help=_("The map below shows whether it is the right one: it must look like the object."),
    )
    if key != _SEVERAL:
        return key
    chosen = st.multiselect(
        _("Detectors to sum"),
        detectors,
        default=detectors,
        format_func=lambda key: words[key],
        key=f"convert-detectors-{path}",
    )
    if not chosen:
        raise ScanError(_("Choose at least one detector."))
    return PLUS.join(sorted(chosen, key=detectors.index))


def choose_name(own: str, key: str) -> str | None:
    """Show the name of the datastack to be made; return it, or None with a word if it cannot be one.

    Parameters
    ----------
    own : str
        The name at first.
    key : str
        Of the field.
    """
    name = st.text_input(_("Name of the datastack"), own, key=key, width=400)
    try:
        return check_name(name)
    except MaxrfError as error:
        show_warning(error)
    return None


def choose_orientation(strongest: np.ndarray) -> View:
    """Show the map of the strongest peak in all eight orientations; return the chosen one."""
    picture = colorize(strongest, *percentile_limits(strongest))
    pictures = {}
    for view in ORIENTATIONS:
        shown = Image.fromarray(np.ascontiguousarray(view.turn(picture)))
        shown.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
        pictures[view] = data_url(shown, "PNG")
    st.html(_STYLE)
    # The browser knows an option by its text: other pictures are another choice, which begins where it was
    version = hashlib.blake2b(pictures[ORIENTATIONS[0]].encode(), digest_size=8).hexdigest()
    with st.container(key=_CHOICE):
        chosen: View = st.radio(
            _("Which one has the orientation of the artwork?"),
            ORIENTATIONS,
            ORIENTATIONS.index(st.session_state.get(_CHOSEN, ORIENTATIONS[0])),
            format_func=lambda view: f"![]({pictures[view]}) {_(ORIENTATION_NAMES[view])}",
            horizontal=True,
            key=f"{_CHOICE}-{version}",
        )
    st.session_state[_CHOSEN] = chosen
    return chosen


def _version(path: Path) -> tuple[tuple[int, int], ...]:
    """Return sizes and times of change of a scan's files: another version is opened anew."""
    found = (file.stat() for file in scan_files(path) if file.exists())
    return tuple((each.st_size, each.st_mtime_ns) for each in found)


@st.cache_resource(max_entries=4, show_spinner=False)
def _choices(path: Path, version: object) -> list[Choice]:
    return choices_of(path)


@st.cache_resource(max_entries=2, show_spinner=False)  # one of millions of pixels may take 40 MB
def _opened(path: Path, version: object, key: str | None) -> ScanPreview:
    """Return a scan and its preview; opening some formats takes seconds."""
    return ScanPreview.of(open_scan(path, choice=key))

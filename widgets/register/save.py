"""How is a registration kept: in the scan's own file, without ever being half-written?"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from maxrf_core.datastack.copying import copy
from maxrf_core.errors import MaxrfError
from maxrf_core.imaging.write import encode
from maxrf_core.names import check_name
from widgets.charts.downloads import download_buttons, file_stem
from widgets.register.fit import Fit
from widgets.register.photographs import registered
from widgets.session import library
from widgets.session.choice import choice
from widgets.session.image_cache import one_at_a_time
from widgets.session.language import _, marked
from widgets.session.markdown import escaped, show_error, show_warning
from widgets.session.scan import Scan, open_scan_of

_KEPT = "registration-kept"
KINDS = {
    "imvis": marked("Visible light"),
    "imuv": marked("Ultraviolet fluorescence"),
    "imir": marked("Infrared"),
    "imxr": marked("X-radiograph"),
    "": marked("Something else …"),
}


@dataclass(frozen=True, eq=False)
class Result:
    """What is to be kept.

    Attributes
    ----------
    photo : Path
        The photograph.
    fit : Fit
        How it lies on the maps.
    name : str
        First part of the arrays' names.
    """

    photo: Path
    fit: Fit
    name: str

    @property
    def identity(self) -> tuple:
        """Tells this result from others."""
        fit = self.fit
        return str(self.photo), fit.src, fit.dst, fit.view, fit.model, fit.method, self.name


def offer_append(scan: Scan, photo: Path, fit: Fit) -> None:
    """Show the button that appends the registration to the datastack, and then what was stored.

    Where shared scans may not be changed, the result is offered for download, and for a copy of one's own.

    Parameters
    ----------
    scan : Scan
        The datastack to append to.
    photo : Path
        The photograph.
    fit : Fit
        How it lies on the maps.
    """
    name = _choose_name()
    if name is None:
        return
    result = Result(photo, fit, name)
    if library.may_change(scan.identifier):
        if st.button(_("Save to the scan"), type="primary", icon=":material/save:"):
            _keep(nullcontext(scan.identifier), result)
    else:
        st.info(
            _(
                "Nothing can be added to the shared scans here. Save the registration to a copy that only "
                "you see, or download it."
            ),
            icon=":material/lock:",
        )
        if st.button(_("Save to a copy of my own"), type="primary", icon=":material/file_copy:"):
            _keep(_own_copy(scan), result)
        _offer_result(scan, result)
    _tell_what_was_kept(scan, result)


def _keep(place: AbstractContextManager[str], result: Result) -> None:
    try:
        with place as identifier, st.spinner(_("Fitting the photograph to the map and saving it …")):
            kept = _append(open_scan_of(identifier), result)
    except MaxrfError as error:
        show_error(error)
        return
    st.session_state[_KEPT] = (identifier, result.identity), kept
    if identifier != choice().stack:
        choice().stack = identifier  # and nothing else: the points hold for the copy too
        st.rerun()


def _append(scan: Scan, result: Result) -> tuple[list[str], str]:
    """Warp and append; no Streamlit call in here, since one could end the script in the middle.

    Returns
    -------
    names : list of str
        Under which the arrays are stored.
    note : str
        What is to be said of the result's size.
    """
    with one_at_a_time():
        made = registered(result.photo, scan.shape, result.fit, result.name)
        size = sum(np.asarray(array).nbytes for array in made.arrays.values())
        with library.room_to_grow(scan.ds.path, size):
            return list(scan.ds.append(made.arrays, made.attributes).values()), made.note


@contextmanager
def _own_copy(scan: Scan) -> Iterator[str]:
    """Copy a shared scan for this visitor alone; the copy goes again if the block is left by an exception."""
    place = library.new_place(scan.ds.path.name, scan.size, private=True)
    with library.in_turn(), place as (identifier, target):
        bar = st.progress(0.0, _("Starting …"))

        def show(done: float, _what: str) -> None:
            bar.progress(done, _("Copying the scan {part:.0%}").format(part=done))

        try:
            copy(scan.ds.path, target, progress=show)
            bar.empty()
            yield identifier
        except BaseException:
            library.discard(target)
            raise


def _tell_what_was_kept(scan: Scan, result: Result) -> None:
    kept_from, (names, note) = st.session_state.get(_KEPT, (None, ([], "")))
    if kept_from != (scan.identifier, result.identity):
        return
    told = _("Saved in {file}.").format(file=escaped(scan.ds.path.name))
    if any(name.endswith("_") for name in names):
        told += " " + _("What was saved earlier is kept.")
    st.success(told, icon=":material/check_circle:")
    st.caption(_("Names in the file"), help=", ".join(f"`{name}`" for name in names))
    if note:
        st.info(note, icon=":material/photo_size_select_small:")
    st.page_link("pages/compare.py", label=_("Compare photograph and maps"), icon=":material/compare:")


def _offer_result(scan: Scan, result: Result) -> None:
    """Offer the registered photograph as files; each is made when its button is pressed."""
    large, stem = f"{result.name}_reg_highres", scan.ds.path.stem

    def make(kind: str) -> bytes:
        with one_at_a_time():
            made = registered(result.photo, scan.shape, result.fit, result.name)
            return encode(made.arrays[large], kind, f"{stem}, {result.photo.name}")

    with st.expander(_("Download the registered photograph"), icon=":material/download:"):
        download_buttons(file_stem(stem, large), ["png", "tiff"], make, key=large)


def _choose_name() -> str | None:
    """Show what kind of photograph it is; give the name that its arrays begin with."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.selectbox(
            _("Kind of photograph"),
            list(KINDS),
            format_func=lambda kind: _(KINDS[kind]),
            key="keep-kind",
            width=260,
        )
        if kind:
            return kind
        name = st.text_input(_("Name"), "im", key="keep-name", width=160)
    try:
        return check_name(f"{name}_reg_highres").removesuffix("_reg_highres")
    except MaxrfError as error:
        show_warning(error)
        return None

"""Saving a registration to the scan's file, or to a copy of it."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from maxrf_core.datastack.copying import copy
from maxrf_core.errors import MaxrfError
from maxrf_core.imaging.write import encode
from maxrf_core.names import check_name, file_stem
from maxrf_core.registration.stored import with_view
from widgets.charts.downloads import download_buttons
from widgets.look.take_onto import offer_onto
from widgets.register.fit import Fit
from widgets.register.photographs import registered
from widgets.session import library
from widgets.session.choice import choice
from widgets.session.image_cache import one_at_a_time
from widgets.session.language import _, marked
from widgets.session.markdown import escaped, show_error, show_warning
from widgets.session.scan import Scan, open_scan_of
from widgets.viewer.registered_photos import registered_photos

_SAVED = "registration-kept"
KINDS = {
    "imvis": marked("Visible light"),
    "imuv": marked("Ultraviolet fluorescence"),
    "imir": marked("Infrared"),
    "imxr": marked("X-radiograph"),
    "": marked("Something else …"),
}


@dataclass(frozen=True, eq=False)
class Result:
    """A registration to be saved.

    Attributes
    ----------
    photo : Path
        The photograph.
    fit : Fit
        How it lies on the maps.
    name : str
        First part of the arrays' names, such as ``imvis``.
    row_displacement : float
        Of the maps as they were shown.
    """

    photo: Path
    fit: Fit
    name: str
    row_displacement: float = 0.0

    @property
    def identity(self) -> tuple:
        """What distinguishes this result from others."""
        fit = self.fit
        return (
            str(self.photo),
            fit.src,
            fit.dst,
            fit.view,
            fit.model,
            fit.method,
            self.name,
            self.row_displacement,
        )


def offer_append(scan: Scan, photo: Path, fit: Fit, messages: st.delta_generator.DeltaGenerator) -> None:
    """Show the button that saves the registration to the datastack, and then the result.

    If shared scans may not be changed, the result can be downloaded, or saved to a private copy.

    Parameters
    ----------
    scan : Scan
        The datastack to append to.
    photo : Path
        The photograph.
    fit : Fit
        How it lies on the maps.
    messages : container
        Where it is said what was saved.
    """
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    with row:
        name = _choose_name()
    if name is None:
        return
    result = Result(photo, fit, name, scan.ds.row_displacement)
    if library.may_change(scan.identifier):
        if row.button(_("Save to the scan"), type="primary", icon=":material/save:"):
            _save(nullcontext(scan.identifier), result)
    else:
        messages.info(
            _(
                "Nothing can be added to the shared scans here. Save the registration to a copy that only "
                "you see, or download it."
            ),
            icon=":material/lock:",
        )
        if row.button(_("Save to a copy of my own"), type="primary", icon=":material/file_copy:"):
            _save(_own_copy(scan), result)
        _offer_result(scan, result)
    with messages:
        _show_saved(scan, result)


def _save(place: AbstractContextManager[str], result: Result) -> None:
    try:
        with place as identifier, st.spinner(_("Fitting the photograph to the map and saving it …")):
            saved = _append(open_scan_of(identifier), result)
    except MaxrfError as error:
        show_error(error)
        return
    st.session_state[_SAVED] = (identifier, result.identity), saved
    if identifier != choice().stack:
        choice().stack = identifier  # and nothing else: the points hold for the copy too
        st.rerun()


def _append(scan: Scan, result: Result) -> tuple[list[str], str]:
    """Warp and append, without Streamlit calls: one could end the script in the middle.

    Returns
    -------
    names : list of str
        Names of the stored arrays.
    note : str
        A sentence on the result's size; may be empty.
    """
    with one_at_a_time():
        made = registered(result.photo, scan.shape, result.fit, result.name)
        size = sum(np.asarray(array).nbytes for array in made.arrays.values())
        with library.room_to_grow(scan.ds.path, size):
            attributes = with_view(made.attributes, result.row_displacement)
            return list(scan.ds.append(made.arrays, attributes).values()), made.note


@contextmanager
def _own_copy(scan: Scan) -> Iterator[str]:
    """Copy a shared scan for this visitor alone; the copy is removed if the block raises."""
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


def _show_saved(scan: Scan, result: Result) -> None:
    saved_from, (names, note) = st.session_state.get(_SAVED, (None, ([], "")))
    if saved_from != (scan.identifier, result.identity):
        return
    message = _("Saved in {file}.").format(file=escaped(scan.ds.path.name))
    if any(name.endswith("_") for name in names):
        message += " " + _("What was saved earlier is kept.")
    st.success(message, icon=":material/check_circle:")
    st.caption(_("Names in the file"), help=", ".join(f"`{name}`" for name in names))
    if note:
        st.info(note, icon=":material/photo_size_select_small:")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.page_link("pages/compare.py", label=_("Compare photograph and maps"), icon=":material/compare:")
        for photo in set(names) & set(registered_photos(scan)):
            offer_onto(scan, photo)


def _offer_result(scan: Scan, result: Result) -> None:
    """Show downloads of the registered photograph; each file is made when its button is pressed."""
    large, stem = f"{result.name}_reg_highres", scan.ds.path.stem

    def make(kind: str) -> bytes:
        with one_at_a_time():
            made = registered(result.photo, scan.shape, result.fit, result.name)
            return encode(made.arrays[large], kind, f"{stem}, {result.photo.name}")

    with st.popover(_("Download the registered photograph"), icon=":material/download:", type="tertiary"):
        download_buttons(file_stem(stem, large), ["png", "tiff"], make, key=large)


def _choose_name() -> str | None:
    """Show the kinds of photographs; return the first part of the arrays' names."""
    kind = st.selectbox(
        _("Kind of photograph"),
        list(KINDS),
        format_func=lambda kind: _(KINDS[kind]),
        key="keep-kind",
        label_visibility="collapsed",
        width=150,
    )
    if kind:
        return kind
    name = st.text_input(_("Name"), "im", key="keep-name", width=80, label_visibility="collapsed")
    try:
        return check_name(f"{name}_reg_highres").removesuffix("_reg_highres")
    except MaxrfError as error:
        show_warning(error)
        return None

"""Reference spectra in the part Spectra: chosen, uploaded and laid over those of pixels."""

from collections.abc import Sequence

import streamlit as st

from maxrf_core.datastack.stored_references import (
    MAX_NAME,
    Reference,
    keep_reference,
    on_axis,
    remove_reference,
    scaled_to,
    stored_references,
)
from maxrf_core.errors import MaxrfError
from maxrf_core.readers.single_spectrum import ENDINGS, read_spectrum_file
from widgets.charts.spectrum_figure import Curve
from widgets.open.large_upload import large_upload
from widgets.session import library
from widgets.session.language import _
from widgets.session.markdown import escaped, show_error
from widgets.session.scan import Scan

ROOM = 10_000_000  # bytes by which a scan may grow
_SHOWN, _CHOSEN = "spectra-references-shown", "spectra-references"


def choose_references(scan: Scan) -> list[Reference]:
    """Show the reference spectra of a scan, and the upload of another; return those that are to be shown."""
    kept = {reference.name: reference for reference in stored_references(scan.ds)}
    with st.popover(_("Reference spectra"), icon=":material/compare:"):
        if kept:
            st.session_state[_CHOSEN] = [name for name in st.session_state.get(_SHOWN, []) if name in kept]
            st.multiselect(
                _("Reference spectra that are shown"), list(kept), key=_CHOSEN, on_change=_remember_shown
            )
        if library.may_change(scan.identifier):
            _upload(scan)
            _remove(scan, list(kept))
        elif not kept:
            st.info(_("This scan holds no reference spectra."), icon=":material/info:")
    return [kept[name] for name in st.session_state.get(_SHOWN, []) if name in kept]


def _remember_shown() -> None:
    st.session_state[_SHOWN] = st.session_state[_CHOSEN]


def _upload(scan: Scan) -> None:
    st.write(_("The spectrum of a known material, kept in the scan with its own energies:"))
    known = _("Choose one spectrum: {endings}.").format(endings=", ".join(ENDINGS))
    arrived = large_upload("reference-upload", [[[ending]] for ending in ENDINGS], _("Choose a file"), known)
    if arrived is None:
        return
    try:
        path = library.arrived(arrived.identifier, *ENDINGS)
        with library.room_to_grow(scan.ds.path, ROOM):
            spectrum = read_spectrum_file(path)
            keep_reference(scan.ds, Reference(path.stem, spectrum.counts, spectrum.energies))
        st.session_state[_SHOWN] = [*st.session_state.get(_SHOWN, []), path.stem[:MAX_NAME]]
        library.discard(path)
    except MaxrfError as error:
        show_error(error)
        return
    st.rerun()


def _remove(scan: Scan, names: Sequence[str]) -> None:
    if not names:
        return
    unwanted = st.selectbox(_("Remove from the scan"), names, index=None, key="spectra-reference-remove")
    if unwanted is not None and st.button(_("Remove it"), key="spectra-reference-removes"):
        try:
            with library.room_to_grow(scan.ds.path, ROOM):
                remove_reference(scan.ds, unwanted)
        except MaxrfError as error:
            show_error(error)
            return
        st.rerun()


def reference_curves(scan: Scan, references: Sequence[Reference], like: Curve) -> list[Curve]:
    """Return references in the scan's channels, each with as many counts as another curve.

    Parameters
    ----------
    scan : Scan
    references : sequence of Reference
    like : Curve
        Such as the pixel's, or the mean of all.
    """
    curves = []
    for reference in references:
        try:
            counts = on_axis(reference, scan.axis)
        except MaxrfError as error:
            st.caption(escaped(error))
            continue
        scaled, factor = scaled_to(counts, like.values, scan.axis.first)
        words = _("Reference {name}, × {factor:.3g}")
        curves.append(Curve(words.format(name=reference.name, factor=factor), scaled))
    return curves

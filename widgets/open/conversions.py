"""A visitor's conversions in the sidebar of every page: progress, a button that stops it, and the result."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import streamlit as st

from maxrf_core.conversion.convert import convert
from maxrf_core.conversion.notes import conversion_notes
from maxrf_core.progress import Progress
from maxrf_core.readers import Scan as RawScan
from maxrf_core.transform.coordinates import ORIENTATIONS, View
from server.conversions import Conversion, conversions
from server.settings import scheduler_address
from widgets.open.show_opened import show_opened
from widgets.session import library
from widgets.session.language import _
from widgets.session.markdown import escaped
from widgets.session.visitor import owner

MEMORY = 600_000_000  # bytes; two conversions run side by side (`server.work_queue`)
POLL_INTERVAL = 1.0  # seconds between two looks at the progress
_TOLD = "conversions-told"  # session key: those whose end was told on the page


def begin_conversion(
    scan: RawScan,
    source: Path,
    target: tuple[str, int, bool],
    view: View = ORIENTATIONS[0],
    afterwards: Callable[[], object] = lambda: None,
    *,
    keep_empty: bool = False,
) -> None:
    """Begin a conversion that goes on in the background, whichever page its visitor looks at.

    Parameters
    ----------
    scan : Scan
    source : Path
        The scan's first file.
    target : (str, int, bool)
        Arguments of `widgets.session.library.new_place`.
    view : View
        How the scan is mirrored and turned.
    afterwards : callable
        Called in another thread when the datastack is complete.
    keep_empty : bool
        Do not mark rows and columns without counts as missing.
    """
    scheduler = scheduler_address()

    def work(path: Path, report: Progress, begun: Conversion) -> None:
        made = convert(
            scan,
            path,
            flip_horizontal=view.mirrored,
            quarter_turns=view.turns,
            keep_empty=keep_empty,
            memory=MEMORY,
            scheduler=scheduler,
            progress=report,
        )
        told = {str(note) for note in scan.notes}  # before it began
        begun.notes = tuple(note for note in conversion_notes(made) if note not in told)

    begin_work(source, target, work, afterwards)


def begin_work(
    source: Path,
    target: tuple[str, int, bool],
    work: Callable[[Path, Progress, Conversion], object],
    afterwards: Callable[[], object] = lambda: None,
) -> None:
    """Begin to make a datastack in the background, as `begin_conversion` does.

    Parameters
    ----------
    source, target, afterwards
        As in `begin_conversion`.
    work : callable
        Called in another thread with the path, a function that takes the progress, and the conversion, whose
        notes it may set.
    """
    begun = Conversion(owner(), Path(target[0]).stem, source)
    place = library.new_place(*target, visitor=owner())
    conversions.begin(begun, place, lambda path, report: work(path, report, begun), afterwards)


def is_being_converted(source: Path) -> bool:
    """Return True while this visitor's conversion of a file is running."""
    return any(each.is_running and each.source == source for each in conversions.of(owner()))


def show_conversions() -> None:
    """Show this visitor's conversions in the sidebar, if there are any."""
    mine = conversions.of(owner())
    running = [each for each in mine if each.is_running]
    with st.sidebar:
        for number, each in enumerate(mine):
            if each not in running:
                _show_end(each, number)
                _tell_once(each)
        if running:
            _show_progress(running)


@st.fragment(run_every=POLL_INTERVAL)
def _show_progress(running: Sequence[Conversion]) -> None:
    """Show what is running, and run the page again when one of them has ended."""
    if not all(each.is_running for each in running):
        st.rerun()
    for number, each in enumerate(running):
        with st.container(border=True):
            st.markdown(_("**{name}** is being made").format(name=escaped(each.name)))
            st.progress(each.fraction, f"{each.fraction:.0%}: {escaped(each.doing)}")
            st.button(_("Stop"), key=f"stop-conversion-{number}", icon=":material/stop:", on_click=each.stop)


def _show_end(ended: Conversion, number: int) -> None:
    """Show the result of a conversion, or what went wrong."""
    with st.container(border=True):
        if ended.state == "failed":
            st.error(escaped(ended.error), icon=":material/error:")
            key = f"close-conversion-{number}"
            st.button(_("Close"), key=key, on_click=partial(conversions.forget, ended))
            return
        st.markdown(_("**{name}** is ready.").format(name=escaped(ended.name)))
        for note in ended.notes:
            st.caption(escaped(note))
        key = f"open-conversion-{number}"
        if st.button(_("Open it"), key=key, type="primary", icon=":material/folder_open:"):
            conversions.forget(ended)
            show_opened(ended.identifier)


def _tell_once(ended: Conversion) -> None:
    """Say on the page that a conversion has ended: on a phone the sidebar is closed."""
    told = st.session_state.setdefault(_TOLD, [])
    if ended in told:
        return
    told.append(ended)
    if ended.state == "failed":
        words = _("{name} could not be made: the sidebar says why.")
        st.toast(words.format(name=escaped(ended.name)), icon=":material/error:")
    else:
        words = _("{name} is ready: open it from the sidebar.")
        st.toast(words.format(name=escaped(ended.name)), icon=":material/check_circle:")

"""Report and element maps of a scan as files: made while the visitor watches, then sent to the browser."""

import tempfile
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO

import streamlit as st

from maxrf_core.errors import DatastackError, MaxrfError
from maxrf_core.export.maps import write_maps_zip
from maxrf_core.export.report import report_html
from maxrf_core.names import file_stem
from maxrf_core.progress import Progress
from server.settings import below_app
from widgets.elements.examination import Examination, elements_are_coming, examination_name
from widgets.session import library
from widgets.session.band_map_cache import watched
from widgets.session.choice import choice
from widgets.session.language import _
from widgets.session.markdown import show_error
from widgets.session.offered_files import offer_file
from widgets.session.own_component import own_component
from widgets.session.scan import Scan

_component = own_component("maxrf_start_download", "look/start_download.js")
_READY, _WANTED = "look-taken", "look-files-wanted"


@dataclass(frozen=True)
class _Taken:
    """A file that was made for this visitor; it ends with the session that holds it.

    Attributes
    ----------
    of : hashable
        What it was made of; of another state of the scan it is made anew.
    file : file
        Temporary, with a name.
    presses : int
        How often it was asked for: each time its download begins.
    """

    of: Hashable
    file: IO[bytes]
    presses: int = 1


def take_files(scan: Scan, examination: Examination | None) -> None:
    """Show the buttons that make a report on the scan, and all its element maps."""
    if not scan.has_spectra:
        words = _("A report needs spectra, which this file does not hold. Figures can be made of its maps.")
        st.caption(words)
        return
    if elements_are_coming(scan):
        st.caption(_("The report and the maps can be made when the elements have been found."))
        return
    _take(
        scan,
        _("Report (HTML)"),
        _("Photograph, maps, views, patches, spectra and settings in one file to read and print."),
        f"{file_stem(scan.ds.path.stem)}_report.html",
        "text/html",
        partial(_write_report, scan, examination),
    )
    if examination is None or not examination.summaries:
        st.caption(_("There are no element maps in this scan."))
        return
    _take(
        scan,
        _("All element maps (ZIP)"),
        _("TIFF with the errors, pictures, a table, and one OME-TIFF."),
        f"{file_stem(scan.ds.path.stem)}_maps.zip",
        "application/zip",
        partial(_write_maps, scan, examination),
    )


def _write_maps(scan: Scan, examination: Examination, file: IO[bytes], told: Progress) -> None:
    write_maps_zip(file, scan.ds, examination, choice().colormap, told)


def _write_report(scan: Scan, examination: Examination | None, file: IO[bytes], told: Progress) -> None:
    file.write(report_html(scan.ds, examination, choice().colormap, told).encode())


def _take(
    scan: Scan,
    label: str,
    about: str,
    file_name: str,
    mime: str,
    write: Callable[[IO[bytes], Progress], None],
) -> None:
    """Show a button that makes a file with progress; then its download begins, and a link stays."""
    key = f"look-take-{mime.rpartition('/')[2]}"
    of = (examination_name(scan), scan.version, scan.ds.row_displacement, choice().colormap)
    ready: dict[str, _Taken] = st.session_state.setdefault(_READY, {})
    wanted: set[str] = st.session_state.setdefault(_WANTED, set())
    pressed = st.button(label, key=key, help=about, icon=":material/download:", width="stretch")
    place = st.empty()
    taken = ready.get(key)
    if pressed and taken is not None and taken.of == of:
        ready[key] = replace(taken, presses=taken.presses + 1)
    elif pressed or key in wanted:  # a chart's answer may end this run: the next one begins again
        wanted.add(key)
        ready.pop(key, None)
        try:
            before = taken.presses if taken is not None else 0
            ready[key] = _Taken(of, _made(place, label, write), before + 1)
        except MaxrfError as error:
            show_error(error)
        wanted.discard(key)
    taken = ready.get(key)
    if taken is None or taken.of != of:
        return
    file = taken.file
    address = offer_file(
        _("Download {file} again").format(file=file_name),
        lambda: Path(file.name),
        file_name,
        mime,
        key=f"{key}-link",
    )
    _component(key=f"{key}-start", data={"address": f"{below_app(address)}?press={taken.presses}"}, height=0)


def _made(
    place: st.delta_generator.DeltaGenerator, label: str, write: Callable[[IO[bytes], Progress], None]
) -> IO[bytes]:
    """Return a temporary file that was written with progress; nothing is left of one that was not."""
    file = tempfile.NamedTemporaryFile()  # noqa: SIM115 - the session holds it
    try:
        with library.in_turn():
            write(file, watched(place, f"{label}:", patience=0, steps=True))
        file.flush()
    except OSError as error:
        with suppress(OSError):
            file.close()
        words = _("The file could not be written: {reason}.")
        raise DatastackError(words.format(reason=error.strerror or error)) from error
    except BaseException:
        file.close()
        raise
    place.empty()
    return file

"""Files that are made while the visitor watches, then sent to the browser."""

import tempfile
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from maxrf_core.errors import DatastackError, MaxrfError
from maxrf_core.progress import Progress
from server.settings import below_app
from widgets.session import library
from widgets.session.band_map_cache import watched
from widgets.session.language import _, translated
from widgets.session.markdown import show_error
from widgets.session.offered_files import offer_file
from widgets.session.own_component import own_component

_component = own_component("maxrf_start_download", "look/start_download.js")
_READY, _WANTED = "look-taken", "look-files-wanted"
Write = Callable[[Path, Progress], list[str]]


@dataclass(frozen=True)
class _Taken:
    """A file that was made for this visitor; it ends with the session that holds it.

    Attributes
    ----------
    of : hashable
        What it was made of; of another state of the scan it is made anew.
    folder : TemporaryDirectory
        Holds the file; goes with this object.
    path : Path
        Of the file.
    notes : tuple of str
        What is to be said of it.
    presses : int
        How often it was asked for: each time its download begins.
    """

    of: Hashable
    folder: tempfile.TemporaryDirectory[str]
    path: Path
    notes: tuple[str, ...] = ()
    presses: int = 1


def take(
    label: str, about: str, file_name: str, mime: str, of: Hashable, write: Write, *, key: str | None = None
) -> None:
    """Show a button that makes a file with progress; then its download begins, and a link stays.

    Parameters
    ----------
    label, about : str
        Of the button.
    file_name, mime : str
        Of the file.
    of : hashable
        What it is made of; of anything else it is made anew.
    write : callable
        Writes the file to a path, and returns sentences that are to be said of it.
    key : str, optional
        Of the button; by default named after the file's type.
    """
    key = key or f"look-take-{mime.rpartition('/')[2]}"
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
            ready[key] = replace(_made(place, label, of, file_name, write), presses=before + 1)
            for note in ready[key].notes:  # the popover around the button closes when the download begins
                st.toast(translated(note), icon=":material/info:")
        except MaxrfError as error:
            show_error(error)
        wanted.discard(key)
    taken = ready.get(key)
    if taken is None or taken.of != of:
        return
    for note in taken.notes:
        st.caption(translated(note))
    found = taken  # which the offer holds as long as the session
    address = offer_file(
        _("Download {file} again").format(file=file_name),
        lambda: found.path,
        file_name,
        mime,
        key=f"{key}-link",
    )
    _component(key=f"{key}-start", data={"address": f"{below_app(address)}?press={taken.presses}"}, height=0)


def _made(
    place: st.delta_generator.DeltaGenerator, label: str, of: Hashable, file_name: str, write: Write
) -> _Taken:
    """Return a temporary file that was written with progress; nothing is left of one that was not."""
    folder = tempfile.TemporaryDirectory(prefix="maxrf-")
    path = Path(folder.name) / file_name
    try:
        with library.in_turn():
            notes = write(path, watched(place, f"{label}:", patience=0, steps=True))
    except OSError as error:
        with suppress(OSError):
            folder.cleanup()
        words = _("The file could not be written: {reason}.")
        raise DatastackError(words.format(reason=error.strerror or error)) from error
    except BaseException:
        folder.cleanup()
        raise
    place.empty()
    return _Taken(of, folder, path, tuple(notes))

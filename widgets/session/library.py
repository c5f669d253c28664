"""Library: the datastacks that this visitor can open, and their places.

A datastack is known by a short identifier that also stands in the page's address: the file's path inside
the data folder, or the name of an upload, which only its owner can open.
"""

import datetime
import math
import threading
from collections.abc import Hashable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from pathlib import Path

import streamlit as st

from maxrf_core.datastack.binned_cache import cache_path, cache_state, discard_cache, is_cache
from maxrf_core.demo.make import make_demo
from maxrf_core.errors import DatastackError, MaxrfError
from maxrf_core.names import DATASTACK_EXT, ending_of
from maxrf_core.readers import RAW_FORMATS, holds_maps, is_scan, scan_files, scan_in_folder, scan_name
from maxrf_core.untrusted.check import check_untrusted
from server.access_mode import is_single_user
from server.file_names import safe_name
from server.incoming_file import Upload
from server.settings import data_folder, read_only, uploads
from server.upload_check import MAP_ENDINGS, RAW_ENDINGS
from server.uploads import is_upload
from server.work_queue import queue
from widgets.session.language import _, date_in_words
from widgets.session.markdown import show_error
from widgets.session.visitor import owner

DEMO = f"demo{DATASTACK_EXT}"
MAX_REMEMBERED = 20_000  # files of which it is remembered whether they are scans
_making_demo = threading.Lock()


def ensure_demo() -> None:
    """Make the demo scan in the data folder if it is not there yet (a few seconds, once)."""
    path = data_folder() / DEMO
    if path.exists() or read_only():
        return
    with st.spinner(_("Making a demo scan to play with: once, a few seconds …")), _making_demo:
        try:
            if not path.exists():  # another visitor may have come first
                path.parent.mkdir(parents=True, exist_ok=True)
                make_demo(path, overwrite=True)
        except MaxrfError as error:
            show_error(error)
        except OSError as error:
            words = _("The demo cannot be kept in {place}: {reason}.")
            st.warning(words.format(place=data_folder_in_words(), reason=error.strerror))


def demo_photo() -> Path | None:
    """Return the photograph of the demo scan; None if there is none."""
    path = data_folder() / "demo_photo.png"
    return path if path.is_file() else None


def datastacks() -> list[str]:
    """List the datastacks in the data folder, as identifiers, sorted."""
    return _list(DATASTACK_EXT)


def raw_scans() -> list[str]:
    """Return the scans in the data folder that can be converted, each by its first file, sorted."""
    endings = {form: form.files[0] for form in RAW_FORMATS}
    pixels = {ending for form in RAW_FORMATS if form.scan_in_folder for ending in endings[form]}
    whole = {ending for form in RAW_FORMATS if not form.scan_in_folder for ending in endings[form]}
    found = [data_folder() / name for name in _list(*whole, *pixels)]
    scans = [path for path in found if ending_of(path) in whole and _is_scan(path)]
    folders = {path.parent for path in found if ending_of(path) in pixels}
    scans += [first for folder in folders if (first := scan_in_folder(folder)) is not None]
    return sorted(path.relative_to(data_folder()).as_posix() for path in scans)


def raw_scan_in_words(identifier: str) -> str:
    """Return one of `raw_scans` as it is shown: its file, or the folder whose files are its pixels."""
    path = data_folder() / identifier
    if scan_in_folder(path.parent) != path:
        return identifier
    folder = Path(identifier).parent
    return _("{folder} (folder of spectra)").format(
        folder=scan_name(path) if folder == Path() else folder.as_posix()
    )


def map_folders() -> dict[str, list[Path]]:
    """Return the folders of the data folder in which files may be element maps, with these files."""
    found: dict[str, list[Path]] = {}
    for name in _list(*MAP_ENDINGS):
        path = data_folder() / name
        if holds_maps(path):
            found.setdefault(Path(name).parent.as_posix(), []).append(path)
    return found


def own_datastacks() -> list[Upload]:
    """List the datastacks that this visitor has uploaded or made, the newest first."""
    return uploads().of(owner(), DATASTACK_EXT)


def pictures(*endings: str) -> list[Path]:
    """List the pictures that this visitor may use: own uploads, and those in the data folder."""
    own = [upload.path for ending in endings for upload in uploads().of(owner(), ending)]
    return own + [data_folder() / name for name in _list(*endings)]


def locate(identifier: str) -> Path:
    """Return the path of an identifier.

    Links that the operator put into the data folder may lead anywhere; an identifier itself may not.

    Raises
    ------
    DatastackError
        If there is no such file, or it belongs to another visitor or lies outside the data folder.
    """
    if is_upload(identifier):
        return uploads().find(owner(), identifier, DATASTACK_EXT)
    relative = Path(identifier)
    path = data_folder() / relative
    if relative.is_absolute() or relative.drive or _hidden(relative) or not _is_file(path):
        raise DatastackError(_("There is no file {name:.80} in the data folder.").format(name=relative.name))
    return path


def arrived(identifier: str, *endings: str) -> Path:
    """Return the file that has just been uploaded and whose name ends in one of these.

    Raises
    ------
    DatastackError
        If it has been removed.
    """
    if is_upload(identifier):
        return uploads().find(owner(), identifier, *endings)
    return locate(identifier)


def arrived_scan(identifier: str) -> Path:
    """Return the first file of the raw scan that has just been uploaded.

    Raises
    ------
    DatastackError
        If it is gone.
    """
    return scan_files(arrived(identifier, *RAW_ENDINGS))[0]


def data_folder_in_words() -> str:
    """Return the name of the data folder; visitors from other computers do not see its path."""
    if is_single_user():
        return _("the folder `{folder}`").format(folder=data_folder())
    return _("the data folder")


def is_public() -> bool:
    """Return whether the app serves other people than the one at this computer, or is read-only."""
    return read_only() or not is_single_user()


def check_shared(path: Path) -> None:
    """Check a file of the data folder as an upload, where a crash would end the app for many people.

    So is the cache of its binned counts (`maxrf_core.datastack.binned_cache`), which is removed if refused.

    Raises
    ------
    DatastackError
        In one sentence, what is wrong with it.
    """
    if is_public() and not uploads().owns(path):  # an upload was checked when it arrived
        check_untrusted(path)
        if is_cache(cache_path(path)):
            _check_cache(path, cache_state(path))


@lru_cache(MAX_REMEMBERED)
def _check_cache(path: Path, state: Hashable) -> None:
    try:
        check_untrusted(cache_path(path))
    except MaxrfError:
        if not discard_cache(path):
            raise


def may_change(identifier: str) -> bool:
    """Return True if this visitor may change the file: an own upload, or a shared file unless read-only."""
    return is_upload(identifier) or not read_only()


@contextmanager
def new_place(
    file_name: str, size: int, private: bool = False, visitor: str | None = None
) -> Iterator[tuple[str, Path]]:
    """Reserve a place for a new datastack: the data folder, or the visitor's own if private or read-only.

    Parameters
    ----------
    file_name : str
    size : int
        Most bytes that it can have; so much space is reserved meanwhile.
    private : bool
    visitor : str, optional
        Whose it is, from `widgets.session.visitor.owner`; needed in a thread that serves no page.

    Yields
    ------
    identifier : str
    path : Path

    Raises
    ------
    UploadRefusedError
        If there is no space.
    """
    name, kept = safe_name(file_name), uploads()
    if read_only() or (private and kept.home is None):
        with kept.reserve_new(visitor or owner(), size) as (identifier, folder):
            yield identifier, folder / name
    else:
        path = data_folder() / name
        with kept.reserve_growth(path, size):
            yield name, path


def room_to_grow(path: Path, size: int) -> AbstractContextManager[None]:
    """Reserve space while so many bytes are added to a datastack, or while it is rewritten."""
    return uploads().reserve_growth(path, size)


@contextmanager
def in_turn() -> Iterator[None]:
    """Wait until the server has capacity for heavy work, and show the number of visitors before.

    Raises
    ------
    BusyError
        If too many are waiting.
    """
    place = st.empty()

    def say(before: int) -> None:
        place.info(waiting_in_words(before), icon=":material/hourglass:")

    with queue.turn(owner(), say):
        place.empty()
        yield


def waiting_in_words(before: int) -> str:
    """Return a sentence on how many pieces of work of other visitors come first."""
    return _("Waiting for other visitors' work: {count} before yours …").format(count=before)


def is_private(path: Path) -> bool:
    """Return True if a file is an upload of some visitor."""
    return uploads().owns(path)


def removal_in_words(path: Path) -> str:
    """Return a sentence with the day on which an unused upload is removed; "" if it stays."""
    removal = uploads().removal(path)
    if math.isinf(removal):
        return ""
    day = datetime.datetime.fromtimestamp(removal)
    words = _("Removed on {date} at {time} unless it is opened before.")
    return words.format(date=date_in_words(day), time=f"{day:%H:%M}")


def discard(path: Path) -> None:
    """Remove an upload with its private folder; shared files are never touched."""
    uploads().discard(path)


def _is_scan(path: Path) -> bool:
    try:
        status = path.stat()
    except OSError:  # it has gone meanwhile
        return False
    return _is_scan_in(path, status.st_size, status.st_mtime_ns)


@lru_cache(MAX_REMEMBERED)
def _is_scan_in(path: Path, size: int, changed: int) -> bool:
    return is_scan(path)


def _list(*endings: str) -> list[str]:
    folder = data_folder()
    found = (path for path in folder.rglob("*") if ending_of(path) in endings and path.is_file())
    relative = (path.relative_to(folder) for path in found)
    return sorted(path.as_posix() for path in relative if not _hidden(path))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # of a name that no file can have
        return False


def _hidden(relative: Path) -> bool:
    return any(part.startswith(".") for part in relative.parts)  # ".." too

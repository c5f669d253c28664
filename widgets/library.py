"""Which datastacks may this visitor open, and where are they kept?

A datastack is known by a short identifier that also stands in the page's address: the file's path inside
the data folder, or, for an upload, the unguessable name of the folder that holds it. Uploads are never
listed: only who made one knows its identifier.
"""

import re
import secrets
import shutil
import threading
from pathlib import Path, PurePosixPath

import streamlit as st

from maxrf_core.demo import make_demo
from maxrf_core.errors import DatastackError, MaxrfError
from widgets.settings import data_folder, read_only
from widgets.text import show_error

DEMO = "demo.datastack"
ENDING = ".datastack"
LONGEST = 150  # bytes of a file name without its ending; file systems take 255
_making_demo = threading.Lock()
_TOKEN = re.compile(r"upload-[0-9a-f]{32}")


def ensure_demo() -> None:
    """Make the demo scan in the data folder if it is not there yet (a few seconds, once)."""
    path = data_folder() / DEMO
    if path.exists() or read_only():
        return
    with st.spinner("Making a demo scan to play with: once, a few seconds …"), _making_demo:
        try:
            if not path.exists():  # another visitor may have come first
                path.parent.mkdir(parents=True, exist_ok=True)
                make_demo(path, overwrite=True)
        except MaxrfError as error:
            show_error(error)
        except OSError as error:
            st.warning(f"The demo cannot be kept in `{data_folder()}`: {error.strerror}.")


def demo_photo() -> Path | None:
    """Give the photograph that belongs to the demo scan, where it is there."""
    path = data_folder() / "demo_photo.png"
    return path if path.is_file() else None


def datastacks() -> list[str]:
    """List the datastacks in the data folder, as identifiers, sorted."""
    return _list(ENDING)


def raw_scans() -> list[str]:
    """List the raw scans (.rpl files) in the data folder, sorted."""
    return _list(".rpl")


def locate(identifier: str) -> Path:
    """Give the path behind an identifier.

    Links that the operator put into the data folder may lead anywhere; an identifier itself may not.

    Raises
    ------
    DatastackError
        Where there is no such file, or the identifier points outside the data folder.
    """
    if is_upload(identifier):
        found = sorted((_uploads() / identifier).glob(f"*{ENDING}"))
        if found:
            return found[0]
        raise DatastackError("This upload is no longer here; please upload the file again.")
    relative = Path(identifier)
    path = data_folder() / relative
    if relative.is_absolute() or relative.drive or _hidden(relative) or not path.is_file():
        raise DatastackError(f"There is no file {relative.name} in the data folder.")
    return path


def is_upload(identifier: str) -> bool:
    """Whether the identifier is that of a private upload."""
    return bool(_TOKEN.fullmatch(identifier))


def new_upload(file_name: str) -> tuple[str, Path]:
    """Make a private folder for an upload; give its identifier and the path to write to."""
    identifier = f"upload-{secrets.token_hex(16)}"
    _uploads().mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = _uploads() / identifier
    folder.mkdir(mode=0o700)
    return identifier, folder / safe_name(file_name)


def keep_upload(file_name: str, content: bytes | memoryview) -> tuple[str, Path]:
    """Write an upload into a private folder of its own; give its identifier and path.

    Raises
    ------
    DatastackError
        Where it cannot be written, as on a full disk; nothing of it is left then.
    """
    try:
        identifier, path = new_upload(file_name)
    except OSError as error:
        raise DatastackError(f"Uploads cannot be kept here: {error.strerror}.") from error
    _write(path, content)
    return identifier, path


def keep_beside(upload: Path, content: bytes | memoryview, ending: str) -> None:
    """Write the second file of an upload beside the first, under its name with another ending."""
    _write(upload.with_suffix(ending), content)


def may_change(identifier: str) -> bool:
    """Whether this visitor may change the file: one's own upload always, shared files unless locked."""
    return is_upload(identifier) or not read_only()


def new_place(file_name: str, private: bool = False) -> tuple[str, Path]:
    """Choose where a new datastack goes: the data folder, or a private one if asked for or locked out.

    Returns
    -------
    identifier : str
    path : Path
    """
    if private or read_only():
        return new_upload(file_name)
    name = safe_name(file_name)
    return name, data_folder() / name


def safe_name(file_name: str) -> str:
    """Turn the name that a browser sent into one that is safe to use in a folder.

    Examples
    --------
    >>> safe_name("../../Susanna & the elders.DATASTACK")
    'Susanna _ the elders.datastack'
    """
    last = re.split(r"[/\\]", file_name)[-1]
    cleaned = PurePosixPath(re.sub(r"[^\w .()+-]", "_", last).strip(" ."))
    stem = cleaned.stem.encode()[:LONGEST].decode(errors="ignore") or "upload"
    return stem + cleaned.suffix.lower()[:20]


def is_private(path: Path) -> bool:
    """Whether a file lies in a private folder."""
    return path.is_relative_to(_uploads())


def discard(path: Path) -> None:
    """Remove an upload with its private folder; shared files are never touched."""
    if is_private(path) and path.parent != _uploads():
        shutil.rmtree(path.parent)


def _write(path: Path, content: bytes | memoryview) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        discard(path)
        raise DatastackError(f"{path.name} cannot be kept: {error.strerror}.") from error


def _uploads() -> Path:
    return data_folder() / ".uploads"


def _list(ending: str) -> list[str]:
    folder = data_folder()
    found = (path for path in folder.rglob("*") if path.suffix.lower() == ending and path.is_file())
    relative = (path.relative_to(folder) for path in found)
    return sorted(path.as_posix() for path in relative if not _hidden(path))


def _hidden(relative: Path) -> bool:
    return any(part.startswith(".") for part in relative.parts)  # ".." too

"""Which datastacks may this visitor open, and where are they kept?

A datastack is known by a short identifier that also stands in the page's address: the file's path inside
the data folder, or, for an upload, the unguessable name of the folder that holds it. Uploads are never
listed: only who made one knows its identifier.
"""

import re
import secrets
import shutil
from pathlib import Path

import streamlit as st

from maxrf_core.demo import make_demo
from maxrf_core.errors import DatastackError
from widgets.settings import data_folder, read_only

DEMO = "demo.datastack"
_TOKEN = re.compile(r"upload-[0-9a-f]{32}")


def ensure_demo() -> None:
    """Make the demo scan in the data folder if it is not there yet (a few seconds, once)."""
    path = data_folder() / DEMO
    if path.exists() or read_only():
        return
    with st.spinner("Making a demo scan to play with: once, a few seconds …"):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            make_demo(path)
        except (DatastackError, OSError) as error:
            if not path.exists():  # else another visitor's session was quicker
                st.warning(f"The demo could not be made: {error}")


def demo_photo() -> Path | None:
    """Give the photograph that belongs to the demo scan, where it is there."""
    path = data_folder() / "demo_photo.png"
    return path if path.is_file() else None


def datastacks() -> list[str]:
    """List the datastacks in the data folder, as identifiers, sorted."""
    return _list(".datastack")


def raw_scans() -> list[str]:
    """List the raw scans (.rpl files) in the data folder, sorted."""
    return _list(".rpl")


def locate(identifier: str) -> Path:
    """Give the path behind an identifier.

    Raises
    ------
    DatastackError
        Where there is no such file, or the identifier points outside the data folder.
    """
    folder = data_folder()
    if _TOKEN.fullmatch(identifier):
        found = sorted((_uploads() / identifier).glob("*.datastack"))
        if found:
            return found[0]
        raise DatastackError("This upload is no longer here; please upload the file again.")
    path = (folder / identifier).resolve()
    if not path.is_relative_to(folder) or _hidden(path.relative_to(folder)) or not path.is_file():
        raise DatastackError(f"There is no file {Path(identifier).name} in the data folder.")
    return path


def is_upload(identifier: str) -> bool:
    """Whether the identifier is that of a private upload."""
    return bool(_TOKEN.fullmatch(identifier))


def new_upload(file_name: str) -> tuple[str, Path]:
    """Make a private folder for an upload; give its identifier and the path to write to."""
    identifier = f"upload-{secrets.token_hex(16)}"
    folder = _uploads() / identifier
    folder.mkdir(parents=True, mode=0o700)
    return identifier, folder / safe_name(file_name)


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
    >>> safe_name("../../Susanna & the elders.datastack")
    'Susanna _ the elders.datastack'
    """
    last = re.split(r"[/\\]", file_name)[-1]
    cleaned = re.sub(r"[^\w .()+-]", "_", last).strip(" .")
    return cleaned[-100:] or "upload"


def is_private(path: Path) -> bool:
    """Whether a file lies in a private folder."""
    return path.is_relative_to(_uploads())


def discard(path: Path) -> None:
    """Remove an upload with its private folder; shared files are never touched."""
    if is_private(path) and path.parent != _uploads():
        shutil.rmtree(path.parent)


def _uploads() -> Path:
    return data_folder() / ".uploads"


def _list(suffix: str) -> list[str]:
    folder = data_folder()
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.suffix.lower() == suffix)
    return sorted(path.as_posix() for path in found if not _hidden(path))


def _hidden(relative: Path) -> bool:
    return any(part.startswith(".") for part in relative.parts)

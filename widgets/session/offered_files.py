"""Download buttons for files that are made when a visitor takes them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from server.made_file_route import MadeFile
from server.settings import below_app

_OFFERED = "offered-files"


@dataclass
class _Offered:
    """Files that the pages of this session offer, by the key of their button."""

    files: dict[str, MadeFile] = field(default_factory=dict)
    in_this_run: set[str] = field(default_factory=set)


def offer_file(label: str, make: Callable[[], bytes | Path], file_name: str, mime: str, *, key: str) -> str:
    """Show a button that downloads a file, which is made only then.

    Parameters
    ----------
    label : str
    make : callable
        Return the content, or the path of a file that holds it; called in another thread, where there is no
        session.
    file_name, mime : str
    key : str
        Of the button.

    Returns
    -------
    str
        Address of the file, below the app's own.
    """
    offered = _offered()
    file = offered.files.get(key)
    if file is None:
        file = offered.files[key] = MadeFile(make, file_name, mime)
    else:
        file.make, file.name, file.mime = make, file_name, mime
    offered.in_this_run.add(key)
    st.link_button(label, below_app(file.address), key=key, icon=":material/download:")
    return file.address


def withdraw_other_files() -> None:
    """End the offers that this run of the page did not make: they keep scans open; called at its end."""
    offered = _offered()
    offered.files = {key: file for key, file in offered.files.items() if key in offered.in_this_run}
    offered.in_this_run = set()


def _offered() -> _Offered:
    found: _Offered = st.session_state.setdefault(_OFFERED, _Offered())
    return found

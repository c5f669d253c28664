"""Buttons that save a transform for other programs, and what is to be said of each format."""

from collections.abc import Callable, Hashable, Mapping
from functools import partial

import streamlit as st

from maxrf_core.registration.exchange.world_file import world_ending
from maxrf_core.registration.exchange.write import TRANSFORM_KINDS, write_transform
from maxrf_core.registration.photo_transform import PhotoTransform
from widgets.session.language import _
from widgets.session.markdown import escaped
from widgets.session.offered_files import offer_file

MEDIA = {"json": "application/json", "zip": "application/zip"}


def offer_transform_files(
    placed: PhotoTransform,
    stem: str,
    key: str,
    complete: Callable[[PhotoTransform], PhotoTransform] | None = None,
) -> None:
    """Show a button for each format that a transform can be written in.

    Parameters
    ----------
    placed : PhotoTransform
    stem : str
        Of the files' names.
    key : str
        Of the buttons: the format follows.
    complete : callable, optional
        Add what takes long to find out, before a file is made; called in a thread without a session.
    """

    def written(kind: str) -> bytes:
        return write_transform(placed if complete is None else complete(placed), kind).content

    for kind, each in TRANSFORM_KINDS.items():
        ending = world_ending(placed.photo_name) if kind == "world-file" else each.ending
        offer_file(
            _(each.title),
            partial(written, kind),
            f"{stem}_{kind}{ending}",
            MEDIA.get(ending.rpartition(".")[2], "text/plain"),
            key=f"{key}-{kind}",
        )


@st.cache_data(max_entries=20, show_spinner=False)
def notes_on_formats(known_by: Hashable, _placed: PhotoTransform) -> dict[str, str]:
    """Return what is to be said of each format, by its title, where there is something.

    Parameters
    ----------
    known_by : hashable
        What the transform and the language of the sentences follow from.
    _placed : PhotoTransform
    """
    del known_by  # part of the cache key
    found = {each.title: each.write(_placed).note for kind, each in TRANSFORM_KINDS.items() if kind != "json"}
    return {title: note for title, note in found.items() if note}


def show_notes(notes: Mapping[str, str]) -> None:
    """Show what is to be said of each format, by its title."""
    st.caption("  \n".join(f"**{_(title)}** {escaped(note)}" for title, note in notes.items()))

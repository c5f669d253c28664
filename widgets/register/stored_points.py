"""Stored registrations, offered to go on with: their points, and their photograph where it is at hand."""

import datetime
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import streamlit as st

from maxrf_core.errors import MaxrfError, RegistrationError
from maxrf_core.imaging.picture_formats import PICTURE_ENDINGS
from maxrf_core.registration.points_io import PointsFile
from maxrf_core.registration.register import checksum
from maxrf_core.registration.stored import RegisteredPhoto, registered_photos
from widgets.register.points_check import set_loaded_points
from widgets.session import library
from widgets.session.choice import choice
from widgets.session.language import _, date_in_words
from widgets.session.markdown import escaped, show_briefly
from widgets.session.point_pairs import PointPairs, is_placed
from widgets.session.scan import Scan

MAX_OFFERED = 4  # registrations of different photographs


def offer_stored(scan: Scan, photo: Path | None, pairs: PointPairs) -> None:
    """Offer to continue with stored registrations, if no point is set yet.

    Of a chosen photograph its own is offered; without one all are, the newest of each photograph.

    Parameters
    ----------
    scan : Scan
    photo : Path, optional
    pairs : PointPairs
        Changed in place.
    """
    if any(map(is_placed, (*pairs.src, *pairs.dst))):
        return
    found = newest_registrations(scan)
    if photo is not None:
        own = checksum_of(photo)
        found = {sha: each for sha, each in found.items() if sha == own}
    for sha, (name, about) in list(found.items())[:MAX_OFFERED]:
        _offer(
            scan,
            photo or picture_at_hand(sha, str(about.get("photo"))),
            pairs,
            name,
            about,
            photo is not None,
        )


def newest_registrations(scan: Scan) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return the newest stored points of each photograph, by its checksum, with what is noted beside them."""
    photos: list[RegisteredPhoto] = registered_photos(scan.ds)
    notes = scan.ds.all_attributes(each.points for each in photos if each.points is not None)
    ordered = sorted(notes.items(), key=lambda item: str(item[1].get("created")), reverse=True)
    newest: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for name, about in ordered:
        if about.get("photo_sha256"):
            newest.setdefault(str(about["photo_sha256"]), (name, about))
    return newest


def _offer(
    scan: Scan,
    photo: Path | None,
    pairs: PointPairs,
    name: str,
    about: Mapping[str, Any],
    is_chosen: bool,
) -> None:
    title = escaped(about.get("photo") or name)
    message = _("This photograph is registered on this scan already.")
    if not is_chosen:
        message = _("{photo} is registered on this scan already.").format(photo=title)
    with suppress(ValueError):  # a date that another program wrote
        day = date_in_words(datetime.datetime.fromisoformat(str(about.get("created"))))
        message = _("This photograph is registered on this scan already, since {day}.").format(day=day)
        if not is_chosen:
            message = _("{photo} is registered on this scan already, since {day}.").format(
                photo=title, day=day
            )
    key = "stored-points" if is_chosen else f"stored-points-{name}"
    with st.container(border=True, key=f"{key}-box"):
        st.markdown(f"**{message}**")
        if photo is None:
            st.caption(_("Choose this photograph to continue with its points."))
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                _("Continue with its points"),
                icon=":material/history:",
                key=key,
                on_click=_continue,
                args=(scan, photo, pairs, name),
            )
            st.page_link("pages/compare.py", label=_("Compare it with the maps"), icon=":material/compare:")


def _continue(scan: Scan, photo: Path, pairs: PointPairs, name: str) -> None:
    choice().photo = str(photo)
    page = scan.ds.attributes(name, latest=False).get("photo_page")
    choice().photo_page = None if page is None else int(page)
    load_stored(scan, photo, pairs, name)


def picture_at_hand(sha256: str, name: str) -> Path | None:
    """Return the photograph with this checksum, if a file of its name is at hand."""
    for path in library.pictures(*PICTURE_ENDINGS):
        with suppress(OSError):  # removed meanwhile
            if path.name == name and checksum_of(path) == sha256:
                return path
    return None


def checksum_of(path: Path) -> str:
    """Return the SHA-256 of a file, computed once for each of its states."""
    return _cached_checksum(str(path), path.stat().st_mtime_ns)


@st.cache_data(max_entries=50, show_spinner=False)
def _cached_checksum(path: str, changed: int) -> str:
    del changed  # part of the cache key
    return checksum(path)


def load_stored(scan: Scan, photo: Path, pairs: PointPairs, name: str) -> None:
    """Set the points of a stored registration; an error is shown for a moment.

    Parameters
    ----------
    scan : Scan
    photo : Path
    pairs : PointPairs
        Changed in place.
    name : str
        Of the array with the points, exact.
    """
    try:
        points = scan.ds.read(name, latest=False)
        if points.ndim != 3 or points.shape[1:] != (2, 2):
            raise RegistrationError(_("This array does not hold pairs of points."))
        about = scan.ds.attributes(name, latest=False)
        set_loaded_points(
            scan, photo, pairs, PointsFile(points[:, 0], points[:, 1], "datastack", about=about)
        )
    except MaxrfError as error:
        show_briefly(error)

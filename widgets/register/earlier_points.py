"""Points of another photograph, shown faintly in both pictures and offered for one of the same size."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from maxrf_core.errors import MaxrfError
from maxrf_core.registration.photo_transform import transform_of_points
from maxrf_core.registration.points_io import PointsFile
from widgets.register.inspector import Pictures
from widgets.register.photographs import size_of
from widgets.register.point_picker import Picture
from widgets.register.points_check import set_loaded_points
from widgets.register.stored_points import checksum_of, newest_registrations
from widgets.session.choice import choice
from widgets.session.language import _
from widgets.session.markdown import escaped, show_briefly
from widgets.session.point_pairs import MAX_PAIRS, MIN_PAIRS, Point, PointPairs, Side, is_placed
from widgets.session.scan import Scan

_REMEMBERED = "points-of-the-photograph-before"
MAX_OFFERED = 3


@dataclass(frozen=True, eq=False)
class _Earlier:
    """Points of another photograph.

    Attributes
    ----------
    title : str
        Name of that photograph.
    size : (width, height)
        Of that photograph.
    points : PointsFile
    """

    title: str
    size: tuple[int, int]
    points: PointsFile


@dataclass(frozen=True)
class _Remembered:
    """Points that were placed on this page, with their photograph."""

    stack: str
    photo: str
    page: int | None
    size: tuple[int, int]
    src: tuple[Point, ...]
    dst: tuple[Point, ...]
    about: dict[str, Any]

    def is_of(self, photo: Path) -> bool:
        """Return True if they are the points of the photograph that is shown."""
        return (self.photo, self.page) == (str(photo), choice().photo_page)


def remember_points(scan: Scan, photo: Path, pairs: PointPairs) -> None:
    """Remember the points of a photograph, to be offered for the next one."""
    src, dst = pairs.placed()
    if len(src) < MIN_PAIRS:
        return
    view, page = choice().photo_view, choice().photo_page
    about = {"mirrored": view.mirrored, "turned": 90 * (view.turns % 4), "photo": photo.name}
    with suppress(MaxrfError):  # shown where the photograph is read
        st.session_state[_REMEMBERED] = _Remembered(
            scan.identifier, str(photo), page, size_of(photo), tuple(src), tuple(dst), about
        )


def with_earlier(scan: Scan, photo: Path | None, pairs: PointPairs, pictures: Pictures) -> Pictures:
    """Return the pictures with the points of another photograph drawn faintly; `offer_earlier` says whose.

    They are shown until the first point is set in the photograph; there only if it has the same size.

    Parameters
    ----------
    scan : Scan
    photo : Path, optional
    pairs : PointPairs
    pictures : dict
        By side, ``src`` and ``dst``: what returns a picture, and its look.
    """
    shown = _shown(scan, photo, pairs)
    return {
        side: (partial(_with_ghosts, picture, shown[side]) if side in shown else picture, look)
        for side, (picture, look) in pictures.items()
    }


def offer_earlier(scan: Scan, photo: Path | None, pairs: PointPairs) -> None:
    """Say whose points are shown faintly; offer those of photographs of the same size if none is set yet.

    Parameters
    ----------
    scan : Scan
    photo : Path, optional
    pairs : PointPairs
        Changed in place.
    """
    if _shown(scan, photo, pairs):
        title = escaped(_earlier(scan, photo)[0].title)
        st.caption(
            _("Faint rings: the points of {photo}.").format(photo=title),
            help=_(
                "Where the points of an earlier registration lie. They are no points of this photograph yet."
            ),
        )
    if photo is None or any(map(is_placed, pairs.src)):
        return
    same = [each for each in _earlier(scan, photo) if each.size == size_of(photo)]
    for number, each in enumerate(same[:MAX_OFFERED]):
        with st.container(border=True, key=f"earlier-points-{number}-box"):
            title = escaped(each.title)
            st.markdown(
                "**" + _("This photograph has the same size as {photo}.").format(photo=title) + "** "
                + _("If nothing was moved between the two, its points hold here too.")
            )  # fmt: skip
            st.button(
                _("Use the points of {photo}").format(photo=title),
                icon=":material/content_copy:",
                key=f"earlier-points-{number}",
                on_click=_take,
                args=(scan, photo, pairs, each.points),
                help=_("Undo takes them away again. Check them with the overlay."),
            )


def _shown(scan: Scan, photo: Path | None, pairs: PointPairs) -> dict[Side, list[Point]]:
    """Return the points of another photograph that are drawn faintly, by side."""
    if any(map(is_placed, pairs.src)):
        return {}
    shown: dict[Side, list[Point]] = {}
    for first in _earlier(scan, photo)[:1]:
        if not any(map(is_placed, pairs.dst)):
            shown["dst"] = first.points.dst.tolist()
        if photo is not None and first.size == size_of(photo):
            shown["src"] = first.points.src.tolist()
    return shown


def _take(scan: Scan, photo: Path, pairs: PointPairs, points: PointsFile) -> None:
    try:
        set_loaded_points(scan, photo, pairs, points)
    except MaxrfError as error:
        show_briefly(error)


def _with_ghosts(picture: Callable[[], Picture], ghosts: list[Point]) -> Picture:
    return replace(picture(), ghosts=tuple((x, y) for x, y in ghosts))


def _earlier(scan: Scan, photo: Path | None) -> list[_Earlier]:
    """Return the points of other photographs: first those placed just now, then those stored, newest first.

    Of a photograph whose own registration is stored none are returned: that is offered.
    """
    stored, found = newest_registrations(scan), []
    own = None if photo is None else checksum_of(photo)
    if own in stored:
        return []
    now: _Remembered | None = st.session_state.get(_REMEMBERED)
    if now is not None and photo is not None and now.stack == scan.identifier and not now.is_of(photo):
        found.append(_Earlier(Path(now.photo).name, now.size, _as_file(now)))
    for name, about in stored.values():
        with suppress(MaxrfError):  # points of another program, or a photograph of unknown size
            placed = transform_of_points(scan.ds, name)
            if len(placed.src) <= MAX_PAIRS:
                height, width = placed.photo_shape
                points = PointsFile(placed.src, placed.dst, "datastack", about=dict(about))
                found.append(_Earlier(placed.photo_name, (width, height), points))
    titles = [each.title for each in found]
    return [each for number, each in enumerate(found) if each.title not in titles[:number]]


def _as_file(now: _Remembered) -> PointsFile:
    about = {**now.about, "photo_shape": [now.size[1], now.size[0]]}
    with suppress(OSError):  # removed meanwhile
        about["photo_sha256"] = checksum_of(Path(now.photo))
    return PointsFile(np.array(now.src), np.array(now.dst), "json", about=about)

"""The other place at which a photograph fits equally well: drawn in both pictures, and offered.

*A* is the best place that *Refine* or *Propose* has found, *B* its rival. Only a person knows which is right.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
import streamlit as st

from maxrf_core.autoalign.clicked_place import ClickedPlace
from maxrf_core.autoalign.propose import Proposal, four_points
from maxrf_core.autoalign.refine import Refinement
from maxrf_core.autoalign.rivals import Rival
from maxrf_core.language import Note
from maxrf_core.transform.coordinates import View
from maxrf_core.transform.extents import outer_corners_of
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.plane_transform import view_of
from widgets.register.inspector import Pictures
from widgets.register.place_outlines import PlaceOutline
from widgets.register.point_picker import Picture
from widgets.register.view_settings import turn_look
from widgets.session.choice import Help, choice
from widgets.session.language import _, marked, translated
from widgets.session.markdown import escaped
from widgets.session.point_pairs import Point, PointPairs, Side

Letter = Literal["A", "B"]
_NAMES: dict[Letter, str] = {"A": "best", "B": "rival"}  # in what is stored
_CHOSEN: dict[Letter, str] = {
    "A": marked("You have chosen A, though the photograph fits equally well {where}. Check each point."),
    "B": marked("You have chosen B ({where}), not the best place that was found. Check each point."),
}
AllPoints = tuple[tuple[Point | None, ...], tuple[Point | None, ...]]
_PLACES = "two-places"
_BUTTONS: dict[Letter, str] = {"A": marked("Put the points at A"), "B": marked("Put the points at B")}


@dataclass(frozen=True, eq=False)
class _Place:
    """One of two places.

    Attributes
    ----------
    transform : Homography
        From photograph to map.
    points : tuple
        All pairs if it is taken.
    view : View
        In which the photograph is then shown.
    """

    transform: Homography
    points: AllPoints
    view: View


@dataclass(frozen=True, eq=False)
class _TwoPlaces:
    """Two places between which comparing the pictures cannot decide."""

    photo: Path
    map_shape: tuple[int, int]
    step: Literal["proposed", "refined"]
    record: Mapping[str, Any]
    rival: Rival
    found_at: AllPoints
    places: Mapping[Letter, _Place]

    def taken(self, points: AllPoints) -> Letter | None:
        """Return the place at which points lie, None if at neither."""
        return next((letter for letter, place in self.places.items() if place.points == points), None)

    def is_of(self, photo: Path | None, points: AllPoints) -> bool:
        """Return True while the points are those with which the places were found, or of one of them."""
        return photo == self.photo and (points == self.found_at or self.taken(points) is not None)


def remember_proposal(
    photo: Path, photo_shape: tuple[int, int], map_shape: tuple[int, int], found: Proposal
) -> None:
    """Remember the two places of a proposal that is not sure for that reason.

    Parameters
    ----------
    photo : Path
    photo_shape, map_shape : (height, width)
    found : Proposal
    """
    st.session_state[_PLACES] = None
    if found.rival is None:
        return
    best = _Place(found.transform, _as_points(found.src, found.dst), found.view)
    other = found.rival.transform
    rival = _Place(other, _as_points(*four_points(other, photo_shape, map_shape)), view_of(other, map_shape))
    st.session_state[_PLACES] = _TwoPlaces(
        photo, map_shape, "proposed", found.record, found.rival, best.points, {"A": best, "B": rival}
    )


def remember_refinement(
    photo: Path, map_shape: tuple[int, int], pairs: PointPairs, numbers: list[int], found: Refinement | None
) -> bool:
    """Remember the two places for which *Refine* has kept the points; return True if there are two.

    Parameters
    ----------
    photo : Path
    map_shape : (height, width)
    pairs : PointPairs
    numbers : list of int
        The index of each refined pair.
    found : Refinement or None
    """
    st.session_state[_PLACES] = None
    if found is None or found.rival is None:
        return False
    rival, view = found.rival, choice().photo_view

    def moved(transform: Homography) -> _Place:
        dst = list(pairs.dst)
        for number, (x, y) in zip(numbers, transform.apply(found.src).tolist(), strict=True):
            dst[number] = (x, y)
        return _Place(transform, (tuple(pairs.src), tuple(dst)), view)

    st.session_state[_PLACES] = _TwoPlaces(
        photo, map_shape, "refined", found.record, rival, pairs.all_points(),
        {"A": moved(rival.best), "B": moved(rival.transform)},
    )  # fmt: skip
    return True


def with_places(photo: Path | None, pairs: PointPairs, pictures: Pictures) -> Pictures:
    """Return the pictures with both places drawn in them, while their choice is open.

    In the photograph the outlines are the map's border, in the map they surround the points.

    Parameters
    ----------
    photo : Path, optional
    pairs : PointPairs
    pictures : dict
        By side, ``src`` and ``dst``: what returns a picture, and its look.
    """
    two = _open_choice(photo, pairs)
    if two is None:
        return pictures
    taken = two.taken(pairs.all_points())
    ghosts = _points_elsewhere(two, taken, pairs)
    return {
        side: (partial(_with_outlines, picture, _outlines(two, side, pairs), ghosts[side]), look)
        for side, (picture, look) in pictures.items()
    }


def follow_place(pairs: PointPairs) -> None:
    """Mirror the photograph as at the place at which undo or redo has put the points.

    Call it before the page shows anything.
    """
    two: _TwoPlaces | None = st.session_state.get(_PLACES)
    taken = None if two is None else two.taken(pairs.all_points())
    if two is not None and taken is not None:
        view = two.places[taken].view
        if view.mirrored != choice().photo_view.mirrored:
            turn_look("photo", view)


def offer_places(photo: Path | None, pairs: PointPairs) -> None:
    """Say what both outlines are, and show the buttons that put the points at one of the places.

    Parameters
    ----------
    photo : Path, optional
    pairs : PointPairs
        Changed in place.
    """
    two = _open_choice(photo, pairs)
    if two is None:
        return
    taken = two.taken(pairs.all_points())
    with st.container(border=True, key="two-places", gap="xsmall"):
        words = _(
            "**A**, solid line: the best place that was found. **B**, dashed line: the photograph fits "
            "equally well {where}."
        ).format(where=escaped(translated(two.rival.where)))
        if taken is None:
            words += " " + _distances(ClickedPlace.of(two.rival, *pairs.placed()))
        st.markdown(
            words,
            help=_(
                "In the map the lines surround the points. In the photograph they are the border of the map, "
                "which moves the other way. Comparing the pictures cannot tell which place is right: if you "
                "know it, choose it, then check each point on something that occurs only once."
            ),
        )
        with st.container(horizontal=True, gap="small"):
            for letter, title in _BUTTONS.items():
                st.button(
                    _(title),
                    key=f"take-place-{letter}",
                    disabled=letter == taken,
                    on_click=_take,
                    args=(two, letter, pairs),
                    help=_("Undo takes it back."),
                )


def _distances(clicked: ClickedPlace) -> str:
    words = _("The points are {best:.1f} map pixels from A and {rival:.1f} from B.")
    told = words.format(best=clicked.best, rival=clicked.rival)
    if clicked.is_best:
        return f"{told} " + _("So they agree with A.")
    if clicked.is_rival:
        return f"{told} " + _("So they agree with B.")
    return told


def _open_choice(photo: Path | None, pairs: PointPairs) -> _TwoPlaces | None:
    two: _TwoPlaces | None = st.session_state.get(_PLACES)
    return two if two is not None and two.is_of(photo, pairs.all_points()) else None


def _take(two: _TwoPlaces, letter: Letter, pairs: PointPairs) -> None:
    """Put the points at a place, and remember that a person has chosen it."""
    place = two.places[letter]
    pairs.replace(*(list(points) for points in place.points))
    turn_look("photo", place.view)
    sentence = Note(_CHOSEN[letter], where=two.rival.where)
    chosen = {"place": _NAMES[letter], "where": str(two.rival.where), "sentence": sentence}
    record: dict[str, Any] = {two.step: {**two.record, "chosen_by_user": chosen}}
    choice().help = Help("chosen", sentence, False, pairs.all_points(), record)


def _outlines(two: _TwoPlaces, side: Side, pairs: PointPairs) -> tuple[PlaceOutline, ...]:
    border = outer_corners_of(two.map_shape)
    found = []
    for letter, place in two.places.items():
        if side == "src":
            corners = place.transform.inverse().apply(border)
        else:
            on_map = place.transform.apply(np.array(pairs.placed()[0], dtype=np.float64))
            corners = cv2.convexHull(on_map.astype(np.float32))[:, 0]
        found.append(PlaceOutline(letter, corners, letter == "B"))
    return tuple(found)


def _points_elsewhere(
    two: _TwoPlaces, taken: Letter | None, pairs: PointPairs
) -> dict[Side, tuple[Point, ...]]:
    """Return where the points would be on the map at the other place, by side."""
    if taken is None:
        return {"src": (), "dst": ()}
    other = two.places["A" if taken == "B" else "B"].transform
    places = other.apply(np.array(pairs.placed()[0], dtype=np.float64))
    return {"src": (), "dst": tuple((x, y) for x, y in places.tolist())}


def _with_outlines(
    picture: Callable[[], Picture], outlines: tuple[PlaceOutline, ...], ghosts: tuple[Point, ...]
) -> Picture:
    return replace(picture(), outlines=outlines, ghosts=ghosts)


def _as_points(src: np.ndarray, dst: np.ndarray) -> AllPoints:
    one, other = (tuple((x, y) for x, y in points.tolist()) for points in (src, dst))
    return one, other

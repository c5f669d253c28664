"""Outlines with a letter, drawn in a picture: the places at which a photograph may lie."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from maxrf_core.registration.register import image_to_displayed

BLACK, WHITE = (0, 0, 0), (255, 255, 255)
MAX_COORDINATE = 1e5  # screen pixels, of a corner that is drawn
_DASH, _GAP = 14, 9  # screen pixels
_SHARES = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9)  # of an edge, where the letter is tried
_AWAY = 46  # screen pixels from corners and other letters
_INSET = 18  # screen pixels from the picture's border that the letter needs


@dataclass(frozen=True, eq=False)
class PlaceOutline:
    """A closed line around a place, with its letter.

    Attributes
    ----------
    letter : str
    corners : ndarray, (n, 2)
        In pixels of the picture in which it is drawn.
    is_dashed : bool
        The letter then stands at the lowest edge instead of the highest.
    """

    letter: str
    corners: np.ndarray
    is_dashed: bool = False


def with_outlines(shown: np.ndarray, outlines: Sequence[PlaceOutline], size: tuple[int, int]) -> np.ndarray:
    """Draw outlines: black lines with a white rim, solid or dashed, and their letters.

    Parameters
    ----------
    shown : ndarray, (rows, columns, 3), uint8
        The picture at the size in which it is shown.
    outlines : sequence of PlaceOutline
    size : (int, int)
        Width and height of the picture itself.

    Returns
    -------
    ndarray, (rows, columns, 3), uint8
        A copy where something is drawn.
    """
    if not outlines:
        return shown
    height, width = shown.shape[:2]
    drawn, letters = shown.copy(), []
    taken: list[np.ndarray] = []  # corners, where markers may be, and letters
    for outline in outlines:
        if not np.isfinite(outline.corners).all():
            continue
        places = [image_to_displayed(x, y, width, height, *size) for x, y in outline.corners.tolist()]
        corners = np.array(places, dtype=np.float64)
        if np.abs(corners).max() > MAX_COORDINATE:
            continue
        pieces = _dashes(corners) if outline.is_dashed else [np.vstack([corners, corners[:1]])]
        for colour, thickness in ((WHITE, 5), (BLACK, 2)):
            whole = [np.round(16 * piece).astype(np.int32) for piece in pieces]
            cv2.polylines(drawn, whole, False, colour, thickness, cv2.LINE_AA, 4)
        letters.append((outline, corners))
        taken.append(corners)
    labelled = Image.fromarray(drawn)
    for outline, corners in letters:
        place = _letter_place(corners, (width, height), np.vstack(taken), outline.is_dashed)
        if place is None:
            continue
        taken.append(place[None])
        ImageDraw.Draw(labelled).text(
            tuple(place.tolist()), outline.letter, fill=BLACK, font=ImageFont.load_default(30),
            anchor="mm", stroke_width=4, stroke_fill=WHITE,
        )  # fmt: skip
    return np.asarray(labelled)


def _dashes(corners: np.ndarray) -> list[np.ndarray]:
    """Cut a closed line into dashes, each edge by itself."""
    pieces = []
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        length = float(np.hypot(*(end - start)))
        for at in np.arange(0, length, _DASH + _GAP):
            shares = np.array([at, min(at + _DASH, length)]) / length
            pieces.append(start + shares[:, None] * (end - start))
    return pieces


def _letter_place(
    corners: np.ndarray, size: tuple[int, int], taken: np.ndarray, is_low: bool
) -> np.ndarray | None:
    """Return where the letter is written: on an edge, inside the picture, away from places that are taken.

    The middle of the highest or the lowest edge that allows it is preferred.
    """
    ends = np.roll(corners, -1, axis=0)
    for share in _SHARES:
        tried = corners + share * (ends - corners)
        inside = (tried > _INSET).all(axis=1) & (tried < np.array(size) - _INSET).all(axis=1)
        away = np.hypot(*np.moveaxis(tried[:, None] - taken, 2, 0)).min(axis=1) > _AWAY
        seen = tried[inside & away]
        if len(seen):
            return seen[seen[:, 1].argmax() if is_low else seen[:, 1].argmin()]
    return None

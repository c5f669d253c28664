"""Roughly where, how large and which way up does a photograph lie over a map?

Both are made so small that only the large forms are left. Then every size, every quarter turn and every flip
is tried at all places, by correlating the edges: with so few pixels that takes half a second.
"""

from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np

from maxrf_core.autoalign.edge_features import edges
from maxrf_core.autoalign.pyramid import averaged_to, shift_by
from maxrf_core.transform.homography import Homography

SIDE = 96  # pixels of the small map along its longer side
SIZES = 0.9 * 1.08 ** np.arange(16)  # longer side of the photograph over that of the map, in one scale
BORDER = 3  # pixels beside the borders whose edges are not used
BEYOND = 0.25  # of the small map's size, by which it may reach beyond the photograph
DIFFERENT = 0.1  # of the map's size, by which guesses differ from one another
BLUR = 1.0


@dataclass(frozen=True, eq=False)
class Guess:
    """A rough transform, without perspective.

    Parameters
    ----------
    transform : Homography
        From photograph to map.
    correlation : float
        Of the edges of the small pictures.
    """

    transform: Homography
    correlation: float


def guesses(photo: np.ndarray, maps: np.ndarray, most: int) -> list[Guess]:
    """Look for a photograph on a map without knowing anything.

    Parameters
    ----------
    photo, maps : ndarray, (height, width, channels), float32
        Levelled, see `levelled`.
    most : int
        How many different guesses to give.

    Returns
    -------
    list of Guess
        The best ones first. Those of a transform that mirrors have a matrix with negative determinant.
    """
    shape = maps.shape[:2]
    small_map, from_map = averaged_to(maps, SIDE)
    template = edges(small_map, BLUR)[BORDER:-BORDER, BORDER:-BORDER]
    found = []
    for size in SIZES:
        if size * SIDE > max(photo.shape[:2]):
            break
        small, from_photo = averaged_to(photo, round(size * SIDE))
        for quarters, mirrored in product(range(4), (False, True)):
            picture, turn = turned(small, quarters, mirrored)
            place, correlation = _best_place(picture, template)
            onto = from_map.inverse() @ shift_by(*-place) @ turn @ from_photo
            found.append(Guess(onto, correlation))
    found.sort(key=lambda guess: -guess.correlation)
    return _different(found, shape, most)


def turned(picture: np.ndarray, quarters: int, mirrored: bool) -> tuple[np.ndarray, Homography]:
    """Flip a picture left to right, or not, then turn it counter-clockwise; and tell where its pixels go.

    Parameters
    ----------
    picture : ndarray, (height, width, ...)
    quarters : int
        Quarter turns, 0 or more.
    mirrored : bool

    Returns
    -------
    picture : ndarray
        Contiguous.
    turn : Homography
        From the pixels of the one to those of the other.
    """
    turn = Homography(np.eye(3))
    if mirrored:
        turn = Homography(np.array([[-1, 0, picture.shape[1] - 1], [0, 1, 0], [0, 0, 1]]))
        picture = picture[:, ::-1]
    for _ in range(quarters):
        turn = Homography(np.array([[0, 1, 0], [-1, 0, picture.shape[1] - 1], [0, 0, 1]])) @ turn
        picture = np.rot90(picture)
    return np.ascontiguousarray(picture), turn


def _best_place(picture: np.ndarray, template: np.ndarray) -> tuple[np.ndarray, float]:
    """Find where the map's first pixel lies in the picture, and how well the edges correlate there."""
    strengths = edges(picture, BLUR)
    strengths[:BORDER] = strengths[-BORDER:] = 0
    strengths[:, :BORDER] = strengths[:, -BORDER:] = 0
    least = round(BEYOND * SIDE)
    rows, columns = (
        max(0, wanted - given) // 2 + least
        for wanted, given in zip(template.shape[:2], picture.shape[:2], strict=True)
    )
    padded = cv2.copyMakeBorder(strengths, rows, rows, columns, columns, cv2.BORDER_CONSTANT)
    surface = np.nan_to_num(cv2.matchTemplate(padded, template, cv2.TM_CCOEFF_NORMED), posinf=0, neginf=0)
    y, x = np.unravel_index(int(surface.argmax()), surface.shape)
    return np.array([x - columns - BORDER, y - rows - BORDER], dtype=np.float64), float(surface[y, x])


def _different(found: list[Guess], shape: tuple[int, ...], most: int) -> list[Guess]:
    """Leave out guesses that say almost the same as a better one."""
    kept: list[Guess] = []
    corners = np.array([[0, 0], [shape[1] - 1, 0], [0, shape[0] - 1]], dtype=np.float64)
    for guess in found:
        there = guess.transform.inverse().apply(corners)
        differences = [np.abs(each.transform.apply(there) - corners).max() for each in kept]
        if min(differences, default=np.inf) > DIFFERENT * max(shape[:2]):
            kept.append(guess)
        if len(kept) == most:
            break
    return kept

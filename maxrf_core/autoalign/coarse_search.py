"""Coarse search for the position, scale and orientation of a photograph on a map.

Both are reduced to a size that shows large shapes only. Then every scale, quarter turn and flip is tried at
all positions by correlating the edges, which takes half a second with so few pixels.
"""

from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np

from maxrf_core.autoalign.edge_features import edges
from maxrf_core.autoalign.pyramid import BORDER, shrink, translation
from maxrf_core.transform.homography import Homography

SIDE = 96  # pixels of the small map along its longer side
SIZES = 0.9 * 1.08 ** np.arange(16)  # longer side of the photograph over that of the map, at the same scale
MAX_OVERHANG = 0.25  # share of the small map that may lie beyond the photograph
MIN_DIFFERENCE = 0.1  # of the map's size, between two guesses
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


def find_guesses(photo: np.ndarray, maps: np.ndarray, max_count: int) -> list[Guess]:
    """Return rough transforms from a photograph to a map, without prior knowledge.

    Parameters
    ----------
    photo, maps : ndarray, (height, width, channels), float32
        In units of their noise, see `normalise_noise`.
    max_count : int
        Number of different guesses to return at most.

    Returns
    -------
    list of Guess
        The best first. A transform that mirrors has a matrix with negative determinant.
    """
    shape = maps.shape[:2]
    small_map, from_map = shrink(maps, SIDE)
    template = edges(small_map, BLUR)[BORDER:-BORDER, BORDER:-BORDER]
    found = []
    for size in SIZES:
        if size * SIDE > max(photo.shape[:2]):
            break
        small, from_photo = shrink(photo, round(size * SIDE))
        for quarters, mirrored in product(range(4), (False, True)):
            picture, turn = rotate(small, quarters, mirrored)
            place, correlation = _best_place(picture, template)
            onto = from_map.inverse() @ translation(*-place) @ turn @ from_photo
            found.append(Guess(onto, correlation))
    found.sort(key=lambda guess: -guess.correlation)
    return different(found, shape, max_count)


def rotate(picture: np.ndarray, quarters: int, mirrored: bool) -> tuple[np.ndarray, Homography]:
    """Flip a picture left to right, or not, then turn it counter-clockwise; return the transform too.

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
        From the pixels of the old picture to those of the new one.
    """
    turn = Homography(np.eye(3))
    if mirrored:
        turn = Homography(np.array([[-1, 0, picture.shape[1] - 1], [0, 1, 0], [0, 0, 1]]))
        picture = picture[:, ::-1]
    for _ in range(quarters):
        turn = Homography(np.array([[0, 1, 0], [-1, 0, picture.shape[1] - 1], [0, 0, 1]])) @ turn
        picture = np.rot90(picture)
    return np.ascontiguousarray(picture), turn


def different(found: list[Guess], shape: tuple[int, ...], max_count: int) -> list[Guess]:
    """Drop guesses that nearly equal a better one.

    Parameters
    ----------
    found : list of Guess
        The best first.
    shape : (height, width)
        Of the map, in its pixels.
    max_count : int
        Number of guesses to return at most.

    Returns
    -------
    list of Guess
    """
    kept: list[Guess] = []
    corners = np.array([[0, 0], [shape[1] - 1, 0], [0, shape[0] - 1]], dtype=np.float64)
    for guess in found:
        there = guess.transform.inverse().apply(corners)
        differences = [np.abs(each.transform.apply(there) - corners).max() for each in kept]
        if min(differences, default=np.inf) > MIN_DIFFERENCE * max(shape[:2]):
            kept.append(guess)
        if len(kept) == max_count:
            break
    return kept


def _best_place(picture: np.ndarray, template: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the position of the map's first pixel in the picture, and the correlation of the edges there."""
    strengths = edges(picture, BLUR)
    strengths[:BORDER] = strengths[-BORDER:] = 0
    strengths[:, :BORDER] = strengths[:, -BORDER:] = 0
    least = round(MAX_OVERHANG * SIDE)
    rows, columns = (
        max(0, wanted - given) // 2 + least
        for wanted, given in zip(template.shape[:2], picture.shape[:2], strict=True)
    )
    padded = cv2.copyMakeBorder(strengths, rows, rows, columns, columns, cv2.BORDER_CONSTANT)
    surface = np.nan_to_num(cv2.matchTemplate(padded, template, cv2.TM_CCOEFF_NORMED), posinf=0, neginf=0)
    y, x = np.unravel_index(int(surface.argmax()), surface.shape)
    return np.array([x - columns - BORDER, y - rows - BORDER], dtype=np.float64), float(surface[y, x])

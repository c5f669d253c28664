"""Which transform do distinctive spots of two pictures vote for, wherever they are?

Spots are found and described by SIFT (Lowe 2004, Int. J. Comput. Vis. 60, 91), which knows neither how large
nor how turned a picture is, but does know dark from bright and left from right.
"""

from dataclasses import dataclass

import cv2
import numpy as np

MOST_SPOTS = 1500
LEAST_CONTRAST = 0.02  # half of OpenCV's: maps are faint
LEAST_EDGE = 15.0
DISTINCT = 0.95  # distance to the best spot over that to the second best
NEAR = 0.04  # of the picture's size: so close do spots follow the shift, turn and scale of one of them
ALIKE = 0.5  # logarithm of the ratio, and angle, by which their scales and turns may differ


@dataclass(frozen=True, eq=False)
class Spots:
    """Distinctive spots of a picture.

    Parameters
    ----------
    places : ndarray, (n,), complex128
        x + iy in pixels.
    frames : ndarray, (n,), complex128
        The size of each as absolute value, its direction as angle.
    descriptions : ndarray, (n, 128), float32
        Of length 1.
    """

    places: np.ndarray
    frames: np.ndarray
    descriptions: np.ndarray


@dataclass(frozen=True, eq=False)
class Pairs:
    """Spots of one picture and the spots of another that look most like them.

    Parameters
    ----------
    places, onto : ndarray, (n,), complex128
        x + iy in pixels, in the one and in the other picture.
    turns : ndarray, (n,), complex128
        From the one's frame to the other's: ratio of sizes and difference of directions.
    """

    places: np.ndarray
    onto: np.ndarray
    turns: np.ndarray

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, which: np.ndarray) -> "Pairs":
        return Pairs(self.places[which], self.onto[which], self.turns[which])


def spots_of(picture: np.ndarray) -> Spots:
    """Find the distinctive spots of a picture.

    Parameters
    ----------
    picture : ndarray, (height, width), uint8

    Returns
    -------
    Spots
        The same for the same picture; the descriptions are compared as Arandjelović & Zisserman (2012, CVPR)
        do, by the roots of their numbers.
    """
    finder = cv2.SIFT_create(  # type: ignore[attr-defined]
        nfeatures=MOST_SPOTS, contrastThreshold=LEAST_CONTRAST, edgeThreshold=LEAST_EDGE
    )
    found, descriptions = finder.detectAndCompute(picture, None)
    if descriptions is None:
        descriptions = np.empty((0, 128), dtype=np.float32)
    sums = np.maximum(descriptions.sum(axis=1, keepdims=True), 1e-9)
    return Spots(
        np.array([complex(*spot.pt) for spot in found], dtype=np.complex128),
        np.array([spot.size * np.exp(1j * np.radians(spot.angle)) for spot in found], dtype=np.complex128),
        np.sqrt(descriptions / sums),
    )


def pairs_of(one: Spots, other: Spots) -> Pairs:
    """Pair the spots of two pictures that look most like each other, and clearly more so than any other.

    Parameters
    ----------
    one, other : Spots

    Returns
    -------
    Pairs
    """
    if min(len(one.places), len(other.places)) < 2:
        return Pairs(one.places[:0], other.places[:0], one.frames[:0])
    likeness = one.descriptions @ other.descriptions.T
    best = likeness.argmax(axis=1)
    mutual = likeness.argmax(axis=0)[best] == np.arange(len(best))
    second, first = np.partition(likeness, -2, axis=1)[:, -2:].T
    distinct = np.sqrt(np.maximum(1 - first, 0)) < DISTINCT * np.sqrt(np.maximum(1 - second, 0))
    kept = np.flatnonzero(mutual & distinct)
    onto = best[kept]
    return Pairs(one.places[kept], other.places[onto], other.frames[onto] / one.frames[kept])


def most_agreed(pairs: Pairs, size: float) -> Pairs:
    """Find the pairs that follow one shift, turn and scale.

    Each pair proposes its own, from its two frames, and the others vote: so a few right ones among very many
    wrong ones are found, and always the same.

    Parameters
    ----------
    pairs : Pairs
    size : float
        Of the second picture, in pixels.

    Returns
    -------
    Pairs
        Those that voted for the proposal with most votes.
    """
    shifts = pairs.onto - pairs.turns * pairs.places
    best = np.zeros(len(pairs), dtype=bool)
    for turn, shift in zip(pairs.turns, shifts, strict=True):
        near = np.abs(turn * pairs.places + shift - pairs.onto) < NEAR * size
        agreeing = near & (np.abs(np.log(pairs.turns / turn)) < ALIKE)
        if agreeing.sum() > best.sum():
            best = agreeing
    return pairs[best]

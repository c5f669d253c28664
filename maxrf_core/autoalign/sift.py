"""Keypoints of two pictures and the similarity transform they agree on.

Keypoints are detected and described by SIFT (Lowe 2004, Int. J. Comput. Vis. 60, 91), which is invariant to
scale and rotation, but not to inverted brightness or mirroring.
"""

from dataclasses import dataclass

import cv2
import numpy as np

MAX_KEYPOINTS = 1500
MIN_CONTRAST = 0.02  # half of OpenCV's default: maps are faint
EDGE_THRESHOLD = 15.0
MAX_DISTANCE_RATIO = 0.95  # descriptor distance to the best keypoint over that to the second best
POSITION_TOLERANCE = 0.04  # residual of a consensus, over the picture's size
FRAME_TOLERANCE = 0.5  # difference of log scale and angle (rad) within a consensus


@dataclass(frozen=True, eq=False)
class Keypoints:
    """SIFT keypoints of a picture.

    Parameters
    ----------
    places : ndarray, (n,), complex128
        x + iy in pixels.
    frames : ndarray, (n,), complex128
        Size as absolute value, direction as angle.
    descriptors : ndarray, (n, 128), float32
        Of norm 1.
    """

    places: np.ndarray
    frames: np.ndarray
    descriptors: np.ndarray


@dataclass(frozen=True, eq=False)
class KeypointMatches:
    """Keypoints of one picture and the most similar ones of another.

    Parameters
    ----------
    places, onto : ndarray, (n,), complex128
        x + iy in pixels, in the first and in the second picture.
    turns : ndarray, (n,), complex128
        Ratio of sizes and difference of directions from the first to the second keypoint.
    """

    places: np.ndarray
    onto: np.ndarray
    turns: np.ndarray

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, which: np.ndarray) -> "KeypointMatches":
        return KeypointMatches(self.places[which], self.onto[which], self.turns[which])


def detect_keypoints(picture: np.ndarray) -> Keypoints:
    """Detect the keypoints of a picture.

    Parameters
    ----------
    picture : ndarray, (height, width), uint8

    Returns
    -------
    Keypoints
        The same for the same picture; with RootSIFT descriptors (Arandjelović & Zisserman 2012, CVPR).
    """
    finder = cv2.SIFT_create(  # type: ignore[attr-defined]
        nfeatures=MAX_KEYPOINTS, contrastThreshold=MIN_CONTRAST, edgeThreshold=EDGE_THRESHOLD
    )
    found, descriptors = finder.detectAndCompute(picture, None)
    if descriptors is None:
        descriptors = np.empty((0, 128), dtype=np.float32)
    sums = np.maximum(descriptors.sum(axis=1, keepdims=True), 1e-9)
    return Keypoints(
        np.array([complex(*spot.pt) for spot in found], dtype=np.complex128),
        np.array([spot.size * np.exp(1j * np.radians(spot.angle)) for spot in found], dtype=np.complex128),
        np.sqrt(descriptors / sums),
    )


def match_keypoints(one: Keypoints, other: Keypoints) -> KeypointMatches:
    """Match keypoints of two pictures that are each other's most similar, by a clear margin.

    Parameters
    ----------
    one, other : Keypoints

    Returns
    -------
    KeypointMatches
    """
    if min(len(one.places), len(other.places)) < 2:
        return KeypointMatches(one.places[:0], other.places[:0], one.frames[:0])
    likeness = one.descriptors @ other.descriptors.T
    best = likeness.argmax(axis=1)
    mutual = likeness.argmax(axis=0)[best] == np.arange(len(best))
    second, first = np.partition(likeness, -2, axis=1)[:, -2:].T
    distinct = np.sqrt(np.maximum(1 - first, 0)) < MAX_DISTANCE_RATIO * np.sqrt(np.maximum(1 - second, 0))
    kept = np.flatnonzero(mutual & distinct)
    onto = best[kept]
    return KeypointMatches(one.places[kept], other.places[onto], other.frames[onto] / one.frames[kept])


def largest_consensus(pairs: KeypointMatches, size: float) -> KeypointMatches:
    """Return the largest set of matches that follow one shift, rotation and scale.

    Each match proposes its own similarity transform from its two frames, and the matches that follow it are
    counted: this finds a few right ones among very many wrong ones, always the same.

    Parameters
    ----------
    pairs : KeypointMatches
    size : float
        Size of the second picture, in pixels.

    Returns
    -------
    KeypointMatches
        Those of the proposal with most followers.
    """
    shifts = pairs.onto - pairs.turns * pairs.places
    best = np.zeros(len(pairs), dtype=bool)
    for turn, shift in zip(pairs.turns, shifts, strict=True):
        near = np.abs(turn * pairs.places + shift - pairs.onto) < POSITION_TOLERANCE * size
        agreeing = near & (np.abs(np.log(pairs.turns / turn)) < FRAME_TOLERANCE)
        if agreeing.sum() > best.sum():
            best = agreeing
    return pairs[best]

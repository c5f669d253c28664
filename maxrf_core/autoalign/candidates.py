"""Which transforms from photograph to maps are worth trying, when nothing is known?"""

from collections.abc import Iterator

import cv2
import numpy as np

from maxrf_core.autoalign.coarse_search import guesses
from maxrf_core.autoalign.edge_features import edges, levelled
from maxrf_core.autoalign.pyramid import averaged_to, colours_of
from maxrf_core.autoalign.sift import Spots, most_agreed, pairs_of, spots_of
from maxrf_core.progress import Progress
from maxrf_core.transform.homography import Homography

LONGEST = 1400  # pixels of the longer side with which spots are looked for
MOST_MAPS = 6  # whose spots are looked for one by one: those that stand out most from their noise
MOST_GUESSES = 4
MOST_FROM_SPOTS = 2
LEAST_PAIRS = 8  # of spots that agree
TOLERANCE = 3.0  # pixels within which they do
VAGUE = 0.05  # of the map's longer side, by which a guess may be off
PRECISE = 0.015  # the same of a transform from spots
BLUR = 0.8  # of maps, whose noise has spots of its own


def candidates(photo: np.ndarray, maps: np.ndarray, report: Progress) -> Iterator[tuple[Homography, float]]:
    """Give transforms to try, the most promising ones first; later ones are looked for when asked for.

    Parameters
    ----------
    photo : ndarray, (height, width) or (height, width, channels)
        Any real numbers.
    maps : ndarray, (height, width, number of maps)
    report : callable
        Takes the fraction done and what is being done.

    Yields
    ------
    transform : Homography
        From photograph to map; its matrix has a negative determinant if it mirrors.
    vagueness : float
        How far it may be off, in map pixels.
    """
    size = max(maps.shape[:2])
    small, from_photo = averaged_to(photo.reshape(*photo.shape[:2], -1), LONGEST)
    small_maps, from_map = averaged_to(maps, LONGEST)
    shown, measured = levelled(colours_of(small)), levelled(small_maps, counts=True)

    def whole(transform: Homography) -> Homography:
        return from_map.inverse() @ transform @ from_photo

    report(0.1, "trying all sizes and turns")
    rough = guesses(shown, measured, MOST_GUESSES)
    report(0.2, "comparing patches")
    for guess in rough[:1]:
        yield whole(guess.transform), VAGUE * size
    report(0.4, "looking for distinctive spots")
    for transform in _from_spots(shown, measured):
        yield whole(transform), PRECISE * size
    report(0.7, "comparing patches elsewhere")
    for guess in rough[1:]:
        yield whole(guess.transform), VAGUE * size


def _from_spots(photo: np.ndarray, maps: np.ndarray) -> list[Homography]:
    """Find the transforms by which most distinctive spots agree, in whichever pictures, flipped or not."""
    on_maps = [(spots_of(picture), kind) for picture, kind in _pictures_of_maps(maps)]
    found: list[tuple[int, Homography]] = []
    for mirrored in (False, True):
        flip = np.array([[-1, 0, photo.shape[1] - 1], [0, 1, 0], [0, 0, 1]]) if mirrored else np.eye(3)
        seen = np.ascontiguousarray(photo[:, ::-1]) if mirrored else photo
        for picture, kind in _pictures_of_photo(seen):
            spots = spots_of(picture)
            for others, kind_of_map in on_maps:
                if kind == kind_of_map:
                    found += _agreed(spots, others, max(maps.shape[:2]), Homography(flip))
    found.sort(key=lambda each: -each[0])
    return [transform for _, transform in found[:MOST_FROM_SPOTS]]


def _agreed(one: Spots, other: Spots, size: int, flip: Homography) -> list[tuple[int, Homography]]:
    pairs = most_agreed(pairs_of(one, other), size)
    if len(pairs) < LEAST_PAIRS:
        return []
    source, destination = (np.stack([each.real, each.imag], axis=1) for each in (pairs.places, pairs.onto))
    matrix, agreeing = cv2.findHomography(
        source, destination, cv2.USAC_MAGSAC, TOLERANCE, maxIters=5000, confidence=0.999
    )
    if matrix is None or agreeing.sum() < LEAST_PAIRS or not np.linalg.det(matrix) > 0:
        return []
    return [(int(agreeing.sum()), Homography(matrix) @ flip)]


def _pictures_of_photo(photo: np.ndarray) -> Iterator[tuple[np.ndarray, str]]:
    grey = _grey(photo.mean(axis=2))
    yield grey, "brightness"
    yield 255 - grey, "brightness"  # what is dark may be bright on a map
    yield _grey(np.sqrt(edges(photo, 1.0)[:, :, 0])), "edges"


def _pictures_of_maps(maps: np.ndarray) -> Iterator[tuple[np.ndarray, str]]:
    telling = np.argsort(-maps.std(axis=(0, 1)), kind="stable")[:MOST_MAPS]
    for number in np.sort(telling):
        yield _grey(cv2.GaussianBlur(maps[:, :, number], (0, 0), BLUR)), "brightness"
    if maps.shape[2] > 1:
        yield _grey(cv2.GaussianBlur(maps.mean(axis=2), (0, 0), BLUR)), "brightness"
    yield _grey(np.sqrt(edges(maps, 1.0)[:, :, 0])), "edges"


def _grey(picture: np.ndarray) -> np.ndarray:
    lowest, highest = np.percentile(picture, (1, 99.5))
    return (np.clip((picture - lowest) / max(highest - lowest, 1e-9), 0, 1) * 255).astype(np.uint8)

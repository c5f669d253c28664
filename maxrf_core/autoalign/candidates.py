"""Candidate transforms from photograph to maps, without prior knowledge."""

from collections.abc import Iterator

import cv2
import numpy as np

from maxrf_core.autoalign.coarse_search import find_guesses
from maxrf_core.autoalign.edge_features import edges, normalise_noise
from maxrf_core.autoalign.pyramid import colour_channels, shrink
from maxrf_core.autoalign.sift import Keypoints, detect_keypoints, largest_consensus, match_keypoints
from maxrf_core.language import _
from maxrf_core.progress import Progress
from maxrf_core.transform.homography import Homography

MAX_SIDE = 1400  # pixels of the longer side in which keypoints are detected
MAX_MAPS = 6  # maps whose keypoints are detected one by one: those with the strongest signal
MAX_GUESSES = 4
MAX_FROM_KEYPOINTS = 2
MIN_PAIRS = 8  # matched keypoints that agree on a transform
TOLERANCE = 3.0  # pixels, of their residuals
GUESS_UNCERTAINTY = 0.05  # of the map's longer side
KEYPOINT_UNCERTAINTY = 0.015  # the same for a transform from keypoints
BLUR = 0.8  # pixels, of maps: their noise has keypoints too


def candidates(photo: np.ndarray, maps: np.ndarray, report: Progress) -> Iterator[tuple[Homography, float]]:
    """Yield candidate transforms, the most promising first; later ones are computed on demand.

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
    uncertainty : float
        Possible error of the transform, in map pixels.
    """
    size = max(maps.shape[:2])
    small, from_photo = shrink(photo.reshape(*photo.shape[:2], -1), MAX_SIDE)
    small_maps, from_map = shrink(maps, MAX_SIDE)
    shown, measured = normalise_noise(colour_channels(small)), normalise_noise(small_maps, counts=True)

    def whole(transform: Homography) -> Homography:
        return from_map.inverse() @ transform @ from_photo

    report(0.1, _("trying all sizes and turns"))
    rough = find_guesses(shown, measured, MAX_GUESSES)
    report(0.2, _("comparing patches"))
    for guess in rough[:1]:
        yield whole(guess.transform), GUESS_UNCERTAINTY * size
    report(0.4, _("matching distinctive points"))
    for transform in _from_keypoints(shown, measured):
        yield whole(transform), KEYPOINT_UNCERTAINTY * size
    report(0.7, _("comparing patches elsewhere"))
    for guess in rough[1:]:
        yield whole(guess.transform), GUESS_UNCERTAINTY * size


def _from_keypoints(photo: np.ndarray, maps: np.ndarray) -> list[Homography]:
    """Return the transforms with the most matching keypoints, over all pictures, flipped or not."""
    map_keypoints = [(detect_keypoints(picture), kind) for picture, kind in _pictures_of_maps(maps)]
    found: list[tuple[int, Homography]] = []
    for mirrored in (False, True):
        flip = np.array([[-1, 0, photo.shape[1] - 1], [0, 1, 0], [0, 0, 1]]) if mirrored else np.eye(3)
        seen = np.ascontiguousarray(photo[:, ::-1]) if mirrored else photo
        for picture, kind in _pictures_of_photo(seen):
            keypoints = detect_keypoints(picture)
            for others, kind_of_map in map_keypoints:
                if kind == kind_of_map:
                    found += _matched(keypoints, others, max(maps.shape[:2]), Homography(flip))
    found.sort(key=lambda each: -each[0])
    return [transform for _, transform in found[:MAX_FROM_KEYPOINTS]]


def _matched(one: Keypoints, other: Keypoints, size: int, flip: Homography) -> list[tuple[int, Homography]]:
    pairs = largest_consensus(match_keypoints(one, other), size)
    if len(pairs) < MIN_PAIRS:
        return []
    source, destination = (np.stack([each.real, each.imag], axis=1) for each in (pairs.places, pairs.onto))
    matrix, agreeing = cv2.findHomography(
        source, destination, cv2.USAC_MAGSAC, TOLERANCE, maxIters=5000, confidence=0.999
    )
    if matrix is None or agreeing.sum() < MIN_PAIRS or not np.linalg.det(matrix) > 0:
        return []
    return [(int(agreeing.sum()), Homography(matrix) @ flip)]


def _pictures_of_photo(photo: np.ndarray) -> Iterator[tuple[np.ndarray, str]]:
    grey = _grey(photo.mean(axis=2))
    yield grey, "brightness"
    yield 255 - grey, "brightness"  # dark areas may be bright on a map
    yield _grey(np.sqrt(edges(photo, 1.0)[:, :, 0])), "edges"


def _pictures_of_maps(maps: np.ndarray) -> Iterator[tuple[np.ndarray, str]]:
    strongest = np.argsort(-maps.std(axis=(0, 1)), kind="stable")[:MAX_MAPS]
    for number in np.sort(strongest):
        yield _grey(cv2.GaussianBlur(maps[:, :, number], (0, 0), BLUR)), "brightness"
    if maps.shape[2] > 1:
        yield _grey(cv2.GaussianBlur(maps.mean(axis=2), (0, 0), BLUR)), "brightness"
    yield _grey(np.sqrt(edges(maps, 1.0)[:, :, 0])), "edges"


def _grey(picture: np.ndarray) -> np.ndarray:
    lowest, highest = np.percentile(picture, (1, 99.5))
    return (np.clip((picture - lowest) / max(highest - lowest, 1e-9), 0, 1) * 255).astype(np.uint8)

"""Other places, turns and mirror images at which a photograph may fit the maps as well.

Where something repeats, the correlation of the edges of photograph and maps has further peaks beside the one
at the best transform: those of the maps' own autocorrelation. All shifts are tried at once by Fourier
transforms, for the maps as they are, and turned and mirrored.
"""

from itertools import product

import cv2
import numpy as np

from maxrf_core.autoalign.coarse_search import rotate
from maxrf_core.autoalign.pyramid import Level, translation
from maxrf_core.transform.homography import Homography

BLUR = 1.5  # pixels, of the compared edges
MIN_SHIFT = 4.0  # pixels: a nearer peak is the same place
MIN_OVERLAP = 0.5  # of the pixels compared at the best place
MIN_RATIO = 0.4  # of the correlation at the best place
MAX_PEAKS = 60  # places of each turn and mirror image
_AS_IT_IS = ((0, False),)
_TURNS = tuple(product(range(4), (False, True)))[1:]  # quarters, and whether it is mirrored


def rival_places(level: Level, transform: Homography, reach: float, *, turned: bool) -> list[Homography]:
    """Return the transforms next to a given one under which the edges correlate best.

    Parameters
    ----------
    level : Level
        The pictures; the photograph must be kept as far around the map as `reach`.
    transform : Homography
        The best transform known, from photograph to map.
    reach : float
        Distance of the furthest place, in map pixels.
    turned : bool
        Whether turns and mirror images are tried, instead of shifts alone.

    Returns
    -------
    list of Homography
        From photograph to map, the most similar place first; empty if no correlation comes near that of the
        best transform.
    """
    margin = max(1, round(reach * level.from_map.scale_at([0, 0])))
    correlation = _Correlation(*level.photo_edges(transform, margin, BLUR))
    edges = level.map_edges(BLUR)
    scores, overlap = correlation.with_template(edges)
    best, compared = float(scores[margin, margin]), float(overlap[margin, margin])
    found = []
    for quarters, mirrored in _TURNS if turned else _AS_IT_IS:
        template, turn = _turned(edges, quarters, mirrored)
        if turned:
            scores, overlap = correlation.with_template(template)
        scores[overlap < MIN_OVERLAP * compared] = -1
        peaks = _peaks(scores, MIN_RATIO * best)
        if not turned:
            peaks = peaks[np.abs(peaks - margin).max(axis=1) > MIN_SHIFT]
        for y, x in peaks[:MAX_PEAKS]:
            away = turn.inverse() @ translation(margin - x, margin - y)
            onto = level.from_map.inverse() @ away @ level.from_map @ transform
            found.append((float(scores[y, x]), onto))
    found.sort(key=lambda each: -each[0])
    return [place for _score, place in found]


class _Correlation:
    """Normalised correlation of a picture's edges with templates, at all shifts.

    Parameters
    ----------
    picture : ndarray, (height, width, 3), float32
    covered : ndarray, (height, width), bool
        Where it has content.
    """

    def __init__(self, picture: np.ndarray, covered: np.ndarray) -> None:
        self._height, self._width = picture.shape[:2]
        self._size = tuple(cv2.getOptimalDFTSize(length) for length in picture.shape[:2])
        count = max(1, int(covered.sum()))
        mean = picture.sum(axis=(0, 1), dtype=np.float64) / count
        centred = (picture - mean.astype(np.float32)) * covered[:, :, None]
        self._picture = self._forward(centred)
        self._squares = self._forward((centred**2).sum(axis=2))
        self._covered = self._forward(covered.astype(np.float32))
        self._shared: dict[tuple[int, int], tuple[np.ndarray, np.ndarray]] = {}

    def with_template(self, template: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the correlation and the number of shared pixels at each place of the template's corner."""
        height, width = template.shape[:2]
        if (height, width) not in self._shared:
            area = self._forward(np.ones((height, width), dtype=np.float32)).conj()
            squares, overlap = (
                self._back(each * area, height, width) for each in (self._squares, self._covered)
            )
            self._shared[height, width] = squares, overlap
        squares, overlap = self._shared[height, width]
        centred = template - template.mean(axis=(0, 1), dtype=np.float64).astype(np.float32)
        products = self._back((self._picture * self._forward(centred).conj()).sum(axis=0), height, width)
        power = float((centred**2).sum()) / (height * width)  # to a shared pixel
        powers = squares * overlap * power
        return products / np.sqrt(np.maximum(powers, 1e-6 * max(float(powers.max()), 1e-12))), overlap.copy()

    def _forward(self, values: np.ndarray) -> np.ndarray:
        channels = values if values.ndim == 2 else np.moveaxis(values, 2, 0)
        return np.fft.rfft2(channels, self._size)

    def _back(self, spectrum: np.ndarray, height: int, width: int) -> np.ndarray:
        rows, columns = max(1, self._height - height + 1), max(1, self._width - width + 1)
        return np.fft.irfft2(spectrum, self._size)[:rows, :columns]


def _turned(edges: np.ndarray, quarters: int, mirrored: bool) -> tuple[np.ndarray, Homography]:
    """Turn edges as their picture would be; the doubled angle of their direction turns with them."""
    turned, turn = rotate(edges, quarters, mirrored)
    sign = -1 if quarters % 2 else 1
    return turned * np.array([1, sign, -sign if mirrored else sign], dtype=np.float32), turn


def _peaks(scores: np.ndarray, lowest: float) -> np.ndarray:
    """Return the places y, x of local maxima above a correlation, the highest first: (n, 2) int."""
    side = 2 * int(MIN_SHIFT) + 1
    around = cv2.dilate(scores.astype(np.float32), np.ones((side, side), dtype=np.uint8))
    places = np.argwhere((scores >= around) & (scores > lowest))
    return places[np.argsort(-scores[tuple(places.T)], kind="stable")]

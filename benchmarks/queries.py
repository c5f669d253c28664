"""Queries sent to every alternative, their places, and the right answers."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import h5py
import numpy as np
from scipy.ndimage import gaussian_filter1d

from benchmarks.alternatives import SIGMA, Files

REFERENCE_BAND = 706  # the first of 60 channels around Fe Kα
BAND_WIDTHS = (10, 60, 500)
MAIN = "60-channel map"
SIDE = 50
ROWS = 16  # of the raw scan that are looked at together

Place = tuple[int, ...]


@dataclass(frozen=True)
class Query:
    """A query sent to all alternatives.

    Attributes
    ----------
    name : str
        In the tables.
    kind : str
        The method of an `Alternative` that answers it.
    places : tuple
        That method's arguments, for each place.
    """

    name: str
    kind: str
    places: tuple[Place, ...]


def queries(shape: tuple[int, int, int], places: int = 5, seed: int = 2) -> list[Query]:
    """Return queries at random places, so that chunk borders favour nobody; one band is that of iron."""
    rng = np.random.default_rng(seed)
    height, width, channels = shape
    asked = []
    for wanted in BAND_WIDTHS:
        count = min(wanted, channels // 2)
        firsts = [min(REFERENCE_BAND, channels - count), *rng.integers(0, channels - count, places - 1)]
        asked.append(Query(f"{wanted}-channel map", "band", _places((a, a + count) for a in firsts)))
    spots = rng.integers(0, (width, height), (places, 2))
    corners = rng.integers(0, (width - SIDE, height - SIDE), (places, 2))
    asked.append(Query("one pixel", "pixel", _places(spots)))
    asked.append(
        Query(f"{SIDE} × {SIDE} pixels", "region", _places((x, y, x + SIDE, y + SIDE) for x, y in corners))
    )
    asked.append(Query("sum and max of all", "totals", ((),)))
    return asked


def _places(places: Iterable) -> tuple[Place, ...]:
    return tuple(tuple(int(number) for number in place) for place in places)


@dataclass
class Truths:
    """The right answers, worked out from the raw counts in one reading.

    Attributes
    ----------
    compared : int
        How many answers were found equal.
    """

    shape: tuple[int, int, int]
    answers: dict[tuple[bool, str, Place], np.ndarray] = field(default_factory=dict)
    compared: int = 0

    def check(self, answer: np.ndarray, smoothed: bool, kind: str, place: Place, who: str) -> None:
        """Stop the benchmark where an answer is not the right one.

        Smoothed cubes are float32, and are summed as such; all others hold whole numbers.
        """
        tolerance = {"rtol": 1e-3, "atol": 1e-4} if smoothed else {"rtol": 1e-9}
        truth = self.answers[smoothed, kind, place]
        np.testing.assert_allclose(answer, truth, err_msg=f"{who}: {kind} {place}", **tolerance)
        self.compared += 1


def truths(files: Files, asked: list[Query]) -> Truths:
    """Answer all queries from the raw counts, as they are and smoothed."""
    counts = files.counts()
    found = Truths(counts.shape)
    channels = counts.shape[2]
    bands = [place for query in asked if query.kind == "band" for place in query.places]
    inside = [(np.arange(channels) >= first) & (np.arange(channels) < after) for first, after in bands]
    weights = np.array(inside, np.float32)
    # Mirrored ends make Gaussian smoothing symmetric: the smoothed counts' band is the counts' smoothed band.
    weights = np.concatenate([weights, gaussian_filter1d(weights, SIGMA, axis=1)]).T
    maps, total, most = _one_reading(counts, weights)
    for number, (first, after) in enumerate(bands):
        found.answers[False, "band", (first, after)] = maps[..., number] / (after - first)
        found.answers[True, "band", (first, after)] = maps[..., number + len(bands)] / (after - first)
    spectra: dict[tuple[str, Place], np.ndarray] = {("totals", ()): np.array([total, most])}
    for query in asked:
        for place in query.places:
            if query.kind == "pixel":
                spectra["pixel", place] = counts[place[1], place[0]].astype(np.float64)
            elif query.kind == "region":
                x0, y0, x1, y1 = place
                spectra["region", place] = counts[y0:y1, x0:x1].mean(axis=(0, 1))
    for (kind, place), spectrum in spectra.items():
        found.answers[False, kind, place] = spectrum
        found.answers[True, kind, place] = gaussian_filter1d(spectrum, SIGMA)
    with h5py.File(files.ours) as file:  # made from the raw counts in another way than maxrf4u's
        found.answers[True, "totals", ()][1] = file["maxrf_maxspectrum"][:]
    return found


def _one_reading(counts: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the maps (height, width, columns of `weights`), the sum and the maximum of all spectra.

    Whole numbers are exact in float32 up to 2^24, far above what a pixel counts.
    """
    height, width, channels = counts.shape
    maps = np.empty((height, width, weights.shape[1]))
    total, most = np.zeros(channels), np.zeros(channels)
    for y in range(0, height, ROWS):
        block = counts[y : y + ROWS].astype(np.float32)
        maps[y : y + ROWS] = block @ weights
        total += block.sum(axis=(0, 1), dtype=np.float64)
        np.maximum(most, block.max(axis=(0, 1)), out=most)
    return maps, total, most

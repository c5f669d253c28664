"""Groups of pixels that hold the same elements: k-means on element maps, each in units of its own signal."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from maxrf_core.elements.maps import ElementMaps
from maxrf_core.elements.smoothing import smooth
from maxrf_core.errors import PatchError
from maxrf_core.language import _
from maxrf_core.patches.correlation import correlations, winsorising_limits
from maxrf_core.patches.patch import Patch
from maxrf_core.progress import Progress, silent

MAX_GROUPS = 10
MAX_SAMPLED = 20_000  # pixels from which the groups are found
BLOCK_PIXELS = 500_000  # that are looked at at a time
ITERATIONS, ATTEMPTS = 30, 4
SMOOTHING = 3  # pixels: side of the window that takes noise off


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups of pixels.

    Attributes
    ----------
    labels : ndarray, shape (height, width), int8
        The group of each pixel, from 0 on, the largest first; −1 where a value is missing.
    families : tuple of str
        Families that were looked at: those whose maps are more than noise.
    contrast : ndarray, shape (groups, families), float64
        Mean net counts of each group less those of the scan, in standard deviations of the family's signal.
    """

    labels: np.ndarray
    families: tuple[str, ...]
    contrast: np.ndarray

    @property
    def count(self) -> int:
        """Number of groups."""
        return len(self.contrast)

    def mask(self, number: int) -> np.ndarray:
        """Return the pixels of a group, (height, width) bool."""
        return np.asarray(self.labels == number)

    def patch(self, number: int, name: str, colour: str) -> Patch:
        """Return a group as a patch."""
        return Patch(name, colour, self.mask(number))


def find_groups(
    maps: ElementMaps, count: int | None = None, *, seed: int = 0, progress: Progress = silent
) -> Groups:
    """Divide the pixels of a scan into groups that hold about the same of each element.

    Parameters
    ----------
    maps : ElementMaps
    count : int, optional
        Number of groups, 2 to 10; by default that with the highest index of Calinski and Harabasz (Commun.
        Stat. 3, 1974, 1), which compares the distances between and within groups.
    seed : int
        Of the random beginnings: the same seed gives the same groups.
    progress : callable

    Returns
    -------
    Groups

    Raises
    ------
    PatchError
        If no map is more than noise, or the number of groups is another.

    Notes
    -----
    The speckles of the maps are moved to the end of the other values (`winsorising_limits`). Maps are
    smoothed over 3 × 3 pixels, and divided by their signal, so that each element counts alike, however many
    counts it has; those near their noise count less. Groups are found from at most 20,000 pixels.
    """
    if count is not None and not 2 <= count <= MAX_GROUPS:
        words = _("A scan is divided into 2 to {limit} groups, not {count}.")
        raise PatchError(words.format(limit=MAX_GROUPS, count=count))
    features = Features(maps)
    progress(0.1, _("taking a sample of the pixels"))
    sampled = features.sample(np.random.default_rng(seed))
    tried = range(2, MAX_GROUPS + 1) if count is None else [count]
    best, centres = -np.inf, np.empty(0)
    for number in tried:
        progress(0.3 + 0.04 * number, _("looking for {count} groups").format(count=number))
        found, index = _best_centres(sampled, number, seed)
        if index > best:
            best, centres = index, found
    progress(0.8, _("dividing the pixels"))
    labels = features.labels(centres)
    sizes = np.bincount(labels[labels >= 0], minlength=len(centres))
    order = np.argsort(-sizes)
    order = order[sizes[order] > 0]
    new = np.full(len(centres) + 1, -1, np.int8)
    new[order] = np.arange(len(order))
    progress(1.0, _("pixels divided"))
    return Groups(new[labels], features.families, features.in_signals(centres[order]))


class Features:
    """Values by which pixels are told apart, computed a few rows at a time.

    Parameters
    ----------
    maps : ElementMaps

    Raises
    ------
    PatchError
        If no map is more than noise.
    """

    def __init__(self, maps: ElementMaps) -> None:
        signal = correlations(maps).signal
        kept = np.flatnonzero(signal > 0)
        if not len(kept):
            raise PatchError(_("No element is seen above noise: there is nothing to divide the scan by."))
        self._maps, self._kept = maps, kept
        self.families = tuple(maps.names[number] for number in kept)
        self._low, self._high = (limits[kept] for limits in winsorising_limits(maps.net))
        noise = np.array([_smoothed_noise(maps.sigma[number]) for number in kept])
        self._signal = signal[kept]
        self._scale = self._signal / (self._signal**2 + noise**2)

    def blocks(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield rows of the scan, and the values of their pixels: (pixels, families) float32."""
        _count, height, width = self._maps.net.shape
        step, edge = max(1, BLOCK_PIXELS // max(width, 1)), SMOOTHING // 2
        for top in range(0, height, step):
            bottom = min(top + step, height)
            wider = slice(max(0, top - edge), min(height, bottom + edge))
            inner = slice(top - wider.start, bottom - wider.start)
            values = np.empty(((bottom - top) * width, len(self._kept)), np.float32)
            for column, number in enumerate(self._kept.tolist()):
                net = np.clip(self._maps.net[number, wider], self._low[column], self._high[column])
                smoothed, _sigma = smooth(net, self._maps.sigma[number, wider], SMOOTHING)
                values[:, column] = smoothed[inner].ravel() * self._scale[column]
            yield slice(top, bottom), values

    def sample(self, rng: np.random.Generator) -> np.ndarray:
        """Return the values of random pixels that have all values: (pixels, families) float64."""
        _count, height, width = self._maps.net.shape
        chosen = rng.permutation(height * width)[: 2 * MAX_SAMPLED]
        found = []
        for rows, values in self.blocks():
            inside = chosen[(chosen >= rows.start * width) & (chosen < rows.stop * width)]
            found.append(values[inside - rows.start * width])
        sampled = np.concatenate(found).astype(np.float64)
        return sampled[np.isfinite(sampled).all(axis=1)][:MAX_SAMPLED]

    def labels(self, centres: np.ndarray) -> np.ndarray:
        """Return the nearest centre of each pixel: (height, width) int64, −1 where a value is missing."""
        from scipy.cluster.vq import vq  # slow to import

        _count, height, width = self._maps.net.shape
        found = np.full((height, width), -1, np.int64)
        for rows, values in self.blocks():
            present = np.isfinite(values).all(axis=1)
            part = np.full(len(values), -1)
            if present.any():
                part[present] = vq(values[present], centres.astype(np.float32))[0]
            found[rows] = part.reshape(-1, width)
        return found

    def in_signals(self, centres: np.ndarray) -> np.ndarray:
        """Return centres less the mean of the scan, in standard deviations of each family's signal."""
        means = np.array([
            np.nanmean(np.clip(self._maps.net[number], low, high), dtype=np.float64)
            for number, low, high in zip(self._kept.tolist(), self._low, self._high, strict=True)
        ])  # fmt: skip
        return (centres / self._scale - means) / self._signal


def _smoothed_noise(sigma: np.ndarray) -> float:
    """Return the standard deviation of the noise that smoothing leaves."""
    kernel = np.array([1, 2, 1]) / 4
    left = float((np.outer(kernel, kernel) ** 2).sum())
    return float(np.sqrt(left * np.nanmean(np.square(sigma, dtype=np.float64))))


def _best_centres(values: np.ndarray, count: int, seed: int) -> tuple[np.ndarray, float]:
    """Return the centres of the best of some attempts of k-means, and its index; −inf if all failed."""
    import warnings

    from scipy.cluster.vq import ClusterError, kmeans2  # slow to import

    best: tuple[np.ndarray, float] = (values[:count], -np.inf)
    for attempt in range(ATTEMPTS):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                centres, labels = kmeans2(
                    values, count, ITERATIONS, minit="++", missing="raise", rng=[seed, count, attempt]
                )
            except ClusterError:  # a group became empty
                continue
        index = _calinski_harabasz(values, centres, labels)
        if index > best[1]:
            best = centres, index
    return best


def _calinski_harabasz(values: np.ndarray, centres: np.ndarray, labels: np.ndarray) -> float:
    """Return the variance between groups by that within, each by its degrees of freedom."""
    n, k = len(values), len(centres)
    within = float(np.square(values - centres[labels]).sum())
    total = float(np.square(values - values.mean(axis=0)).sum())
    if n <= k or within <= 0:
        return -np.inf
    return (total - within) / (k - 1) / (within / (n - k))

"""Synthetic cubes of any size for the benchmark, drawn from a few spectra."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
from scipy.special import gammaln, xlogy

CHANNELS = 4096
SIZES = {"S": (400, 376), "L": (800, 752), "full": (1692, 1592)}
ZERO_PEAK, ZERO_PEAK_SHARE = 96, 0.20
# Channels of the lines that each part of the artwork has, on the axis of a Bruker M6 (-0.98 keV + 0.01003 keV
# per channel), with their share of its counts; the rest is the tube's scattered light.
SCATTER = {1971: 0.06, 2110: 0.03}
PAINTS = {
    "paper": {466: 0.10, 735: 0.02},
    "iron ink": {735: 0.20, 803: 0.03, 466: 0.05},
    "lead white": {331: 0.03, 1149: 0.15, 1356: 0.12},
    "vermilion": {328: 0.03, 1092: 0.15, 1277: 0.12},
}
LINE_WIDTH = 7.0  # sigma in channels
BRIGHT, BRIGHT_SHARE = 12, 0.003  # as many times the counts, in this share of all pixels
DRAWS = 1 << 20  # steps in which a spectrum's distribution is drawn from


@dataclass(frozen=True)
class Density:
    """Mean counts of a pixel, and the number type of the raw file."""

    name: str
    counts: int


SPARSE = Density("sparse", 620)
DENSE = Density("dense", 3100)
DENSITIES = {density.name: density for density in (SPARSE, DENSE)}


def rows(shape: tuple[int, int, int], density: Density, seed: int = 1) -> Iterator[np.ndarray]:
    """Draw a scan row by row: (width, channels) uint16, Poisson counts.

    The paints lie in soft patches, so that neighbours are alike as in an artwork. Some few bright pixels, as
    of a metal fitting, hold many times the counts. Fewer channels than CHANNELS see the same lines, coarser.
    """
    height, width, channels = shape
    rng = np.random.default_rng(seed)
    tables = np.concatenate([_quantiles(lines) for lines in PAINTS.values()]) * channels // CHANNELS
    for y in range(height):
        paint = _paint(np.arange(width), y)
        mean = np.where(rng.random(width) < BRIGHT_SHARE, BRIGHT * density.counts, density.counts)
        events = rng.poisson(mean)
        draws = rng.integers(0, DRAWS, events.sum(), dtype=np.uint32)
        draws += np.repeat(paint.astype(np.uint32) * DRAWS, events)
        cells = np.repeat(np.arange(width) * channels, events) + tables[draws]
        yield np.bincount(cells, minlength=width * channels).reshape(width, channels).astype(np.uint16)


def packed_bound(shape: tuple[int, int, int], density: Density) -> float:
    """Compute the bytes below which nothing can pack a scan, on average over all scans that `rows` may draw.

    That is the entropy of the counts (Shannon, A mathematical theory of communication, Bell System Technical
    Journal 27, 1948, theorem 9) for one who knows the true mean of every count and which pixels are bright.
    All counts are independent of one another then, and each is a Poisson number, of entropy (Evans, Boersma,
    Blachman and Jagers, The entropy of a Poisson distribution, SIAM Review 30, 1988, 314-317)
    λ (1 - ln λ) + exp(-λ) Σ λ^k ln(k!) / k! nats.
    """
    height, width, channels = shape
    rarely, often = BRIGHT_SHARE, 1 - BRIGHT_SHARE
    paints = np.bincount(
        np.concatenate([_paint(np.arange(width), y) for y in range(height)]), minlength=len(PAINTS)
    )
    nats = 0.0
    for pixels, lines in zip(paints, PAINTS.values(), strict=True):
        photons = np.bincount(_quantiles(lines) * channels // CHANNELS, minlength=channels) / DRAWS
        plain, bright = (poisson_entropy(times * density.counts * photons).sum() for times in (1, BRIGHT))
        nats += pixels * (often * plain + rarely * bright)
    return nats / np.log(2) / 8


def poisson_entropy(mean: np.ndarray) -> np.ndarray:
    """Compute the entropy of Poisson numbers in nats; `mean` up to some thousands.

    Examples
    --------
    >>> poisson_entropy(np.array([0.0, 1.0])).round(4).tolist()
    [0.0, 1.3048]
    """
    most = int(mean.max() + 12 * np.sqrt(mean.max()) + 30)  # all beyond has a probability of about 1e-20
    total = mean - xlogy(mean, mean)
    for count in range(2, most):
        log_factorial = gammaln(count + 1)
        total += np.exp(xlogy(count, mean) - mean - log_factorial) * log_factorial
    return total


def write_raw(path: Path, shape: tuple[int, int, int], density: Density) -> None:
    """Write a scan (.raw, uint16) and the header (.rpl) beside it, which appears when the scan is whole.

    The raw file is an HDF5 file too: its dataset ``cube`` has no chunks, and the header tells where its
    numbers begin. So all that reads counts unpacked reads the same bytes, which are on the disk once.
    """
    height, width, channels = shape
    with h5py.File(path, "w") as file:
        cube = file.create_dataset("cube", shape, np.uint16)
        for y, row in enumerate(rows(shape, density)):
            cube[y] = row
        offset = cube.id.get_offset()
    path.with_suffix(".rpl").write_text(
        f"key\tvalue\nwidth\t{width}\nheight\t{height}\ndepth\t{channels}\noffset\t{offset}\ndata-length\t2\n"
        "data-type\tunsigned\nbyte-order\tlittle-endian\nrecord-by\tvector\n"
    )


def _paint(x: np.ndarray, y: int) -> np.ndarray:
    """Number the paint of the pixels of a row."""
    waves = np.sin(x / 37 + np.cos(y / 23)) + np.sin(y / 31 + np.cos(x / 17))
    return np.digitize(waves, (-0.9, 0.1, 1.0))


def _quantiles(lines: dict[int, float]) -> np.ndarray:
    """Return the channel of each of DRAWS equally probable photons."""
    channel = np.arange(CHANNELS)
    tube = np.exp(-(((channel - 950) / 800) ** 2)) + 0.05
    spectrum = tube / tube.sum()
    peaks = {**SCATTER, **lines}
    share = sum(peaks.values()) + ZERO_PEAK_SHARE
    spectrum *= 1 - share
    for centre, of_all in (*peaks.items(), (ZERO_PEAK, ZERO_PEAK_SHARE)):
        line = np.exp(-0.5 * ((channel - centre) / LINE_WIDTH) ** 2)
        spectrum += of_all * line / line.sum()
    steps = (np.arange(DRAWS) + 0.5) / DRAWS
    return np.searchsorted(np.cumsum(spectrum), steps).clip(max=CHANNELS - 1).astype(np.int64)

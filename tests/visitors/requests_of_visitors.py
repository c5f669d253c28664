"""Individual requests of each visitor, and the expected answers."""

import colorsys
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from maxrf_core import DataStack, convert
from maxrf_core.imaging.read import read_picture
from maxrf_core.readers import ArrayScan
from maxrf_core.registration.register import register as register_photo
from maxrf_core.spectrum.calibration import Calibration

Colour = tuple[int, int, int]
Size = tuple[int, int]  # width, height
GREY = (128, 128, 128)
CORNERS = [(0.04, 0.05), (0.95, 0.06), (0.06, 0.94), (0.96, 0.95)]  # x and y as parts of width and height
ENTRY = "entry"  # an array of an own upload, whose name is completed by a word that nobody else knows


@dataclass(frozen=True, eq=False)
class Request:
    """A band and a pixel, and what must be shown for them.

    Attributes
    ----------
    lo, hi : float
        The band in the unit of the scan's axis.
    x, y : int
        The pixel.
    channels : str
        The channels of the band, as the page tells them.
    band_map : numpy.ndarray
        (height, width) float64, counts per channel.
    spectrum : numpy.ndarray
        (channels,) float64, the pixel's counts.
    """

    lo: float
    hi: float
    x: int
    y: int
    channels: str
    band_map: np.ndarray
    spectrum: np.ndarray


def choose_requests(path: Path, number: int, first: int = 0) -> list[Request]:
    """Return requests for different bands and pixels of a datastack, with what must be shown.

    Parameters
    ----------
    path : Path
    number : int
    first : int
        Begin further on: others have taken so many.
    """
    ds = DataStack(path)
    height, width, _ = ds.shape
    low, high = ds.axis.values[[0, -1]]
    step = 0.6 * (high - low) / (first + number)
    starts = [low + 0.1 * (high - low) + step * place for place in range(first, first + number)]
    bands = [(round(lo, 3), round(lo + 0.02 * (high - low), 3)) for lo in starts]
    steps = np.arange(first, first + number)
    pixels = np.stack([(37 * steps + 5) % width, (29 * steps + 3) % height], axis=1)
    maps, spectra = ds.band_maps(bands), ds.spectra(pixels).astype(np.float64)
    found = []
    for (lo, hi), (x, y), band_map, spectrum in zip(bands, pixels.tolist(), maps, spectra, strict=True):
        held = ds.axis.channels(lo, hi)
        words = f"{held.stop - held.start} channels, number {held.start} to {held.stop - 1}"
        found.append(Request(lo, hi, x, y, words, band_map, spectrum))
    return found


def colour_of(number: int, of_all: int) -> Colour:
    """Return the colour that tells one visitor's photograph from those of the others."""
    red, green, blue = colorsys.hsv_to_rgb(number / of_all, 0.7, 0.8)
    return round(255 * red), round(255 * green), round(255 * blue)


def photograph(colour: Colour, size: Size) -> bytes:
    """Draw a photograph in one colour, with as much detail as real ones have; a JPEG file."""
    width, height = size
    coarse = np.random.default_rng(1).normal(0, 12, (height // 2, width // 2)).astype(np.float32)
    detail = cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR)[..., np.newaxis]
    pixels = np.clip(np.array(colour, np.float32) + detail, 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def corner_points(photo: Size, scan: Size) -> dict[str, dict[str, float]]:
    """Return four pairs of points near the corners, as they are pasted into the table of points."""
    names = ("Photograph x", "Photograph y", "Map x", "Map y")
    return {
        str(number): dict(zip(names, (np.array(corner * 2) * (*photo, *scan)).tolist(), strict=True))
        for number, corner in enumerate(CORNERS)
    }


def add_photograph(path: Path, size: Size, colour: Colour = GREY) -> None:
    """Register a photograph on a datastack, as its owner has done before anybody else comes."""
    ds = DataStack(path)
    height, width, _ = ds.shape
    corners = np.array(CORNERS)
    photo = read_picture(photograph(colour, size))
    result = register_photo(photo, (height, width), corners * size, corners * (width, height))
    ds.append(result.arrays, result.attributes)


def own_stack(path: Path, seed: int) -> Path:
    """Make a small datastack as no other visitor has, with an array that is called like the file."""
    counts = np.random.default_rng(seed).poisson(3, (40, 36, 256)).astype(np.uint8)
    made = convert(ArrayScan(counts), path, calibration=Calibration(0.1, -0.9))
    DataStack(made).append({f"{ENTRY}_{path.stem}": np.arange(seed + 1)})
    return made


def block_means(values: np.ndarray, block: int) -> np.ndarray:
    """Average square blocks of pixels; those at the right and lower edge may hold fewer."""
    down, across = (np.arange(0, length, block) for length in values.shape)
    sums, counts = (
        np.add.reduceat(np.add.reduceat(each, down, axis=0), across, axis=1)
        for each in (values.astype(np.float64), np.ones(values.shape))
    )
    return sums / counts


def mean_colour(pixels: np.ndarray) -> Sequence[float]:
    """Average the colour of a picture, (height, width, 4) uint8, where it is not clear."""
    found: list[float] = pixels[pixels[..., 3] > 250][:, :3].mean(axis=0).tolist()
    return found

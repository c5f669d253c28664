"""Pictures of a report in the proportions of the artwork, with a scale bar below."""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from maxrf_core.figures.layout import scale_bar_length
from maxrf_core.imaging.resample import resample

THICKNESS, GAP, TYPE = 7, 9, 24  # pixels: of the bar, of what is free above and below it, and of the letters
INK, PAPER = 0, 255


def to_scale(pixels: np.ndarray, columns: int, size: tuple[float, float] | None) -> np.ndarray:
    """Return a picture in the proportions of the artwork, with a scale bar below it.

    Parameters
    ----------
    pixels : ndarray, (height, width, 3 or 4), uint8
    columns : int
        Map pixels that it shows across.
    size : (width, height), optional
        Of a map pixel in mm; without it the picture stays as it is.

    Returns
    -------
    ndarray, (height, width, 3 or 4), uint8
        No finer than the picture was; wider than the picture if that is narrower than the words.
    """
    if size is None:
        return pixels
    picture, across = _in_proportion(pixels, size[1] / size[0]), columns * size[0]
    length = scale_bar_length(across)
    words, font = f"{length:g} mm", ImageFont.load_default(size=TYPE)
    height, width, channels = picture.shape
    bar = max(1, round(length / across * width))
    _left, _top, right, bottom = font.getbbox(words)
    whole = max(width, int(right) + 1)
    strip = Image.new("L", (whole, 3 * GAP + THICKNESS + int(bottom)), PAPER)
    draw = ImageDraw.Draw(strip)
    draw.rectangle((0, GAP, bar - 1, GAP + THICKNESS - 1), fill=INK)
    draw.text((0, GAP + THICKNESS + GAP // 2), words, fill=INK, font=font)
    result = np.full((height + strip.height, whole, channels), PAPER, np.uint8)
    result[:height, :width] = picture
    result[height:, :, :3] = np.asarray(strip)[..., None]
    return result


def _in_proportion(pixels: np.ndarray, ratio: float) -> np.ndarray:
    """Return a picture whose pixels are to be so much higher than wide with square ones."""
    height, width = pixels.shape[:2]
    if ratio == 1:
        return pixels
    shape = (height, max(1, round(width / ratio))) if ratio > 1 else (max(1, round(height * ratio)), width)
    return resample(pixels, lambda part: cv2.resize(part, shape[::-1], interpolation=cv2.INTER_AREA))

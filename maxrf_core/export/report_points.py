"""Pairs of points of a registration in a report: numbered on the photograph, and as a table."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import MaxrfError
from maxrf_core.export.page import Markup, element, joined, table
from maxrf_core.imaging.colormaps import MARK_COLOURS

MAX_NUMBERED = 60  # points; of more the places alone are drawn
MAX_ROWS = 40  # of the table
RADIUS, TYPE = 11, 18  # pixels
PAPER, INK = (255, 255, 255), (20, 20, 20)


@dataclass(frozen=True, eq=False)
class RegisteredPoints:
    """The pairs of points by which a photograph was registered.

    Attributes
    ----------
    photo, on_map : ndarray, (n, 2), float64
        x and y in pixels of the photograph, and of the map.
    residuals, leave_one_out : ndarray, (n,), float64, or None
        How far each one lies from where the transform, and that of the other pairs, brings it, in map pixels;
        None if that was not kept.
    """

    photo: np.ndarray
    on_map: np.ndarray
    residuals: np.ndarray | None = None
    leave_one_out: np.ndarray | None = None

    @classmethod
    def of(cls, ds: DataStack, name: str | None) -> "RegisteredPoints | None":
        """Read the points of an array's exact name; None if there are none, or they make no sense."""
        if name is None:
            return None
        try:
            pairs = np.asarray(ds.read(name, latest=False), np.float64)
            notes = ds.attributes(name, latest=False)
        except (MaxrfError, TypeError, ValueError):  # by other programs
            return None
        if pairs.ndim != 3 or pairs.shape[1:] != (2, 2) or not len(pairs) or not np.isfinite(pairs).all():
            return None
        told = (_numbers(notes.get(key), len(pairs)) for key in ("residuals", "leave_one_out"))
        return cls(pairs[:, 0], pairs[:, 1], *told)


def _numbers(values: object, count: int) -> np.ndarray | None:
    try:
        found = np.asarray(values, np.float64)
    except (TypeError, ValueError):
        return None
    return found if found.shape == (count,) else None


def with_points(pixels: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return a picture with a numbered ring at each place, which leaves the place itself visible.

    Parameters
    ----------
    pixels : ndarray, (height, width, 3 or 4), uint8
    places : ndarray, (n, 2)
        x and y in pixels of the picture; those outside are left out, and keep their numbers.

    Returns
    -------
    ndarray, of the same shape, uint8
    """
    image = Image.fromarray(np.ascontiguousarray(pixels))
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(size=TYPE)
    radius = RADIUS if len(places) <= MAX_NUMBERED else RADIUS // 3
    for number, (x, y) in enumerate(places.tolist(), 1):
        if not (-0.5 <= x <= image.width - 0.5 and -0.5 <= y <= image.height - 0.5):
            continue
        colour = MARK_COLOURS[(number - 1) % len(MARK_COLOURS)]
        for line, width in ((PAPER, 5), (colour, 3)):
            reach = radius + (width - 3) // 2
            draw.ellipse((x - reach, y - reach, x + reach, y + reach), outline=line, width=width)
        if len(places) <= MAX_NUMBERED:
            words = str(number)
            right = draw.textlength(words, font)
            left = x + radius + 4 if x + radius + 8 + right < image.width else x - radius - 4 - right
            top = min(max(0.0, y - TYPE / 2), image.height - TYPE - 4.0)
            draw.rectangle((left - 2, top, left + right + 2, top + TYPE + 3), fill=INK)
            draw.text((left, top), words, fill=PAPER, font=font)
    return np.asarray(image)


def points_table(points: RegisteredPoints) -> Markup:
    """Return a table of the pairs: where each lies, and how far off it is."""
    columns = [
        ("Deviation (map pixels)", points.residuals),
        ("Predicted from the others", points.leave_one_out),
    ]
    known = [(title, values) for title, values in columns if values is not None]
    titles = ("Pair", "Photograph, x", "y", "Map, x", "y", *(title for title, _values in known))
    rows = [
        (
            str(number + 1),
            *(f"{value:,.1f}" for value in points.photo[number]),
            *(f"{value:,.2f}" for value in points.on_map[number]),
            *(f"{values[number]:.2f}" for _title, values in known),
        )
        for number in range(min(len(points.on_map), MAX_ROWS))
    ]
    left = len(points.on_map) - len(rows)
    note = element("p", f"{left} more pairs are kept in the scan.", class_="note") if left > 0 else ""
    return joined([table(titles, rows, "numbers"), note])

"""Parts of a picture that are shown enlarged: zoom, shift, and clicks in them.

A part is made of whole pixels and has the proportions of the whole picture, up to rounding, so that it fills
the same place on the screen.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from maxrf_core.transform.coordinates import View, displayed_to_image, image_to_displayed

MIN_SIDE = 16  # pixels of the longer side of the smallest part


class Part(NamedTuple):
    """A rectangle of whole pixels in a picture.

    Attributes
    ----------
    left, top : int
        The first column and row.
    right, bottom : int
        The column and row after the last.

    Examples
    --------
    >>> whole = Part(0, 0, 400, 200)
    >>> part = whole.zoomed(4, (400, 200), centre=(99.5, 49.5))
    >>> part
    Part(left=50, top=25, right=150, bottom=75)
    >>> part.to_image(0, 0, 200, 100)  # each pixel fills two by two
    (49.75, 24.75)
    >>> part.moved(-1, 0, (400, 200))
    Part(left=0, top=25, right=100, bottom=75)
    """

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.right - self.left, self.bottom - self.top

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle, in the picture's coordinates."""
        return (self.left + self.right - 1) / 2, (self.top + self.bottom - 1) / 2

    def zoomed(
        self, factor: float, whole: tuple[int, int], centre: tuple[float, float] | None = None
    ) -> "Part":
        """Return the part that shows its pixels `factor` times as large.

        Parameters
        ----------
        factor : float
        whole : (width, height)
            Of the picture, which is the largest part.
        centre : (x, y), optional
            What should be in the middle, as far as the picture reaches; by default what is.
        """
        share = max(length / total for length, total in zip(self.size, whole, strict=True))
        return _part_of(share / factor, whole, centre or self.centre)

    def moved(self, right: float, down: float, whole: tuple[int, int]) -> "Part":
        """Return a part of this size, shifted by shares of its width and height, inside the picture."""
        width, height = self.size
        left = _inside(self.left + round(right * width), width, whole[0])
        top = _inside(self.top + round(down * height), height, whole[1])
        return Part(left, top, left + width, top + height)

    def to_image(
        self, x: float, y: float, displayed_width: float, displayed_height: float, view: View | None = None
    ) -> tuple[float, float]:
        """Convert a click on this part, as displayed, to coordinates of the picture.

        Parameters
        ----------
        x, y : float
            The click, in CSS pixels from the displayed part's top-left corner.
        displayed_width, displayed_height : float
            Size of the displayed part in CSS pixels.
        view : View, optional
            How it is turned and mirrored for display.

        Raises
        ------
        RegistrationError
            As `maxrf_core.transform.coordinates.displayed_to_image` does.
        """
        view = view or View()
        shown = view.shown_size(*self.size)
        place = displayed_to_image(x, y, displayed_width, displayed_height, *shown)
        within = view.from_shown(*place, *self.size)
        return within[0] + self.left, within[1] + self.top

    def to_displayed(
        self, x: float, y: float, displayed_width: float, displayed_height: float, view: View | None = None
    ) -> tuple[float, float]:
        """Convert coordinates of the picture to this part, as displayed; the inverse of `to_image`."""
        view = view or View()
        place = view.to_shown(x - self.left, y - self.top, *self.size)
        return image_to_displayed(*place, displayed_width, displayed_height, *view.shown_size(*self.size))


def whole_part(size: tuple[int, int]) -> Part:
    """Return all of a picture of this width and height as a part."""
    return Part(0, 0, *size)


def part_around(corners: Any, whole: tuple[int, int]) -> Part:
    """Return the smallest part that shows a box with the proportions of the picture.

    Parameters
    ----------
    corners : array_like, (n, 2)
        Points of the box, such as two opposite corners, in the picture's coordinates.
    whole : (width, height)
        Of the picture.

    Examples
    --------
    >>> part_around([(100, 50), (139.2, 60)], (400, 200))
    Part(left=99, top=45, right=141, bottom=66)
    """
    points = np.asarray(corners, dtype=np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    share = float(((high - low + 2) / whole).max())  # with a pixel to spare, since it is rounded
    return _part_of(share, whole, tuple(((low + high) / 2).tolist()))


def _part_of(share: float, whole: tuple[int, int], centre: tuple[float, ...]) -> Part:
    """Return the part of this share of the width and of the height, inside the picture."""
    share = min(1.0, max(share, MIN_SIDE / max(whole)))
    width, height = (min(length, max(1, math.ceil(share * length - 1e-9))) for length in whole)
    left = _inside(round(centre[0] - (width - 1) / 2), width, whole[0])
    top = _inside(round(centre[1] - (height - 1) / 2), height, whole[1])
    return Part(left, top, left + width, top + height)


def _inside(start: int, length: int, whole: int) -> int:
    return min(max(start, 0), whole - length)

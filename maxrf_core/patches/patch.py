"""Patch: a named, coloured region of a scan, and the ways to make one."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from maxrf_core.cube.polygons import pixels_inside
from maxrf_core.cube.regions import Region
from maxrf_core.errors import DatastackError, PatchError
from maxrf_core.language import _
from maxrf_core.patches.outlines import outline_of
from maxrf_core.transform.coordinates import pixels_within

# Okabe and Ito, Color Universal Design (2008), without black: told apart by those who are colour-blind, too.
COLOURS = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7")
COLOUR = re.compile(r"#[0-9a-f]{6}")
MAX_NAME_LENGTH = 100
MAX_PATCHES = 100  # of a scan, and of a file
MAX_STROKE_POINTS = 10_000


@dataclass(frozen=True, eq=False)
class Patch:
    """A named region of a scan.

    Attributes
    ----------
    name : str
        1 to 100 printable characters.
    colour : str
        Such as ``"#e69f00"``.
    mask : ndarray, shape (height, width), bool
        Its pixels; at least one.
    drawn : tuple of ndarray, shape (n, 2), float64
        The outline as it was drawn, if `mask` is exactly what lies inside it; else empty. See `outline`.

    Raises
    ------
    PatchError
        If one of them is not as told here.

    Notes
    -----
    A pixel belongs to what is drawn if its centre lies inside; see `maxrf_core.cube.polygons.pixels_inside`
    for centres on an edge. Points are x, y in map pixels, with the centre of the top-left pixel at 0, 0.

    Examples
    --------
    >>> sky = Patch.rectangle((0.6, 0), (3.2, 1), (20, 30), "sky", "#56b4e9")
    >>> sky.pixels, sky.area_mm2([0.5, 0.5]), sky.outline[0].tolist()
    (6, 1.5, [[0.5, -0.5], [3.5, -0.5], [3.5, 1.5], [0.5, 1.5]])
    """

    name: str
    colour: str
    mask: np.ndarray
    drawn: tuple[np.ndarray, ...] = ()

    def __post_init__(self) -> None:
        check_patch_name(self.name)
        colour = self.colour.lower() if isinstance(self.colour, str) else ""
        if not COLOUR.fullmatch(colour):
            words = _("A patch has a colour such as #e69f00, not {colour!r:.40}.")
            raise PatchError(words.format(colour=self.colour))
        mask = np.asarray(self.mask)
        if mask.dtype != bool or mask.ndim != 2:
            raise PatchError(_("A patch's mask is an array of true and false, one for each pixel."))
        if not mask.any():
            raise PatchError(_("{name} holds no pixel: draw it larger.").format(name=self.name))
        object.__setattr__(self, "colour", colour)
        object.__setattr__(self, "mask", mask)

    @property
    def pixels(self) -> int:
        """Number of pixels."""
        return int(np.count_nonzero(self.mask))

    @cached_property
    def outline(self) -> tuple[np.ndarray, ...]:
        """The outline as drawn, else along the borders of the pixels: closed rings, (n, 2) float64.

        A pixel is inside an odd number of rings; a ring inside another is the outline of a hole.
        """
        return self.drawn or outline_of(self.mask)

    def area_mm2(self, pixel_size_mm: Sequence[float] | None) -> float | None:
        """Return the area in mm², from the width and height of a pixel; None where these are not known."""
        area = pixel_area_mm2(pixel_size_mm)
        return None if area is None else self.pixels * area

    def renamed(self, name: str | None = None, colour: str | None = None) -> "Patch":
        """Return the patch with another name, colour or both."""
        return replace(self, name=self.name if name is None else name, colour=colour or self.colour)

    @classmethod
    def of_region(cls, region: Region | ArrayLike, shape: Sequence[int], name: str, colour: str) -> "Patch":
        """Return the patch of a region, a mask (height, width) or a polygon's corners; see `Region.of`."""
        try:
            found = Region.of(region, (shape[0], shape[1]))
        except DatastackError as error:
            raise PatchError(f"{name}: {error}") from error
        mask = np.zeros(tuple(shape[:2]), bool)
        mask[found.rows, found.columns] = True if found.mask is None else found.mask
        return cls(name, colour, mask)

    @classmethod
    def rectangle(
        cls, corner: Sequence[float], opposite: Sequence[float], shape: Sequence[int], name: str, colour: str
    ) -> "Patch":
        """Return the pixels whose centres lie in a rectangle, or on its edges.

        Parameters
        ----------
        corner, opposite : (x, y)
            Two opposite corners, in any order; what exceeds the scan is cut off.
        shape : (height, width) or more
            Of the scan.
        name, colour : str

        Raises
        ------
        PatchError
            If there are none.
        """
        (x0, y0), (x1, y1) = corner, opposite
        found = pixels_within((x0, x1), (y0, y1), shape)
        mask = np.zeros(tuple(shape[:2]), bool)
        if found is not None:
            left, top, right, bottom = found
            mask[top : bottom + 1, left : right + 1] = True
        return cls(name, colour, mask)

    @classmethod
    def polygon(
        cls, rings: ArrayLike | Sequence[ArrayLike], shape: Sequence[int], name: str, colour: str
    ) -> "Patch":
        """Return the pixels whose centres lie inside a polygon or a lasso.

        Parameters
        ----------
        rings : array_like, shape (n, 2), or a list of these
            Corners x, y; the last one is joined to the first. Of several rings, one inside another is a hole.
            Where a ring crosses itself, the even-odd rule applies.
        shape : (height, width) or more
            Of the scan.
        name, colour : str

        Raises
        ------
        PatchError
            If they are no corners, or no pixel's centre is inside.
        """
        drawn = as_rings(rings)
        return cls(name, colour, _inside(drawn, shape), drawn)

    @classmethod
    def brush(cls, points: ArrayLike, radius: float, shape: Sequence[int], name: str, colour: str) -> "Patch":
        """Return the pixels that a round brush covers.

        Parameters
        ----------
        points : array_like, shape (n, 2)
            The stroke, x, y; one point is a dot.
        radius : float
            In map pixels: pixels whose centres are no further from the stroke are covered. From 0.71 on, a
            dot anywhere covers one.
        shape : (height, width) or more
            Of the scan.
        name, colour : str

        Raises
        ------
        PatchError
            If they are no points, or no pixel is covered.
        """
        stroke = _as_points(points)
        if not (np.isfinite(radius) and radius > 0) or not 0 < len(stroke) <= MAX_STROKE_POINTS:
            words = _("A stroke is made of 1 to {count} points and a radius above 0.")
            raise PatchError(words.format(count=MAX_STROKE_POINTS))
        mask = np.zeros(tuple(shape[:2]), bool)
        for start, end in zip(stroke, [*stroke[1:], stroke[-1]], strict=True):
            _cover(mask, start, end, float(radius))
        return cls(name, colour, mask)


def check_patch_name(name: str) -> str:
    """Return the name of a patch, or raise.

    Raises
    ------
    PatchError
        If it is empty, longer than 100 characters, or not printable.
    """
    fits = isinstance(name, str) and 0 < len(name) <= MAX_NAME_LENGTH
    if not fits or not name.isprintable() or name != name.strip():
        words = _(
            "A patch's name has 1 to {limit} letters, and no space at its ends: {name!r:.60} cannot be one."
        )
        raise PatchError(words.format(limit=MAX_NAME_LENGTH, name=name))
    return name


def nearest_name(text: str) -> str:
    """Return the name that is nearest to a text of another program; empty if there is none.

    Examples
    --------
    >>> nearest_name(" upper\\tsky ")
    'uppersky'
    """
    printable = "".join(letter for letter in text if letter.isprintable())
    return printable.strip()[:MAX_NAME_LENGTH].strip()


def with_own_names(patches: Iterable[Patch], others: Iterable[Patch]) -> list[Patch]:
    """Return patches with a number behind each name that another one has already.

    Examples
    --------
    >>> sky = Patch("sky", "#56b4e9", np.ones((1, 1), bool))
    >>> [patch.name for patch in with_own_names([sky, sky], [sky])]
    ['sky 2', 'sky 3']
    """
    taken = {patch.name for patch in others}
    named = []
    for patch in patches:
        name, number = patch.name, 2
        while name in taken:
            ending = f" {number}"
            name, number = patch.name[: MAX_NAME_LENGTH - len(ending)].strip() + ending, number + 1
        taken.add(name)
        named.append(patch.renamed(name))
    return named


def next_name_and_colour(patches: Iterable[Patch]) -> tuple[str, str]:
    """Return a name and a colour that none of some patches has: Patch A, Patch B …

    Examples
    --------
    >>> next_name_and_colour([])
    ('Patch A', '#e69f00')
    """
    kept = list(patches)
    names, used = {patch.name for patch in kept}, [patch.colour for patch in kept]
    colour = min(COLOURS, key=lambda colour: (used.count(colour), COLOURS.index(colour)))
    number = 0
    while True:
        letters, left = "", number
        while left >= 0:
            letters, left = chr(ord("A") + left % 26) + letters, left // 26 - 1
        name = _("Patch {letters}").format(letters=letters)
        if name not in names:
            return name, colour
        number += 1


def are_same_patches(patches: Sequence[Patch], others: Sequence[Patch]) -> bool:
    """Return True if these are the same patches in the same order: their names, colours and pixels."""
    return len(patches) == len(others) and all(
        one is other
        or ((one.name, one.colour) == (other.name, other.colour) and np.array_equal(one.mask, other.mask))
        for one, other in zip(patches, others, strict=True)
    )


def pixel_area_mm2(pixel_size_mm: Any) -> float | None:
    """Return the area of a pixel from the attribute ``pixel_size_mm``, None if it tells no two lengths.

    Examples
    --------
    >>> pixel_area_mm2([0.5, 0.25]), pixel_area_mm2(None)
    (0.125, None)
    """
    try:
        x, y = (float(length) for length in pixel_size_mm)
    except (TypeError, ValueError):
        return None
    return x * y if np.isfinite([x, y]).all() and min(x, y) > 0 else None


def as_rings(rings: Any) -> tuple[np.ndarray, ...]:
    """Return one ring, or several, as arrays (n, 2) float64 of finite corners.

    Raises
    ------
    PatchError
        If one has fewer than three corners, or they are not pairs of numbers.
    """
    try:
        array = np.asarray(rings)
    except ValueError:  # rings of different lengths
        array = np.empty((0, 0, 0))
    several = [rings] if array.ndim == 2 else list(rings)
    found = tuple(_as_points(ring) for ring in several)
    if not found or any(len(ring) < 3 for ring in found):
        raise PatchError(_("A polygon is three corners or more, each with an x and a y."))
    return found


def _as_points(points: ArrayLike) -> np.ndarray:
    try:
        array = np.asarray(points, np.float64)
    except (TypeError, ValueError, OverflowError):
        array = np.empty(0)
    if array.ndim != 2 or array.shape[1] != 2 or not np.isfinite(array).all():
        raise PatchError(_("What is drawn are points, each with an x and a y."))
    return array


def _inside(rings: Sequence[np.ndarray], shape: Sequence[int]) -> np.ndarray:
    try:
        return pixels_inside(rings, (shape[0], shape[1]))
    except DatastackError as error:
        raise PatchError(str(error)) from error


def _cover(mask: np.ndarray, start: np.ndarray, end: np.ndarray, radius: float) -> None:
    """Add the pixels that are no further than `radius` from a straight line."""
    low, high = np.minimum(start, end) - radius, np.maximum(start, end) + radius
    found = pixels_within((low[0], high[0]), (low[1], high[1]), mask.shape)
    if found is None:
        return
    left, top, right, bottom = found
    y, x = np.mgrid[top : bottom + 1, left : right + 1]
    along = end - start
    length = float(along @ along)
    share = ((x - start[0]) * along[0] + (y - start[1]) * along[1]) / length if length else np.zeros(x.shape)
    share = np.clip(share, 0, 1)
    distance = np.hypot(x - start[0] - share * along[0], y - start[1] - share * along[1])
    mask[top : bottom + 1, left : right + 1] |= distance <= radius

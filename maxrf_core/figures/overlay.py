"""Overlay of a figure's picture: outlines of patches, a pixel's ring and a line."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from maxrf_core.errors import PictureError
from maxrf_core.figures.grid import Grid
from maxrf_core.language import _
from maxrf_core.patches.coarse_outline import coarse_outline
from maxrf_core.patches.patch import COLOUR, MAX_NAME_LENGTH, MAX_PATCHES, Patch
from maxrf_core.written_numbers import is_number

MARK_COLOUR = "#d95f02"  # of a pixel and a line
MAX_CORNERS = 40_000  # of all outlines of a figure, which its recipe carries
DECIMALS = 2  # of a corner, in map pixels
MAX_PLACE = 1e6  # map pixels

Ring = tuple[tuple[float, float], ...]
Line = tuple[float, float, float, float]


@dataclass(frozen=True)
class Outline:
    """The outline of a patch.

    Attributes
    ----------
    number : int
        Written above it and before its name.
    name, colour : str
    rings : tuple of tuple of (x, y)
        In map pixels; the last corner is joined to the first.
    """

    number: int
    name: str
    colour: str
    rings: tuple[Ring, ...]

    def is_seen(self, grid: Grid) -> bool:
        """Return True if a part of it may lie in a picture: its bounding box does."""
        corners = np.concatenate([np.array(ring) for ring in self.rings])
        (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
        edges = grid.extent
        return bool(left < edges[1] and right > edges[0] and top < edges[2] and bottom > edges[3])


@dataclass(frozen=True)
class Overlay:
    """Outlines, a pixel and a line over a picture.

    Attributes
    ----------
    outlines : tuple of Outline
    pixel : (x, y), optional
        Has a ring around it.
    line : (x0, y0, x1, y1), optional
        In map pixels.
    """

    outlines: tuple[Outline, ...] = ()
    pixel: tuple[int, int] | None = None
    line: Line | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        return asdict(self)

    @classmethod
    def of(
        cls,
        patches: Sequence[Patch] = (),
        pixel: tuple[int, int] | None = None,
        line: Line | None = None,
        numbers: Sequence[int] | None = None,
    ) -> "Overlay":
        """Return what is drawn for patches, a pixel and a line.

        Parameters
        ----------
        patches : sequence of Patch
        pixel : (x, y), optional
        line : (x0, y0, x1, y1), optional
        numbers : sequence of int, optional
            Of the patches; by default from 1 on.
        """
        most = MAX_CORNERS // max(1, len(patches))
        outlines = [
            Outline(number, patch.name, patch.colour, _rounded(coarse_outline(patch, most)))
            for number, patch in zip(numbers or range(1, len(patches) + 1), patches, strict=True)
        ]
        return cls(tuple(outlines), pixel, line)

    @classmethod
    def from_dict(cls, told: object) -> "Overlay":
        """Return it from JSON, which may come from elsewhere.

        Raises
        ------
        PictureError
            If it is none.

        Examples
        --------
        >>> Overlay.from_dict({"pixel": [3, 4]}).pixel
        (3, 4)
        """
        if not isinstance(told, Mapping) or not set(told) <= {"outlines", "pixel", "line"}:
            raise _not_an_overlay()
        outlines, pixel, line = told.get("outlines", ()), told.get("pixel"), told.get("line")
        if not isinstance(outlines, list | tuple) or len(outlines) > MAX_PATCHES:
            raise _not_an_overlay()
        if pixel is not None and not (
            _are_places(pixel, 2) and all(float(each).is_integer() for each in pixel)
        ):
            raise _not_an_overlay()
        if line is not None and not _are_places(line, 4):
            raise _not_an_overlay()
        found = tuple(_outline(each) for each in outlines)
        if sum(len(ring) for outline in found for ring in outline.rings) > MAX_CORNERS:
            raise _not_an_overlay()
        x0_y0_x1_y1 = None if line is None else tuple(float(each) for each in line)
        place = None if pixel is None else (int(pixel[0]), int(pixel[1]))
        return cls(found, place, x0_y0_x1_y1)  # type: ignore[arg-type]


NOTHING_DRAWN = Overlay()


def _rounded(rings: Iterable[np.ndarray]) -> tuple[Ring, ...]:
    return tuple(
        tuple((round(float(x), DECIMALS), round(float(y), DECIMALS)) for x, y in ring) for ring in rings
    )


def _outline(told: object) -> Outline:
    if not isinstance(told, Mapping) or set(told) != {"number", "name", "colour", "rings"}:
        raise _not_an_overlay()
    number, name, colour, rings = (told[key] for key in ("number", "name", "colour", "rings"))
    if (
        type(number) is not int
        or not isinstance(name, str)
        or not 0 < len(name) <= MAX_NAME_LENGTH
        or not isinstance(colour, str)
        or not re.fullmatch(COLOUR, colour)
        or not isinstance(rings, list | tuple)
        or not rings
        or not all(isinstance(ring, list | tuple) and ring for ring in rings)
        or not all(_are_places(corner, 2) for ring in rings for corner in ring)
    ):
        raise _not_an_overlay()
    return Outline(
        number, name, colour, tuple(tuple((float(x), float(y)) for x, y in ring) for ring in rings)
    )


def _are_places(values: object, count: int) -> bool:
    return (
        isinstance(values, list | tuple)
        and len(values) == count
        and all(is_number(value) and abs(value) <= MAX_PLACE for value in values)
    )


def _not_an_overlay() -> PictureError:
    return PictureError(_("This is not the recipe of a figure; the guide on figures shows one."))

"""Frames of one painting, the registrations that lead from one to another, and paths of several.

A frame is the grid of a scan's maps, or that of a photograph's own pixels (infrared, UV, X-radiograph).
`maxrf_core.registration.frame_graph` finds paths between them.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.straight_view import told_displacement
from maxrf_core.language import Note
from maxrf_core.registration.local_error import expected_error
from maxrf_core.registration.stored import RegisteredPhoto
from maxrf_core.registration.stored_transform import grid_of
from maxrf_core.transform.composed import compose, jacobians
from maxrf_core.transform.extents import image_extent
from maxrf_core.transform.plane_transform import PlaneTransform

ERROR_GRID = 5  # places along each side, over which errors are averaged


@dataclass(frozen=True)
class Frame:
    """A grid of pixels: x to the right, y down, 0, 0 at the centre of the top-left pixel.

    Attributes
    ----------
    key : str
        Unique in its graph: "map" for the maps of the first scan, "map:NAME" for those of others, "photo:…"
        for photographs.
    kind : {"map", "photograph"}
    title : str
        As on screen: the scan's name or the photograph's file.
    shape : (height, width)
    scan : int
        Index of the scan whose maps they are; -1 for a photograph, which may belong to several.
    sha256 : str, optional
        Of the photograph's file.
    page : int, optional
        Page of the photograph's file, from 1.
    """

    key: str
    kind: Literal["map", "photograph"]
    title: str
    shape: tuple[int, int]
    scan: int = -1
    sha256: str | None = None
    page: int | None = None


@dataclass(frozen=True, eq=False)
class Edge:
    """A stored registration: the transform between a photograph's frame and that of a scan's maps.

    Attributes
    ----------
    photo, map : str
        Keys of both frames.
    ds : DataStack
        The scan's.
    arrays : RegisteredPhoto
        Names of the stored arrays.
    to_map : PlaneTransform
        From the photograph's pixels to the map's; its `inverse` leads back.
    model : str
        Name of the kind of transform, see `maxrf_core.transform.models`.
    points : ndarray, (n, 2, 2), float64
        The pairs that it was fitted to: source x, y and destination x, y.
    attributes : dict
        As stored beside the points.
    unsound : Note or str
        Why the transform cannot be relied on; empty if it can.
    """

    photo: str
    map: str
    ds: DataStack
    arrays: RegisteredPhoto
    to_map: PlaneTransform
    model: str
    points: np.ndarray
    attributes: dict[str, Any]
    unsound: Note | str = ""

    @property
    def name(self) -> str:
        """Name of the registered picture, as `registered_photos` lists it."""
        return self.arrays.name

    @property
    def is_sound(self) -> bool:
        """Whether the transform holds in both directions on all of the map."""
        return not self.unsound

    @property
    def row_displacement(self) -> float:
        """`row_displacement` of the view of the maps that it was made on."""
        return told_displacement(self.attributes)

    def errors_at(self, places: Any) -> np.ndarray:
        """Compute the expected error at places of the map.

        Parameters
        ----------
        places : array_like, (n, 2)
            x, y in map pixels.

        Returns
        -------
        ndarray, (n,), float64
            Root mean square length in map pixels; NaN where nothing is known. If the scan is now shown with
            other straight rows than it was then, that counts too.
        """
        found = (
            expected_error(self.points, self.attributes, (float(x), float(y))) for x, y in np.asarray(places)
        )
        lengths = np.array([math.nan if error is None else error.length for error in found])
        moved = (self.row_displacement - self.ds.row_displacement) / math.sqrt(2)  # of every other row
        return np.hypot(lengths, moved)

    @cached_property
    def basis(self) -> str | None:
        """Where the expected error comes from, see `ExpectedError.basis`; None if nothing is known."""
        height, width = self.ds.shape[:2]
        found = expected_error(self.points, self.attributes, ((width - 1) / 2, (height - 1) / 2))
        return None if found is None else found.basis

    @cached_property
    def error(self) -> float:
        """Expected error in map pixels, root mean square over the map; NaN if nothing is known."""
        return math.sqrt(float(np.mean(self.errors_at(grid_of(self.ds.shape, ERROR_GRID)) ** 2)))

    @cached_property
    def error_on_photo(self) -> float:
        """Expected error in the photograph's pixels, root mean square over the map; NaN if not known."""
        places = grid_of(self.ds.shape, ERROR_GRID)
        stretch = np.sum(jacobians(self.to_map.inverse(), places) ** 2, axis=(1, 2)) / 2
        return math.sqrt(float(np.mean(self.errors_at(places) ** 2 * stretch)))


@dataclass(frozen=True, eq=False)
class FramePath:
    """Registrations one after the other, from one frame to another.

    Attributes
    ----------
    frames : tuple of Frame
        From the first to the last; one more than there are edges.
    edges : tuple of Edge
        Empty if both frames are the same one.
    """

    frames: tuple[Frame, ...]
    edges: tuple[Edge, ...]

    @property
    def start(self) -> Frame:
        """The first frame."""
        return self.frames[0]

    @property
    def end(self) -> Frame:
        """The last frame."""
        return self.frames[-1]

    @cached_property
    def transform(self) -> PlaneTransform:
        """From pixels of the first frame to pixels of the last; its `inverse` leads back."""
        return compose(*self._steps())

    def errors_at(self, places: Any) -> np.ndarray:
        """Compute the expected error at places of the last frame.

        The errors of all registrations on the way are independent, so that their squares add up; each is
        first scaled by the Jacobian of what follows it.

        Parameters
        ----------
        places : array_like, (n, 2)
            x, y in pixels of the last frame.

        Returns
        -------
        ndarray, (n,), float64
            Root mean square length in pixels of the last frame; NaN where one of them is not known.
        """
        here = np.asarray(places, dtype=np.float64).reshape(-1, 2)
        steps = self._steps()
        squares = np.zeros(len(here))
        for number in reversed(range(len(steps))):
            edge, towards_map = self.edges[number], self.frames[number + 1].key == self.edges[number].map
            before = steps[number].inverse().apply(here)
            on_map, rest = (here, steps[number + 1 :]) if towards_map else (before, steps[number:])
            known = np.isfinite(on_map).all(axis=1)
            lengths = np.full(len(here), math.nan)
            lengths[known] = edge.errors_at(on_map[known])
            # An error equal in all directions grows by the root of half the squares of the derivatives.
            stretch = np.sum(jacobians(compose(*rest), on_map) ** 2, axis=(1, 2)) / 2
            squares += lengths**2 * stretch
            here = before
        return np.sqrt(squares)

    @cached_property
    def error(self) -> float:
        """Expected error in pixels of the last frame.

        Root mean square over the part of it that the first frame shows; NaN if it is not known, or there is
        no such part.
        """
        places = self._shared_places()
        return math.sqrt(float(np.mean(self.errors_at(places) ** 2))) if len(places) else math.nan

    def reversed(self) -> "FramePath":
        """Return the same path from its last frame to its first."""
        return FramePath(self.frames[::-1], self.edges[::-1])

    def _steps(self) -> tuple[PlaneTransform, ...]:
        ahead = zip(self.edges, self.frames[1:], strict=True)
        return tuple(edge.to_map if there.key == edge.map else edge.to_map.inverse() for edge, there in ahead)

    def _shared_places(self) -> np.ndarray:
        """Return places of the last frame that the first one shows: a grid over the common area."""
        left, right, bottom, top = image_extent(*self.end.shape)
        shown = self.transform.apply(grid_of(self.start.shape, 4 * ERROR_GRID))
        shown = shown[np.isfinite(shown).all(axis=1)]
        x, y = shown.T
        inside = shown[(x >= left) & (x <= right) & (y >= top) & (y <= bottom)]
        if not len(inside):
            return inside
        (x0, y0), (x1, y1) = inside.min(axis=0), inside.max(axis=0)
        axes = np.meshgrid(np.linspace(x0, x1, ERROR_GRID), np.linspace(y0, y1, ERROR_GRID))
        places = np.stack(axes, axis=2).reshape(-1, 2)
        left, right, bottom, top = image_extent(*self.start.shape)
        x, y = self.transform.inverse().apply(places).T
        return places[(x >= left - 1) & (x <= right + 1) & (y >= top - 1) & (y <= bottom + 1)]

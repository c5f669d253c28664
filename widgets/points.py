"""Which point in the photograph belongs to which in the map, and how does a click change that?"""

import math
from dataclasses import dataclass, field
from typing import Literal

Point = tuple[float, float]
Side = Literal["src", "dst"]
PAIRS = 4  # pairs of points that a homography needs


@dataclass
class PointPairs:
    """Pairs of points that are being placed, with everything needed to undo.

    Attributes
    ----------
    src, dst : list of (x, y) or None
        Points in the photograph and in the map, in pixels; None where not yet placed.
    revision : int
        Grows with every change.

    Examples
    --------
    >>> pairs = PointPairs()
    >>> pairs.place("src", (10, 20), reach=5)
    >>> pairs.place("src", (12, 21), reach=5)                       # near the first: corrects it
    >>> pairs.place("src", (100, 20), reach=5)
    >>> pairs.src
    [(12, 21), (100, 20), None, None]
    >>> pairs.undo()
    >>> pairs.src
    [(12, 21), None, None, None]
    """

    src: list[Point | None] = field(default_factory=lambda: [None] * PAIRS)
    dst: list[Point | None] = field(default_factory=lambda: [None] * PAIRS)
    revision: int = 0
    _history: list[tuple[list[Point | None], list[Point | None]]] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether every point is placed on both sides."""
        return None not in self.src and None not in self.dst

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._history)

    def placed(self) -> tuple[list[Point], list[Point]]:
        """Give the points of the pairs that are placed on both sides."""
        whole = [(s, d) for s, d in zip(self.src, self.dst, strict=True) if s is not None and d is not None]
        return [s for s, _ in whole], [d for _, d in whole]

    def next_number(self, side: Side) -> int | None:
        """Give the number, from 1, of the first point not yet placed on a side; None when all are."""
        points = getattr(self, side)
        return points.index(None) + 1 if None in points else None

    def place(self, side: Side, point: Point, reach: float) -> None:
        """Take a click: it moves a marker that is near, else places the next, else moves the nearest.

        Parameters
        ----------
        side : {"src", "dst"}
        point : (x, y)
        reach : float
            How near, in the same pixels, a click must be to mean a marker that is there already.
        """
        points = list(getattr(self, side))
        nearest = min(_placed(points), key=lambda index: _distance(points[index], point), default=None)
        if nearest is not None and (None not in points or _distance(points[nearest], point) <= reach):
            points[nearest] = point
        else:
            points[points.index(None)] = point
        self.replace(**{side: points})

    def set(self, side: Side, axis: int, *, number: int, value: float | None) -> None:
        """Set one coordinate (axis 0 is x, 1 is y) of point `number`, counted from 1."""
        points = list(getattr(self, side))
        old = points[number - 1] or (0.0, 0.0)
        if value is None:
            points[number - 1] = None
        else:
            points[number - 1] = (value, old[1]) if axis == 0 else (old[0], value)
        self.replace(**{side: points})

    def reset(self) -> None:
        """Take all points away; undo brings them back."""
        self.replace([None] * PAIRS, [None] * PAIRS)

    def replace(self, src: list[Point | None] | None = None, dst: list[Point | None] | None = None) -> None:
        """Take other points on one side or both."""
        self._history.append((self.src, self.dst))
        self.src, self.dst = src or self.src, dst or self.dst
        self.revision += 1

    def undo(self) -> None:
        """Take the last change back."""
        if self._history:
            self.src, self.dst = self._history.pop()
            self.revision += 1


def _placed(points: list[Point | None]) -> list[int]:
    return [index for index, point in enumerate(points) if point is not None]


def _distance(a: Point | None, b: Point) -> float:
    return math.inf if a is None else math.dist(a, b)

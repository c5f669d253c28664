"""Which point in the photograph belongs to which in the map, and how does a click change that?"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeGuard

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
    True
    >>> pairs.place("src", (12, 21), reach=5)                       # near the first: corrects it
    True
    >>> pairs.place("src", (100, 20), reach=5)
    True
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
        return len(self.placed()[0]) == PAIRS

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._history)

    def placed(self) -> tuple[list[Point], list[Point]]:
        """Give the points of the pairs that are placed on both sides."""
        both = [(s, d) for s, d in zip(self.src, self.dst, strict=True) if is_placed(s) and is_placed(d)]
        return [s for s, _ in both], [d for _, d in both]

    def next_number(self, side: Side) -> int | None:
        """Give the number, from 1, of the first point not yet placed on a side; None when all are."""
        missing = [index for index, point in enumerate(getattr(self, side)) if not is_placed(point)]
        return missing[0] + 1 if missing else None

    def place(self, side: Side, point: Point, reach: float) -> bool:
        """Take a click: it moves a marker that is near, else places the next one.

        Parameters
        ----------
        side : {"src", "dst"}
        point : (x, y)
        reach : float
            How near, in the same pixels, a click must be to mean a marker that is there already.

        Returns
        -------
        bool
            Whether the click meant anything: with all points placed, one far from every marker does not.
        """
        points: list[Point | None] = list(getattr(self, side))
        distances = [math.dist(old, point) if is_placed(old) else math.inf for old in points]
        nearest, number = distances.index(min(distances)), self.next_number(side)
        if distances[nearest] <= reach:
            points[nearest] = point
        elif number is not None:
            points[number - 1] = point
        else:
            return False
        self.replace(**{side: points})
        return True

    def edit(self, numbers: Mapping[tuple[Side, int, int], float | None]) -> None:
        """Set coordinates that were typed or pasted, as one change.

        Parameters
        ----------
        numbers : mapping
            From (side, index of the point from 0, axis: 0 is x, 1 is y) to the number; None takes it away.
            A point counts as placed once both its numbers are there.
        """
        sides = {"src": list(self.src), "dst": list(self.dst)}
        for (side, index, axis), value in numbers.items():
            point = list(sides[side][index] or (math.nan, math.nan))
            point[axis] = math.nan if value is None else value
            sides[side][index] = None if all(map(math.isnan, point)) else (point[0], point[1])
        self.replace(**sides)

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


def is_placed(point: Point | None) -> TypeGuard[Point]:
    """Tell whether a point has both its numbers."""
    return point is not None and all(map(math.isfinite, point))

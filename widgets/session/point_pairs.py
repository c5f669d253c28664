"""Pairs of points in photograph and map that are being placed, with undo and redo."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeGuard

Point = tuple[float, float]
Side = Literal["src", "dst"]
Points = list[Point | None]
SIDES: tuple[Side, Side] = ("src", "dst")
MIN_PAIRS = 4  # pairs of points that a homography needs
MAX_PAIRS = 150  # as many as each can be left out of; a bend of a warped panel has up to a hundred


@dataclass
class PointPairs:
    """Pairs of points that are being placed, with everything needed to undo and redo.

    Attributes
    ----------
    src, dst : list of (x, y) or None
        Points in the photograph and in the map, in pixels; None where not yet placed.
    revision : int
        Grows with every change.
    active : int
        The index of the pair that was last placed or chosen, which the magnifiers show.

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
    >>> pairs.redo()
    >>> pairs.src
    [(12, 21), (100, 20), None, None]
    """

    src: Points = field(default_factory=lambda: [None] * MIN_PAIRS)
    dst: Points = field(default_factory=lambda: [None] * MIN_PAIRS)
    revision: int = 0
    active: int = 0
    _history: list[tuple[Points, Points]] = field(default_factory=list)
    _undone: list[tuple[Points, Points]] = field(default_factory=list)

    def __len__(self) -> int:
        """Return the number of pairs, placed or not."""
        return len(self.src)

    @property
    def complete(self) -> bool:
        """True if every point is placed on both sides."""
        return len(self.placed()[0]) == len(self)

    @property
    def can_undo(self) -> bool:
        """True if there is a change to undo."""
        return bool(self._history)

    @property
    def can_redo(self) -> bool:
        """True if there is a change to redo."""
        return bool(self._undone)

    def placed(self) -> tuple[list[Point], list[Point]]:
        """Return the points of the pairs that are placed on both sides."""
        both = [(s, d) for s, d in zip(self.src, self.dst, strict=True) if is_placed(s) and is_placed(d)]
        return [s for s, _ in both], [d for _, d in both]

    def all_points(self) -> tuple[tuple[Point | None, ...], tuple[Point | None, ...]]:
        """Return all points of both sides, for comparison with earlier ones."""
        return tuple(self.src), tuple(self.dst)

    def placed_indices(self) -> list[int]:
        """Return the indices, from 0, of the pairs that `placed` returns."""
        both = enumerate(zip(self.src, self.dst, strict=True))
        return [index for index, (s, d) in both if is_placed(s) and is_placed(d)]

    def next_number(self, side: Side) -> int | None:
        """Return the number, from 1, of the first point not yet placed on a side; None if all are."""
        missing = [index for index, point in enumerate(self._side(side)) if not is_placed(point)]
        return missing[0] + 1 if missing else None

    def active_index(self) -> int | None:
        """Return the index of the pair that the magnifiers show; None if no point is placed."""
        both = zip(self.src, self.dst, strict=True)
        there = [index for index, pair in enumerate(both) if any(map(is_placed, pair))]
        return self.active if self.active in there else there[-1] if there else None

    def set_active(self, index: int) -> None:
        """Show another pair in the magnifiers."""
        self.active = index

    def place(self, side: Side, point: Point, reach: float) -> bool:
        """Apply a click: move a marker that is near, else place the next one.

        Parameters
        ----------
        side : {"src", "dst"}
        point : (x, y)
        reach : float
            Distance in the same pixels within which a click moves a marker.

        Returns
        -------
        bool
            False if all points are placed and the click is far from every marker.
        """
        distances = [math.dist(old, point) if is_placed(old) else math.inf for old in self._side(side)]
        nearest, number = distances.index(min(distances)), self.next_number(side)
        if distances[nearest] <= reach:
            self.move(side, nearest, point)
        elif number is not None:
            self.move(side, number - 1, point)
        else:
            return False
        return True

    def move(self, side: Side, index: int, point: Point) -> None:
        """Move one point, and show its pair in the magnifiers."""
        points = list(self._side(side))
        points[index] = point
        self.set_active(index)
        self.replace(**{side: points})

    def add_pair(self) -> None:
        """Add a pair that is not yet placed."""
        if len(self) < MAX_PAIRS:
            self.replace([*self.src, None], [*self.dst, None])

    def remove(self, index: int) -> None:
        """Remove a pair; at least four places stay."""
        src, dst = (points[:index] + points[index + 1 :] for points in (self.src, self.dst))
        short: Points = [None] * (MIN_PAIRS - len(src))
        self.replace(src + short, dst + short)

    def edit(self, numbers: Mapping[tuple[Side, int, int], float | None]) -> None:
        """Set coordinates that were typed or pasted, as one change.

        Parameters
        ----------
        numbers : mapping
            From (side, index of the point from 0, axis: 0 is x, 1 is y) to the number; None removes it.
            A point counts as placed once both its numbers are there.
        """
        sides = {"src": list(self.src), "dst": list(self.dst)}
        for (side, index, axis), value in numbers.items():
            point = list(sides[side][index] or (math.nan, math.nan))
            point[axis] = math.nan if value is None else value
            sides[side][index] = None if all(map(math.isnan, point)) else (point[0], point[1])
        self.replace(**sides)

    def set_pairs(self, src: Sequence[Sequence[float]], dst: Sequence[Sequence[float]]) -> None:
        """Set whole pairs, as from a file; there are at least four places."""
        short = [None] * (MIN_PAIRS - len(src))
        self.replace(*([*((float(x), float(y)) for x, y in points), *short] for points in (src, dst)))

    def reset(self) -> None:
        """Remove all points; undo brings them back."""
        self.replace([None] * MIN_PAIRS, [None] * MIN_PAIRS)

    def replace(self, src: Points | None = None, dst: Points | None = None) -> None:
        """Replace the points of one side or both."""
        self._history.append((self.src, self.dst))
        self._undone.clear()
        self._show(src or self.src, dst or self.dst)

    def undo(self) -> None:
        """Undo the last change."""
        if self._history:
            self._undone.append((self.src, self.dst))
            self._show(*self._history.pop())

    def redo(self) -> None:
        """Redo the change that was undone last."""
        if self._undone:
            self._history.append((self.src, self.dst))
            self._show(*self._undone.pop())

    def _side(self, side: Side) -> Points:
        return self.src if side == "src" else self.dst

    def _show(self, src: Points, dst: Points) -> None:
        self.src, self.dst = src, dst
        self.revision += 1


def is_placed(point: Point | None) -> TypeGuard[Point]:
    """Return True if a point has both coordinates."""
    return point is not None and all(map(math.isfinite, point))

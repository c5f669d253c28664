"""Outlines of masks: closed rings along the borders of pixels."""

from collections.abc import Sequence

import numpy as np

from maxrf_core.cube.regions import Region

RIGHT, DOWN, LEFT, UP = range(4)  # clockwise, as y runs down
# From a corner of pixels along the border, the pixel inside is on the right: its row and column, relative
# to the pixel below and to the right of the corner.
INSIDE = ((0, 0), (0, -1), (-1, -1), (-1, 0))

Rings = list[np.ndarray]


def polygons_of(mask: np.ndarray) -> list[Rings]:
    """Return the outline of a mask as simple polygons with holes.

    Parameters
    ----------
    mask : ndarray, shape (height, width), bool
        With at least one pixel.

    Returns
    -------
    list of list of ndarray, shape (n, 2), float64
        For each group of pixels that are joined by their sides the ring around it, clockwise on the screen,
        then those of its holes, counter-clockwise. Corners x, y in map pixels, which lie between pixel
        centres; `pixels_inside` gives the mask back exactly. No ring meets itself; rings may touch in a
        point.

    Examples
    --------
    >>> [[ring]] = polygons_of(np.array([[False, True]]))
    >>> ring.tolist()
    [[0.5, -0.5], [1.5, -0.5], [1.5, 0.5], [0.5, 0.5]]
    """
    from scipy.ndimage import label  # slow to import

    box = Region.of_mask(mask)
    inside = np.ones((box.rows.stop - box.rows.start, box.columns.stop - box.columns.start), bool)
    inside = inside if box.mask is None else box.mask
    groups, count = label(inside)
    polygons: list[Rings] = [[] for _number in range(count)]
    origin = np.array([box.columns.start - 0.5, box.rows.start - 0.5])
    for corners in _rings(inside):
        (x0, y0), (x1, y1) = corners[0], corners[1]
        going = (RIGHT if x1 > x0 else LEFT) if y0 == y1 else (DOWN if y1 > y0 else UP)
        down, across = INSIDE[going]
        rings = polygons[int(groups[y0 + down, x0 + across]) - 1]
        ring = np.array(corners, np.float64)
        rings.insert(0 if signed_area(ring) > 0 else len(rings), ring + origin)
    return polygons


def outline_of(mask: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return all rings of `polygons_of`, which together are the outline by the even-odd rule."""
    return tuple(ring for rings in polygons_of(mask) for ring in rings)


def signed_area(ring: np.ndarray) -> float:
    """Return the area of a ring in square pixels, positive if it runs clockwise on the screen.

    Examples
    --------
    >>> signed_area(np.array([[0.0, 0], [2, 0], [2, 1], [0, 1]]))
    2.0
    """
    (x, y), (next_x, next_y) = ring.T, np.roll(ring, -1, axis=0).T
    return float(0.5 * (x * next_y - next_x * y).sum())


def is_simple(ring: np.ndarray) -> bool:
    """Return True if no two edges of a ring meet but neighbours in their common corner.

    Examples
    --------
    >>> is_simple(np.array([[0.0, 0], [2, 2], [2, 0], [0, 2]]))
    False
    """
    a, b = ring, np.roll(ring, -1, axis=0)
    count = len(ring)
    if count < 3 or (a == b).all(axis=1).any():
        return False
    for number in range(count - 1):
        others = np.arange(number + 1, count)
        neighbour = (others == number + 1) | (others == (number - 1) % count)
        meets = _meet(a[number], b[number], a[others], b[others])
        backwards = _turned_back(ring, number)
        if (meets & ~neighbour).any() or backwards:
            return False
    return not _turned_back(ring, count - 1)


def _turned_back(ring: np.ndarray, number: int) -> bool:
    """Return True if the edge after corner `number` runs back over the edge before it."""
    before, after = ring[number] - ring[number - 1], ring[(number + 1) % len(ring)] - ring[number]
    return bool(before[0] * after[1] == before[1] * after[0] and before @ after < 0)


def _meet(p: np.ndarray, q: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return whether the edge from p to q meets each of the edges from a to b: (n,) bool."""
    beside_a, beside_b = _side(p, q, a), _side(p, q, b)
    beside_p, beside_q = _side(a, b, p), _side(a, b, q)
    boxes = np.ones(len(a), bool)
    for axis in (0, 1):
        low, high = np.minimum(a[:, axis], b[:, axis]), np.maximum(a[:, axis], b[:, axis])
        boxes &= (low <= max(p[axis], q[axis])) & (high >= min(p[axis], q[axis]))
    return (beside_a * beside_b <= 0) & (beside_p * beside_q <= 0) & boxes


def _side(start: np.ndarray, end: np.ndarray, point: np.ndarray) -> np.ndarray:
    """Return on which side of a line points lie: −1, 0 or 1."""
    along, to = end - start, point - start
    return np.sign(along[..., 0] * to[..., 1] - along[..., 1] * to[..., 0])


def _rings(inside: np.ndarray) -> list[Sequence[tuple[int, int]]]:
    """Return the simple rings around the pixels of a mask, as corners x, y of pixels."""
    padded: np.ndarray = np.pad(inside, 1)
    above_left, above, left, here = padded[:-1, :-1], padded[:-1, 1:], padded[1:, :-1], padded[1:, 1:]
    leaving: np.ndarray = np.zeros(here.shape, np.uint8)  # a bit for each direction
    for going, border in enumerate((here & ~above, left & ~here, above_left & ~left, above & ~above_left)):
        leaving |= border.astype(np.uint8) << going
    width = leaving.shape[1]
    left_to_go = bytearray(leaving.tobytes())
    crossing = bytes(np.isin(leaving, (0b0101, 0b1010)).ravel())
    rings: list[Sequence[tuple[int, int]]] = []
    for start in np.flatnonzero(leaving & 1).tolist():
        if left_to_go[start] & 1:
            paths = _walk(start, width, left_to_go, crossing)
            rings += [[(place % width, place // width) for place in path] for path in paths]
    return rings


def _walk(start: int, width: int, left_to_go: bytearray, crossing: bytes) -> list[list[int]]:
    """Follow a border from a corner, to the right, until it closes; cut it where it meets itself."""
    steps = (1, width, -1, -width)
    found: list[list[int]] = []
    path: list[int] = []
    met: dict[int, int] = {}  # corners at which borders cross: their position in the path
    place, going, before = start, RIGHT, UP
    while True:
        if going != before:
            if crossing[place]:
                if place in met:
                    cut = met[place]
                    found.append(path[cut:])
                    for passed in path[cut:]:
                        met.pop(passed, None)
                    del path[cut:]
                met[place] = len(path)
            path.append(place)
        left_to_go[place] &= ~(1 << going)
        place, before = place + steps[going], going
        ways = left_to_go[place]
        if not ways:  # back at the start
            return [*found, path]
        for turn in (1, 0, 3):  # right first: pixels that touch in a point are not joined
            if ways >> ((going + turn) % 4) & 1:
                going = (going + turn) % 4
                break

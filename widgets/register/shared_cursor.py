"""One cursor in photograph and map: what their pictures know of each other's places.

The pointer moves in one picture's page, and the other shows where that is, without asking the server. So each
picture gets two small tables: from places of what is shown to places of the map, and back.
"""

import math
from typing import Any

import numpy as np

from maxrf_core.transform.coordinates import View
from maxrf_core.transform.parts import Part
from maxrf_core.transform.plane_transform import PlaneTransform

NODES = 17  # along each side of a table, between which the browser interpolates
DECIMALS = 5  # of shares of a side


def shared_cursor(
    part: Part, view: View, map_shape: tuple[int, int], to_map: PlaneTransform | None = None
) -> dict[str, Any]:
    """Return how a picture's places correspond to those of the map.

    Parameters
    ----------
    part : Part
        What is shown of the picture.
    view : View
        In which it is shown.
    map_shape : (height, width)
    to_map : PlaneTransform, optional
        From the picture to the map; by default it is the map.

    Returns
    -------
    dict
        ``to``: for nodes all over what is shown, row by row, x and y on the map; ``from``: for nodes all over
        the map, x and y in what is shown. All are shares of the width and the height, from outer edge to
        outer edge; None where there is no such place.

    Examples
    --------
    >>> table = shared_cursor(Part(0, 0, 10, 20), View(), (20, 10))
    >>> table["to"][0][0], table["from"][-1][-1]
    ([0.0, 0.0], [1.0, 1.0])
    """
    count = 2 if to_map is None else NODES
    shares = np.stack(np.meshgrid(np.linspace(0, 1, count), np.linspace(0, 1, count)), axis=2)
    shown_size, map_size = view.shown_size(*part.size), map_shape[::-1]

    there = [view.from_shown(x, y, *part.size) for x, y in _pixels(shares, shown_size)]
    corner = np.array([part.left, part.top], dtype=np.float64)
    places = np.array(there) + corner
    on_map = places if to_map is None else to_map.apply(places)

    places = _pixels(shares, map_size)
    in_picture = (places if to_map is None else to_map.inverse().apply(places)) - corner
    seen = view.points_to_shown(in_picture, *part.size)
    return {"to": _table(on_map, map_size, count), "from": _table(seen, shown_size, count)}


def _pixels(shares: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return shares of a picture's sides as its pixels, whose centres are at integers: (n, 2)."""
    return shares.reshape(-1, 2) * size - 0.5


def _table(places: np.ndarray, size: tuple[int, int], count: int) -> list[list[list[float] | None]]:
    """Return pixels as shares of a picture's sides, in rows."""
    shares = np.round((places + 0.5) / size, DECIMALS)
    listed = [share if all(map(math.isfinite, share)) else None for share in shares.tolist()]
    return [listed[first : first + count] for first in range(0, count * count, count)]

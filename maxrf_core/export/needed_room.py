"""Room on the disk that large exports need, checked before the work begins."""

import math
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from maxrf_core.datastack.contents import size_text
from maxrf_core.errors import DatastackError
from maxrf_core.language import _
from maxrf_core.transform.onto_grid import NEAREST, OntoGrid

MARGIN = 1.05  # a perspective shows more pixels than its median step tells
BLANK = 0.01  # of the bytes of pixels without a value, when packed


@dataclass(frozen=True)
class Room:
    """Bytes that files need on the disk, at most.

    Attributes
    ----------
    files : int
        All of them together.
    largest : int
        One of them: in a ZIP file each is made beside it first.
    temporary : int
        Beside them, where temporary files lie.

    Examples
    --------
    >>> Room(100, 20, 5) + Room(30, 30, 0)
    Room(files=130, largest=30, temporary=5)
    """

    files: int = 0
    largest: int = 0
    temporary: int = 0

    def __add__(self, other: "Room") -> "Room":
        return Room(
            self.files + other.files,
            max(self.largest, other.largest),
            max(self.temporary, other.temporary),
        )


def rendered_bytes(renderer: OntoGrid, pixel_bytes: int) -> int:
    """Return the bytes of a picture on a grid when it is packed, at most.

    Interpolated numbers hardly get smaller by packing; pixels without a value need next to nothing, and
    copies of one value little.

    Parameters
    ----------
    renderer : OntoGrid
    pixel_bytes : int
        Of a pixel before it is packed.

    Examples
    --------
    >>> import numpy as np
    >>> from maxrf_core.transform.homography import Homography
    >>> double = Homography(np.array([[0.5, 0, -0.25], [0, 0.5, -0.25], [0, 0, 1]]))
    >>> rendered_bytes(OntoGrid(double, (100, 100), (400, 400)), 4)
    174400
    """
    grid = math.prod(renderer.grid_shape)
    shown = min(grid, MARGIN * math.prod(renderer.picture_shape) / renderer.step**2)
    share = min(1.0, renderer.step) if renderer.method == NEAREST else 1.0
    return math.ceil(pixel_bytes * (shown * share + grid * BLANK))


def rendered_room(renderer: OntoGrid, count: int, sizes: Sequence[int], drawn: Sequence[int] = ()) -> Room:
    """Return the room for pictures on a grid, each in files of several kinds.

    Parameters
    ----------
    renderer : OntoGrid
    count : int
        Of the pictures.
    sizes : sequence of int
        Bytes to a pixel, of each kind.
    drawn : sequence of int
        The same of the kinds that lie in a temporary file before they are written.
    """
    if not count:
        return Room()
    each = [rendered_bytes(renderer, size) for size in sizes]
    return Room(count * sum(each), max(each), math.prod(renderer.grid_shape) * sum(drawn))


def check_room(path: Path, room: Room) -> None:
    """Raise if files will not fit on the disk.

    Parameters
    ----------
    path : Path
        A ZIP file or folder that takes them.
    room : Room

    Raises
    ------
    DatastackError
        With how much is needed, and where.
    """
    scratch, folder = Path(tempfile.gettempdir()), path.resolve().parent
    needed = room.files + (room.largest if path.suffix.lower() == ".zip" else 0)
    if folder.stat().st_dev == scratch.stat().st_dev:
        _check(path, folder, needed + room.temporary)
    else:
        _check(path, folder, needed)
        _check(path, scratch, room.temporary)


def _check(path: Path, folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if needed <= free:
        return
    told = {"name": path.name, "needed": size_text(needed), "folder": folder, "free": size_text(free)}
    if folder.is_relative_to(Path(tempfile.gettempdir()).resolve()):
        words = _(
            "{name} needs up to {needed} where temporary files lie, and {free} are free there: choose fewer "
            "maps, or free some space."
        )
    else:
        words = _(
            "{name} needs up to {needed} on the disk of {folder}, and {free} are free there: choose fewer "
            "maps or another folder, or free some space."
        )
    raise DatastackError(words.format(**told))

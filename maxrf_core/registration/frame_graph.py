"""Graph of frames: from any picture of a painting to any other through the stored registrations.

The registrations stored in a datastack are the edges between the grid of the scan's maps and those of
photographs. Scans that are registered on the same photograph, recognised by the SHA-256 of its file, join
through it.
"""

import heapq
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import RegistrationError
from maxrf_core.language import Note, _, translated
from maxrf_core.registration.frames import Edge, Frame, FramePath
from maxrf_core.registration.placed_photo import placed_photo
from maxrf_core.registration.stored import LARGE, SMALL, RegisteredPhoto, registered_photos
from maxrf_core.registration.stored_transform import stored_transform, unsound_because
from maxrf_core.transform.composed import IDENTITY
from maxrf_core.transform.extents import Extent, map_to_image
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.plane_transform import PlaneTransform

MAP = "map"
UNKNOWN_ERROR = 1e6  # map pixels; a path of unknown error comes after all others of its length


class FrameGraph:
    """The frames of one or several scans, and the registrations between them.

    Parameters
    ----------
    *scans : DataStack
        Scans that are registered on the same photograph are joined by it.

    Attributes
    ----------
    scans : tuple of DataStack
    frames : list of Frame
        The maps of each scan, in order, then the photographs.
    edges : list of Edge
        All registrations, sound or not, the newest first.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from maxrf_core import convert, register
    >>> from maxrf_core.readers import ArrayScan
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "scan.datastack"
    >>> ds = DataStack(convert(ArrayScan(np.ones((20, 30, 100), np.uint16)), path))
    >>> map_corners = np.array([[0.0, 0], [29, 0], [29, 19], [0, 19]])
    >>> for name, scale in (("imvis", 2), ("imir", 4)):
    ...     photo = np.zeros((20 * scale, 30 * scale), np.uint8)
    ...     made = register(photo, ds.shape, scale * map_corners, map_corners, name, photo_name=f"{name}.tif")
    ...     stored = ds.append(made.arrays, made.attributes)
    >>> graph = FrameGraph(ds)
    >>> [frame.title for frame in graph.frames]
    ['scan', 'imir.tif', 'imvis.tif']
    >>> path = graph.path("imir", "imvis")  # by way of the maps
    >>> path.transform.apply([[40, 20]]).tolist(), [frame.key == "map" for frame in path.frames]
    ([[20.0, 10.0]], [False, True, False])
    """

    def __init__(self, *scans: DataStack) -> None:
        self.scans = scans
        self._frames: dict[str, Frame] = {}
        self.edges: list[Edge] = []
        maps = [self._add_map(number, ds) for number, ds in enumerate(scans)]
        for ds, frame in zip(scans, maps, strict=True):
            for number, photo in enumerate(registered_photos(ds)):
                self._add_photo(ds, frame, photo, number)
        self.edges.sort(key=lambda edge: str(edge.attributes.get("created", "")), reverse=True)

    @property
    def frames(self) -> list[Frame]:
        """All frames: the maps of each scan, then the photographs."""
        return list(self._frames.values())

    def map_of(self, ds: DataStack) -> Frame:
        """Return the frame of a scan's maps."""
        return next(frame for frame in self.frames if frame.scan == self.scans.index(ds))

    def frame(self, name: str) -> Frame:
        """Return a frame by what people call it.

        Parameters
        ----------
        name : str
            Its key; the name of a registered picture such as ``imvis_reg_highres``, or the first part of it
            (``imvis``, then the newest one is meant); the photograph's file name, or the beginning of its
            SHA-256 (8 digits or more); the name of a scan.

        Returns
        -------
        Frame

        Raises
        ------
        RegistrationError
            If there is none; the message lists those that there are.
        """
        if name in self._frames:
            return self._frames[name]
        edge = self._edge_named(name)
        if edge is not None:
            return self._frames[edge.photo]
        for frame in self.frames:
            known = frame.sha256 or ""
            if name == frame.title or (len(name) >= 8 and known.startswith(name.lower())):
                return frame
        listed = ", ".join([MAP, *(edge.name for edge in self.edges)])
        words = _("There is no picture {name!r:.60} that is registered on the maps; there are: {listed}.")
        raise RegistrationError(words.format(name=name, listed=listed))

    def edges_between(self, one: Frame, other: Frame) -> list[Edge]:
        """Return the registrations, sound or not, between two frames, the newest first."""
        keys = {one.key, other.key}
        return [edge for edge in self.edges if {edge.photo, edge.map} == keys]

    def edges_of(self, frame: Frame) -> list[Edge]:
        """Return the registrations, sound or not, of a frame, the newest first."""
        return [edge for edge in self.edges if frame.key in (edge.photo, edge.map)]

    def path(self, start: str, end: str) -> FramePath:
        """Return the shortest sound path between two frames.

        That of fewest registrations; of equally many those with the smallest expected error, their squares
        added; of equal ones the newest.

        Parameters
        ----------
        start, end : str
            Frames, as `frame` takes them. If one is named exactly as a registered picture is stored (such
            as ``imvis_reg_highres_``), that registration is used and no other one of the same photograph.

        Returns
        -------
        FramePath

        Raises
        ------
        RegistrationError
            If no sound registration leads there; the message tells what is wrong with the others.
        """
        begin, goal = self.frame(start), self.frame(end)
        meant = {edge.name: edge.photo for edge in self.edges if edge.name in (start, end)}
        found = self._search(begin.key, goal.key, meant)
        if found is None:
            raise RegistrationError(self._why_not(begin, goal))
        return FramePath(tuple(self._frames[key] for key in found[0]), tuple(found[1]))

    def _search(
        self, start: str, end: str, meant: dict[str, str]
    ) -> tuple[tuple[str, ...], tuple[Edge, ...]] | None:
        """Search the shortest path (Dijkstra 1959, Numerische Mathematik 1, 269)."""
        queue: list[tuple[int, float, int, tuple[str, ...], tuple[Edge, ...]]] = [(0, 0.0, 0, (start,), ())]
        done, count = set(), 0
        while queue:
            hops, squares, _order, keys, edges = heapq.heappop(queue)
            here = keys[-1]
            if here == end:
                return keys, edges
            if here in done:
                continue
            done.add(here)
            for edge, there in self._usable(here, meant):
                error = UNKNOWN_ERROR if math.isnan(edge.error) else edge.error
                count += 1  # edges are newest first
                heapq.heappush(queue, (hops + 1, squares + error**2, count, (*keys, there), (*edges, edge)))
        return None

    def _usable(self, here: str, meant: dict[str, str]) -> Iterator[tuple[Edge, str]]:
        """Yield the sound edges of a frame and where they lead, but those that others were named for."""
        for edge in self.edges:
            if here not in (edge.photo, edge.map) or not edge.is_sound:
                continue
            if edge.photo in meant.values() and edge.name not in meant:
                continue
            yield edge, edge.map if here == edge.photo else edge.photo

    def _why_not(self, start: Frame, end: Frame) -> str:
        reasons = [
            f"{edge.name}: {translated(edge.unsound)}"
            for edge in self.edges
            if edge.unsound and {start.key, end.key} & {edge.photo, edge.map}
        ]
        words = _("No registration that can be relied on leads from {start} to {end}.")
        return " ".join([words.format(start=start.title, end=end.title), *reasons])

    def _edge_named(self, name: str) -> Edge | None:
        exact = [edge for edge in self.edges if edge.name == name]
        first = [edge for edge in self.edges if edge.name.rstrip("_") in (name + LARGE, name + SMALL)]
        return next(iter([*exact, *first]), None)

    def _add_map(self, number: int, ds: DataStack) -> Frame:
        key = MAP if number == 0 else f"{MAP}:{ds.path.stem}"
        key = key if key not in self._frames else f"{key}:{number}"
        height, width = ds.shape[:2]
        self._frames[key] = frame = Frame(key, "map", ds.path.stem, (height, width), number)
        return frame

    def _add_photo(self, ds: DataStack, on: Frame, photo: RegisteredPhoto, number: int) -> None:
        """Add a registration, and the frame of its photograph if it is new."""
        edge, frame = _read(ds, on, photo, f"photo:{on.scan}:{number}")
        self._frames.setdefault(frame.key, frame)
        self.edges.append(edge)


def _read(ds: DataStack, on: Frame, photo: RegisteredPhoto, own_key: str) -> tuple[Edge, Frame]:
    """Read a registration; without points the frame is that of the picture that was laid on the map."""
    notes = dict(ds.attributes(photo.points or photo.name, latest=False))
    title = str(notes.get("photo") or photo.name)
    points = _points(ds, photo)
    shape = _photo_shape(notes)
    if points is None or shape is None:
        placed = placed_photo(ds, photo.name)
        frame = Frame(own_key, "photograph", title, placed.shape)
        laid = on_the_map(placed.extent, placed.shape)
        return Edge(own_key, on.key, ds, photo, laid, "affine", np.empty((0, 2, 2)), notes), frame
    sha256 = str(notes["photo_sha256"]) if notes.get("photo_sha256") else None
    page = int(notes["photo_page"]) if "photo_page" in notes else None
    key = f"photo:{sha256[:16]}:{shape[1]}x{shape[0]}:{page or ''}" if sha256 else own_key
    frame = Frame(key, "photograph", title, shape, -1, sha256, page)
    model = str(notes.get("model", "homography"))
    try:
        fitted = stored_transform(points, notes)
        transform: PlaneTransform = fitted
        unsound: Note | str = unsound_because(fitted, shape, on.shape, notes)
    except RegistrationError as error:  # points of another program
        transform, unsound = IDENTITY, str(error)
    return Edge(key, on.key, ds, photo, transform, model, points, notes, unsound), frame


def on_the_map(extent: Extent, shape: Sequence[int]) -> Homography:
    """Return the transform from pixels of a picture that lies on the map to the map's.

    Parameters
    ----------
    extent : (left, right, bottom, top)
        The picture's outer edges in map pixels.
    shape : (height, width) or more
        Of the picture.

    Examples
    --------
    >>> on_the_map((-0.5, 9.5, 4.5, -0.5), (20, 40)).apply([[1.5, 1.5]]).tolist()
    [[0.0, 0.0]]
    """
    (x0, y0), (x1, y1) = map_to_image([[0, 0], [1, 1]], extent, shape)
    return Homography(np.array([[x1 - x0, 0, x0], [0, y1 - y0, y0], [0, 0, 1]])).inverse()


def _points(ds: DataStack, photo: RegisteredPhoto) -> np.ndarray | None:
    if photo.points is None:
        return None
    points = np.asarray(ds.read(photo.points, latest=False))
    if points.ndim != 3 or points.shape[1:] != (2, 2) or points.dtype.kind not in "iuf":
        return None
    return points.astype(np.float64)


def _photo_shape(notes: dict[str, Any]) -> tuple[int, int] | None:
    """Return the photograph's height and width as they were stored; None if they were not."""
    shape: Sequence[Any] = np.ravel(notes.get("photo_shape", [])).tolist()
    if len(shape) < 2 or not all(isinstance(length, int) and length > 0 for length in shape[:2]):
        return None
    return shape[0], shape[1]

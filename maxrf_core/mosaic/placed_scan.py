"""Scans with their places in one photograph, from the registrations that they hold."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.pixel_size import pixel_size_of
from maxrf_core.errors import RegistrationError
from maxrf_core.language import _, translated
from maxrf_core.registration.frame_graph import FrameGraph
from maxrf_core.registration.frames import Edge, Frame
from maxrf_core.registration.stored import registered_photos
from maxrf_core.transform.extents import image_extent
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.plane_transform import scale_of

BORDER_STEPS = 16  # points along each side of a scan's outline
UNCHANGED = Homography(np.eye(3))


@dataclass(frozen=True, eq=False)
class PlacedScan:
    """A scan with its place in a photograph.

    Attributes
    ----------
    registration : Edge
        Of the photograph on the scan's maps.
    photo : Frame
        The photograph.
    correction : Homography
        From the place in the photograph by the registration to the one that is used; the identity unless
        the scans were adjusted together.
    """

    registration: Edge
    photo: Frame
    correction: Homography = UNCHANGED

    @property
    def ds(self) -> DataStack:
        """The scan's datastack."""
        return self.registration.ds

    @property
    def name(self) -> str:
        """Name of the scan, without ending."""
        return self.ds.path.stem

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of its maps."""
        return self.ds.shape[:2]

    @cached_property
    def scale(self) -> float:
        """Photograph pixels to a map pixel, along a side."""
        return scale_of(self.registration.to_map, self.shape)

    @property
    def pixel_size(self) -> float | None:
        """Millimetres of a map pixel, the geometric mean of both sides; None if not known."""
        told = pixel_size_of(self.ds)
        if told is None:
            told = (float(self.registration.attributes.get("pixel_size_mm", 0)),) * 2
        return float(np.sqrt(told[0] * told[1])) or None

    def to_scan(self, points: Any) -> np.ndarray:
        """Convert points of the photograph to pixels of the scan's maps: (n, 2) float64."""
        return self.registration.to_map.apply(self.correction.inverse().apply(points))

    def to_photo(self, points: Any) -> np.ndarray:
        """Convert pixels of the scan's maps to points of the photograph: (n, 2) float64."""
        return self.correction.apply(self.registration.to_map.inverse().apply(points))

    def corners(self) -> np.ndarray:
        """Return its outer corners in the photograph, clockwise on the map: (4, 2) float64."""
        left, right, bottom, top = image_extent(*self.shape)
        return self.to_photo(np.array([[left, top], [right, top], [right, bottom], [left, bottom]]))

    def outline(self) -> np.ndarray:
        """Return its outer edge in the photograph, clockwise on the map: (n, 2) float64."""
        left, right, bottom, top = image_extent(*self.shape)
        corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom], [left, top]])
        along = np.linspace(0, 1, BORDER_STEPS, endpoint=False)[:, None]
        return self.to_photo(
            np.concatenate([one + along * (other - one) for one, other in pairwise(corners)])
        )

    def expected_error(self, points: Any) -> float | None:
        """Return how far its registration is expected to be off, root mean square in photograph pixels.

        Parameters
        ----------
        points : array_like, (n, 2)
            Of the photograph; those outside the scan do not count.

        Returns
        -------
        float or None
            None if the registration tells nothing of it, see `maxrf_core.registration.local_error`.
        """
        left, right, bottom, top = image_extent(*self.shape)
        places = self.to_scan(points)
        x, y = places.T
        inside = places[(x >= left) & (x <= right) & (y >= top) & (y <= bottom)]
        lengths = self.registration.errors_at(inside)
        known = lengths[np.isfinite(lengths)]
        return float(np.sqrt(np.mean(known**2))) * self.scale if len(known) else None

    def corrected(self, correction: Homography) -> "PlacedScan":
        """Return the scan with another correction."""
        return replace(self, correction=correction)


def placed_scans(
    paths: Sequence[str | Path | DataStack], *, photo_sha256: str | None = None, same_photo: bool = False
) -> list[PlacedScan]:
    """Return scans with their places in the photograph that all of them are registered on.

    Parameters
    ----------
    paths : sequence of path or DataStack
        Two or more.
    photo_sha256 : str, optional
        Of the photograph, if there are several that all scans share; by default the one that was
        registered last.
    same_photo : bool
        Take the newest registration of each scan for one of the same photograph where its checksum does not
        tell so; its size has to be the same.

    Returns
    -------
    list of PlacedScan

    Raises
    ------
    RegistrationError
        If they are fewer than two, one is given twice or is not registered, or they share no photograph.
    """
    scans = [each if isinstance(each, DataStack) else DataStack(each) for each in paths]
    _check_several(scans)
    graph = FrameGraph(*scans)
    maps = [graph.map_of(ds) for ds in scans]
    for ds, frame in zip(scans, maps, strict=True):
        if not any(len(edge.points) for edge in graph.edges_of(frame)):
            words = _(
                "{file} holds no registered photograph with its points; register it on the photograph of the "
                "other scans first."
            )
            raise RegistrationError(words.format(file=ds.path.name))
    photo = _shared_photo(graph, maps, photo_sha256)
    if photo is not None:
        return [PlacedScan(_edge(graph, photo, frame), photo) for frame in maps]
    newest = [next(edge for edge in graph.edges_of(frame) if len(edge.points)) for frame in maps]
    photos = [graph.frame(edge.photo) for edge in newest]
    if same_photo and photo_sha256 is None and len({each.shape for each in photos}) == 1:
        said = replace(photos[0], sha256=None)  # which file it is has not been tested
        return [PlacedScan(edge, said) for edge in newest]
    raise RegistrationError(_not_shared(graph, maps, photo_sha256))


def photos_registered(ds: DataStack) -> dict[str, str]:
    """Return the photographs that a scan is registered on with points: the file name of each by its SHA-256.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from maxrf_core import convert
    >>> from maxrf_core.readers import ArrayScan
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "scan.datastack"
    >>> photos_registered(DataStack(convert(ArrayScan(np.ones((20, 30, 100), np.uint16)), path)))
    {}
    """
    names = [photo.points for photo in registered_photos(ds) if photo.points is not None]
    told = ds.all_attributes(names).values()
    return {
        str(each["photo_sha256"]): str(each.get("photo", "–")) for each in told if each.get("photo_sha256")
    }


def _check_several(scans: Sequence[DataStack]) -> None:
    if len(scans) < 2:
        raise RegistrationError(_("A mosaic is made of two scans or more; name another one."))
    places = [ds.path.resolve() for ds in scans]
    for ds, place in zip(scans, places, strict=True):
        if places.count(place) > 1:
            raise RegistrationError(_("{file} is named twice; leave one out.").format(file=ds.path.name))


def _shared_photo(graph: FrameGraph, maps: Sequence[Frame], wanted: str | None) -> Frame | None:
    """Return the photograph that all scans are registered on, the last one if there are several."""
    for edge in graph.edges:  # the newest first
        photo = graph.frame(edge.photo)
        if photo.sha256 is None or wanted not in (None, photo.sha256):
            continue
        if all(graph.edges_between(photo, frame) for frame in maps):
            return photo
    return None


def _edge(graph: FrameGraph, photo: Frame, frame: Frame) -> Edge:
    """Return the newest sound registration of two frames; without one raise an error that tells why."""
    found = graph.edges_between(photo, frame)
    for edge in found:
        if edge.is_sound:
            return edge
    words = _("The registration of {scan} on {photo} cannot be relied on: {reason}.")
    reason = str(translated(found[0].unsound)).rstrip(".")
    raise RegistrationError(words.format(scan=frame.title, photo=photo.title, reason=reason))


def _not_shared(graph: FrameGraph, maps: Sequence[Frame], wanted: str | None) -> str:
    photos = [{graph.frame(edge.photo).title for edge in graph.edges_of(frame)} for frame in maps]
    listed = "; ".join(
        f"{frame.title}: {', '.join(sorted(titles))}" for frame, titles in zip(maps, photos, strict=True)
    )
    if wanted is not None:
        words = _("Not every scan is registered on this photograph ({listed}); register those first.")
        return words.format(listed=listed)
    return _(
        "These scans are not registered on one photograph ({listed}); register them on the same file first."
    ).format(listed=listed)

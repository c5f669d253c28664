"""The transform between any two frames, with all that another program needs to use it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.language import _
from maxrf_core.registration.exchange.control_pairs import of_transform
from maxrf_core.registration.frames import FramePath
from maxrf_core.registration.path_record import error_in_words
from maxrf_core.registration.photo_transform import ROUNDING, PhotoTransform, spline_pairs_of
from maxrf_core.registration.stored_transform import grid_of
from maxrf_core.transform.composed import jacobians
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.thin_plate_spline import ThinPlateSpline


@dataclass(frozen=True, eq=False)
class FrameTransform(PhotoTransform):
    """A transform from one frame to another, in files of transforms: the last frame stands for the map.

    Attributes
    ----------
    route : FramePath
        The registrations on the way.
    departure : float
        How far a spline that stands for them is off at most, in pixels of the first frame; 0 if they compose
        exactly.
    """

    route: FramePath = field(default_factory=lambda: FramePath((), ()))
    departure: float = 0.0

    @property
    def is_onto_maps(self) -> bool:
        """True if the last frame is that of the element maps."""
        return self.route.end.kind == "map"

    @property
    def note(self) -> str:
        """Sentences on how precisely it leads there, for a person."""
        expected = error_in_words(self.route)
        if self.departure <= ROUNDING:
            return expected
        words = _(
            "A spline stands for the registrations on the way, off by up to {departure:.2g} pixels of {name}."
        )
        return f"{words.format(departure=self.departure, name=self.photo_name)} {expected}"

    def errors(self) -> list[dict[str, Any]]:
        """Return the expected error in pixels of the last frame, see `FramePath.errors_at`."""
        middle = self.dst.mean(axis=0)
        places = np.vstack([middle, self.dst[[self.dst.sum(axis=1).argmin(), self.dst.sum(axis=1).argmax()]]])
        found = self.route.errors_at(places).tolist()
        return [
            {"x": x, "y": y, "rms_px": error, "basis": "registrations on the way"}
            for (x, y), error in zip(places.tolist(), found, strict=True)
            if not math.isnan(error)
        ]


def frame_transform(route: FramePath) -> FrameTransform:
    """Return the transform of a path between two frames.

    Parameters
    ----------
    route : FramePath
        From `FrameGraph.path`.

    Returns
    -------
    FrameTransform
        Its pairs are control pairs that fix it: four of a homography; otherwise a grid on the maps on the
        way, through which a thin-plate spline is the path within `FrameTransform.departure`.

    Raises
    ------
    RegistrationError
        If both frames are the same one, or do not overlap.
    """
    start, end = route.start, route.end
    if not route.edges:
        raise RegistrationError(_("{name} is the frame itself; name another one.").format(name=start.title))
    names = {"photo_shape": start.shape, "map_shape": end.shape, "photo_name": start.title}
    more: dict[str, Any] = {**names, "map_name": end.title, "route": route}
    if isinstance(route.transform, Homography):
        try:
            pairs = of_transform(route.transform, start.shape, end.shape, {})
        except RegistrationError:
            words = _("{start} and {end} do not overlap.")
            raise RegistrationError(words.format(start=start.title, end=end.title)) from None
        about = _about(route, pairs.dst)
        model = pairs.model or "homography"
        return FrameTransform(route.transform, model, pairs.src, pairs.dst, attributes=about, **more)
    src, dst, departure = _spline_pairs(route)
    spline = ThinPlateSpline.fit(dst, src)
    about = _about(route, dst)
    return FrameTransform(
        spline.inverse(), "thin-plate-spline", src, dst, attributes=about, departure=departure, **more
    )


def _spline_pairs(route: FramePath) -> tuple[np.ndarray, np.ndarray, float]:
    """Return pairs on the first maps of a path that bends, in its first and last frame, and the departure."""
    at = next(number for number, frame in enumerate(route.frames) if frame.kind == "map")
    before = FramePath(route.frames[: at + 1], route.edges[:at]).transform.inverse()
    after = FramePath(route.frames[at:], route.edges[at:]).transform

    def known_pairs(count: int) -> tuple[np.ndarray, np.ndarray]:
        on_map = grid_of(route.frames[at].shape, count)
        src, dst = before.apply(on_map), after.apply(on_map)
        known = np.isfinite(src).all(axis=1) & np.isfinite(dst).all(axis=1)
        return src[known], dst[known]

    return spline_pairs_of(known_pairs)


def _about(route: FramePath, dst: np.ndarray) -> Mapping[str, Any]:
    """Return attributes as a registration has them."""
    there = jacobians(route.transform.inverse(), dst.mean(axis=0)[np.newaxis])[0]
    told: dict[str, Any] = {"mirrored": bool(np.linalg.det(there) < 0)}
    if route.start.sha256:
        told["photo_sha256"] = route.start.sha256
    if route.start.page:
        told["photo_page"] = route.start.page
    return told

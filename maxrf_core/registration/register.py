"""Registration of a photograph: the arrays and attributes to be stored in a datastack.

Coordinates, the homography and warping are exported here too.
"""

import datetime
import hashlib
import json
import os
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from maxrf_core._version import SOFTWARE
from maxrf_core.errors import RegistrationError
from maxrf_core.imaging import limits as picture_limits
from maxrf_core.language import _
from maxrf_core.names import check_name
from maxrf_core.registration.points_io import load_points, save_points
from maxrf_core.registration.quality import Quality, assess
from maxrf_core.registration.ransac import inliers
from maxrf_core.registration.stored import REGISTRATION
from maxrf_core.transform.coordinates import (
    View,
    displayed_to_image,
    image_extent,
    image_to_displayed,
    latlon_to_xy,
    rescale_points,
    xy_to_latlon,
)
from maxrf_core.transform.homography import Homography, homography
from maxrf_core.transform.models import Transform, find_model
from maxrf_core.transform.plane_transform import residuals, scale_of
from maxrf_core.transform.point_pairs import matching
from maxrf_core.transform.warp import highres_shape, warp, warp_onto

__all__ = [
    "Homography",
    "Registration",
    "checksum",
    "displayed_to_image",
    "homography",
    "image_extent",
    "image_to_displayed",
    "latlon_to_xy",
    "load_points",
    "register",
    "rescale_points",
    "residuals",
    "save_points",
    "scale_of",
    "warp",
    "xy_to_latlon",
]

LEAST_SQUARES, MAGSAC = "least squares", "magsac"
UNCHANGED_VIEW = View()


@dataclass(frozen=True, eq=False)
class Registration:
    """A registered photograph, ready to be appended to a datastack.

    Attributes
    ----------
    arrays : dict of str to ndarray
        ``{name}_reg`` (map height, map width[, channels]) at map scale; ``{name}_reg_highres`` at the
        photograph's scale, both of the photograph's dtype and 0 where it does not reach; ``{name}_extent``
        (4,) float64; ``{name}_points`` (n, 2, 2) float64, for each pair source x, y and destination x, y:
        the pairs that the transform was fitted to.
    attributes : dict of str to dict
        Provenance of each array: plain numbers, strings and lists.
    quality : Quality
        Precision of the registration, from its points.
    used : ndarray, (pairs given,), bool
        True for the given pairs that the transform was fitted to.
    note : str
        A sentence if the result was scaled down to the limit of pixels, else empty.
    """

    arrays: dict[str, np.ndarray]
    attributes: dict[str, dict[str, Any]]
    quality: Quality
    used: np.ndarray
    note: str = ""

    @property
    def transform(self) -> Transform:
        """The transform from photograph to map."""
        return self.quality.transform


def register(
    photo: Any,
    map_shape: Sequence[int],
    src: Any,
    dst: Any,
    name: str = "imvis",
    *,
    model: str = "homography",
    method: str = LEAST_SQUARES,
    view: View = UNCHANGED_VIEW,
    refinement: Mapping[str, Any] | None = None,
    pixel_size: float | None = None,
    photo_name: str | None = None,
    photo_sha256: str | None = None,
    photo_page: int | None = None,
) -> Registration:
    """Warp a photograph onto the maps at both scales, with the attributes to be stored.

    Parameters
    ----------
    photo : array_like, (height, width) or (height, width, channels)
    map_shape : (height, width) or more
        Shape of the maps or the cube.
    src, dst : array_like, (n, 2)
        Matching points x, y, in the photograph and on the map; four or more for a perspective.
    name : str
        First part of the arrays' names: imvis, imuv, imir, imxr, or another.
    model : str
        The kind of transform, see `maxrf_core.transform.models`.
    method : "least squares" or "magsac"
        Fit to all pairs, or only to those that agree with each other, see
        `maxrf_core.registration.ransac.inliers`; the others are then stored as left out. Not for elastic
        models, which agree with every pair.
    view : View
        View of the photograph. If mirrored, the map shows its mirror image, as that of a verso or of
        an X-ray film may; `src` stays in the photograph's own pixels. Rotations are only stored.
    refinement : mapping, optional
        Record of how the points were refined after they had been set; anything that JSON can hold.
    pixel_size : float, optional
        Millimetres of a map pixel, to be stored and used in `quality`.
    photo_name, photo_sha256 : str, optional
        File name and SHA-256 of the photograph, to be stored in the attributes.
    photo_page : int, optional
        Which page of its file the photograph is, from 1, to be stored as well.

    Returns
    -------
    Registration

    Raises
    ------
    RegistrationError
        If the points fix no sensible transform, see `homography`, and for an unknown model or
        method.
    PictureError
        If `photo` is not an image.
    DatastackError
        If `name` cannot name arrays.

    Examples
    --------
    >>> photo = np.full((80, 60, 3), 200, dtype=np.uint8)
    >>> src, dst = [[0, 0], [59, 0], [0, 79], [59, 79]], [[2, 2], [17, 2], [2, 21], [17, 21]]
    >>> result = register(photo, (24, 20), src, dst)
    >>> for name, array in result.arrays.items():
    ...     print(name, array.shape)
    imvis_reg (24, 20, 3)
    imvis_reg_highres (97, 81, 3)
    imvis_extent (4,)
    imvis_points (4, 2, 2)
    """
    check_name(f"{name}_reg_highres")  # before the long work
    photo = np.asarray(photo)
    pairs = np.stack(matching(src, dst), axis=1)
    used = _used(pairs, model, method, view.mirrored)
    quality = assess(
        pairs[used, 0],
        pairs[used, 1],
        map_shape,
        model=model,
        pixel_size=pixel_size,
        mirrored=view.mirrored,
    )
    transform = quality.transform
    height, width = (int(length) for length in map_shape[:2])
    large, _ = warp_onto(photo, transform, (height, width), highres_shape(transform, (height, width)))
    small, _ = warp_onto(photo, transform, (height, width), (height, width))
    arrays = {
        f"{name}_reg": small,
        f"{name}_reg_highres": large,
        f"{name}_extent": np.array(image_extent(height, width)),
        f"{name}_points": pairs[used],
    }
    origin = _origin(photo, photo_name, photo_sha256)
    if photo_page is not None:
        origin["photo_page"] = photo_page
    how: dict[str, Any] = {
        **origin,
        "map_shape": [height, width],
        "mirrored": view.mirrored,
        "turned": 90 * (view.turns % 4),
        "method": method,
        "scale": scale_of(transform, (height, width)),
        "highres_scale": large.shape[1] / width,
        "pixel_convention": "x, y; the centre of the top-left pixel is 0, 0",
        **_precision(quality),
    }
    if not used.all():
        how["left_out"] = pairs[~used].tolist()
    if refinement:
        how["refinement"] = json.dumps(refinement)
    attributes = {array: dict(origin) for array in arrays} | {f"{name}_points": how}
    return Registration(
        arrays, attributes, quality, used, _note_on_size(how["scale"], map_shape, large.shape)
    )


def _note_on_size(scale: float, map_shape: Sequence[int], kept: tuple[int, ...]) -> str:
    """Return a sentence if the result was scaled down, else an empty text."""
    rows, columns = (max(1, round(scale * length)) for length in map_shape[:2])
    if rows * columns <= picture_limits.MAX_PIXELS:
        return ""
    return _(
        "The registered photograph was scaled down from {columns}×{rows} to {kept_width}×{kept_height} "
        "pixels, since at most {max_pixels_text} are stored. With these points {scale:.3g} of the "
        "photograph's pixels fall on one map pixel; if that is more than you expect, the points "
        "are too close together."
    ).format(
        columns=columns,
        rows=rows,
        kept_width=kept[1],
        kept_height=kept[0],
        max_pixels_text=picture_limits.max_pixels_text(),
        scale=scale,
    )


def checksum(path: str | os.PathLike[str]) -> str:
    """Return the SHA-256 of a file in hexadecimal digits; the file is read in pieces."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _used(pairs: np.ndarray, model: str, method: str, mirrored: bool) -> np.ndarray:
    """Return which pairs the transform is fitted to: (n,) bool."""
    if method == LEAST_SQUARES:
        return np.ones(len(pairs), dtype=bool)
    if method != MAGSAC:
        raise RegistrationError(
            _("There is no method {method!r:.40} of fitting; there are {least_squares} and {magsac}.").format(
                method=method, least_squares=LEAST_SQUARES, magsac=MAGSAC
            )
        )
    kind = find_model(model)
    if not kind.n_params:
        raise RegistrationError(
            _(
                "A {title} agrees with every pair of points, so that no wrong ones can be left out; "
                "find them with another model first."
            ).format(title=_(kind.title).lower())
        )
    return inliers(pairs[:, 0], pairs[:, 1], mirrored=mirrored)


def _precision(quality: Quality) -> dict[str, Any]:
    """Return the attributes that describe the transform and its precision."""
    noted: dict[str, Any] = {
        "model": quality.model.name,
        **quality.transform.params(),
        "residuals": quality.residuals.tolist(),
        "rms": quality.rms,
    }
    if quality.click_error is not None:
        noted["click_error"] = quality.click_error
    if np.isfinite(quality.leave_one_out).all():
        noted["leave_one_out"] = quality.leave_one_out.tolist()
    if quality.pixel_size is not None:
        noted["pixel_size_mm"] = quality.pixel_size
    return noted


def _origin(photo: np.ndarray, photo_name: str | None, photo_sha256: str | None) -> dict[str, Any]:
    """Return the attributes that describe the origin of the registered arrays."""
    origin: dict[str, Any] = {
        REGISTRATION: uuid.uuid4().hex,
        "photo_shape": list(photo.shape),
        "software": SOFTWARE,
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }
    if photo_name:
        origin["photo"] = photo_name
    if photo_sha256:
        origin["photo_sha256"] = photo_sha256
    return origin

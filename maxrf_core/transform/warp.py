"""Warping: rendering of a photograph over the area of a map."""

from typing import Any

import cv2
import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.imaging import limits as picture_limits
from maxrf_core.imaging.resample import full_scale, resample
from maxrf_core.language import _
from maxrf_core.large_array import in_bands, is_on_disk, large_array, let_go
from maxrf_core.transform.coordinates import Extent, image_extent
from maxrf_core.transform.extents import check_map_shape
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.models import Transform, find_model
from maxrf_core.transform.plane_transform import scale_of
from maxrf_core.transform.remap import RescaledTransform, folds, remap

STRIP_ROWS = 64  # worked on at once
MAX_PIXEL_STEP = 1.25  # photograph pixels per pixel of the result; above it they are averaged first


def warp(
    im_src: Any,
    im_dst: Any,
    pts_src: Any,
    pts_dst: Any,
    keep_scale: bool = True,
    rgba: bool = True,
    alpha_color: tuple[float, float, float] = (1, 0, 0),
    model: str = "homography",
    mirrored: bool = False,
) -> tuple[np.ndarray, Extent]:
    """Warp a photograph onto a map.

    Parameters
    ----------
    im_src : array_like, (height, width) or (height, width, channels)
        The photograph: grey, RGB, RGBA, or with `rgba` false any number of channels.
    im_dst : array_like, (height, width) or more
        The map; only its shape matters.
    pts_src, pts_dst : array_like, (n, 2)
        Matching points x, y, pixel centres at integers; four or more for a perspective.
    keep_scale : bool
        Render at the photograph's true scale (its pixels per map pixel at the middle of the map, from the
        transform), else at the map's scale. Both cover the map's whole area. A result of more than 150
        million pixels is scaled down to that.
    rgba : bool
        Give the result an alpha channel, see below.
    alpha_color : (red, green, blue)
        From 0 to 1; the colour that a grey photograph gets.
    model : str
        Kind of transform, see `maxrf_core.transform.models`.
    mirrored : bool
        Whether the map shows the photograph's mirror image, as that of a verso or of an X-ray film may.

    Returns
    -------
    im_warped : ndarray
        With `rgba` false: dtype and channels of the photograph, zero where it does not reach.
        With `rgba` true and a colour photograph: the same with a fourth channel, which is 0 where the
        photograph does not reach and elsewhere the dtype's full scale (255, 65535, 1.0 …) or the
        photograph's own alpha.
        With `rgba` true and a grey photograph: float32, `alpha_color` everywhere, and as alpha the
        intensity from 0 to 1: unsigned integers of 8 and 16 bits over their full scale, floats from 0 to 1
        as they are, all others spread between their least and largest value.
    extent : (left, right, bottom, top)
        The map's extent in map pixels, as matplotlib and Plotly take it.

    Raises
    ------
    RegistrationError
        If the points fix no sensible transform, see `homography`.
    PictureError
        If `im_src` is not an image.

    Notes
    -----
    Interpolation is linear. Where several photograph pixels fall on one pixel of the result, they are
    averaged by area first, so that fine patterns do not alias. NaN does not spread to values that exist.

    Examples
    --------
    >>> photo = np.arange(64, dtype=np.uint8).reshape(8, 8)
    >>> corners, there = [[0, 0], [7, 0], [0, 7], [7, 7]], [[1, 1], [8, 1], [1, 8], [8, 8]]
    >>> shifted, extent = warp(photo, np.zeros((10, 10)), corners, there, rgba=False)
    >>> shifted[1, :4], extent
    (array([0, 0, 1, 2], dtype=uint8), (-0.5, 9.5, 9.5, -0.5))
    """
    photo = np.asarray(im_src)
    map_shape = np.shape(im_dst)[:2]
    transform = find_model(model).fit(pts_src, pts_dst, mirrored)
    shape = highres_shape(transform, map_shape) if keep_scale else map_shape
    warped, covered = warp_onto(photo, transform, map_shape, shape)
    if rgba:
        warped = _with_alpha(photo, warped, covered, alpha_color)
    return warped, image_extent(*map_shape)


def highres_shape(transform: Transform, map_shape: tuple[int, ...]) -> tuple[int, int]:
    """Return the size of the map's area at the photograph's true scale, reduced if it is too large.

    Parameters
    ----------
    transform : Homography, InverseThinPlateSpline or PiecewiseAffine
        From photograph to map.
    map_shape : (height, width) or more

    Returns
    -------
    height, width : tuple of int

    Raises
    ------
    RegistrationError
        If the map has no area, the horizon crosses it, or the photograph would be folded on it.
    """
    check_map(transform, map_shape)
    scale = scale_of(transform, map_shape)
    return picture_limits.shape_within(scale * map_shape[0], scale * map_shape[1])


def warp_onto(
    photo: np.ndarray, transform: Transform, map_shape: tuple[int, ...], shape: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Render a photograph over the map's whole area with a given number of pixels.

    Parameters
    ----------
    photo : ndarray, (height, width) or (height, width, channels)
    transform : Homography, InverseThinPlateSpline or PiecewiseAffine
        From photograph to map.
    map_shape : (height, width) or more
    shape : (height, width)
        Pixels of the result, which cover exactly the map's extent.

    Returns
    -------
    warped : ndarray, `shape` or (`*shape`, channels)
        Of the photograph's dtype, zero where it does not reach.
    covered : ndarray, `shape`, bool
        Where the photograph reaches.

    Raises
    ------
    RegistrationError
        If the result is too large, the horizon crosses the map, the photograph would be folded on it, or
        misses it.
    PictureError
        If `photo` is not an image.
    """
    check_map(transform, map_shape)
    height, width = shape
    if height * width > picture_limits.MAX_PIXELS:
        raise RegistrationError(
            _(
                "A registered photograph has at most {max_pixels_text}, and this one would have "
                "{width}×{height}; choose a smaller shape."
            ).format(max_pixels_text=picture_limits.max_pixels_text(), width=width, height=height)
        )
    enlarging = _scaling(width / map_shape[1], height / map_shape[0])
    try:
        if isinstance(transform, Homography):
            flat = enlarging @ transform
            warped = resample(photo, lambda part: _render(part, flat, (width, height)))
            covered = _covered(photo.shape, flat, (width, height))
        else:
            bent, covered = (
                RescaledTransform(_scaling(1, 1), transform, enlarging),
                large_array(shape, bool),
            )
            warped = resample(photo, lambda part: _render_bent(part, bent, (width, height), covered))
    except MemoryError as error:
        message = f"There is not enough memory for a warped photograph of {width}×{height} pixels."
        raise RegistrationError(message) from error
    if not covered.any():
        raise RegistrationError(
            _(
                "With these points the photograph does not touch the map; check that the source points "
                "belong to the photograph and the destination points to the map."
            )
        )
    for top in range(0, height, STRIP_ROWS):
        warped[top : top + STRIP_ROWS][~covered[top : top + STRIP_ROWS]] = 0
        let_go(warped, covered)
    return warped, covered


def check_map(transform: Transform, map_shape: tuple[int, ...]) -> None:
    """Check that a photograph can be shown on the map: without fold, and without horizon.

    Beyond its horizon the photograph would appear once more, upside down.

    Parameters
    ----------
    transform : Homography, InverseThinPlateSpline or PiecewiseAffine
        From photograph to map.
    map_shape : (height, width) or more

    Raises
    ------
    RegistrationError
        If the map has no area, the horizon crosses it, or the photograph would be folded on it.
    """
    check_map_shape(map_shape)
    if not isinstance(transform, Homography):
        if folds(transform, map_shape):
            raise RegistrationError(
                _(
                    "The points bend the photograph so much that it would be folded over itself on the "
                    "map; check that each pair marks the same place in both images, and set more pairs "
                    "in between."
                )
            )
        return
    left, right, bottom, top = image_extent(*map_shape[:2])
    depth = transform.inverse().depth([[left, top], [right, top], [right, bottom], [left, bottom]])
    if depth.min() <= 0 <= depth.max():
        raise RegistrationError(
            _(
                "The points give a perspective so strong that its horizon crosses the map; spread them "
                "further apart, and check that each pair marks the same place in both images."
            )
        )


def _scaling(horizontal: float, vertical: float) -> Homography:
    """Return the transform to the same image resized, which keeps the outer edges."""
    return Homography(
        np.array(
            [
                [horizontal, 0, (horizontal - 1) / 2],
                [0, vertical, (vertical - 1) / 2],
                [0, 0, 1],
            ]
        )
    )


def _render(part: np.ndarray, onto: Homography, size: tuple[int, int]) -> np.ndarray:
    """Average by area as far as the transform reduces the image, then interpolate."""
    part, smaller = _averaged(part, _steps(onto, size))
    if smaller:
        onto = onto @ smaller.inverse()
    (width, height), channels = size, part.shape[2:]
    rendered = large_array((height, width, *channels), part.dtype)
    if not is_on_disk(rendered):
        return _flat(part, onto, size)
    for rows in in_bands(height, rendered[0].nbytes):
        band = _flat(part, _moved_up(rows.start) @ onto, (width, rows.stop - rows.start))
        rendered[rows] = band.reshape(rendered[rows].shape)
        let_go(rendered, part)
    return rendered


def _flat(part: np.ndarray, onto: Homography, size: tuple[int, int]) -> np.ndarray:
    return cv2.warpPerspective(
        part, onto.matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def _moved_up(rows: int) -> Homography:
    return Homography(np.array([[1.0, 0, 0], [0, 1, -rows], [0, 0, 1]]))


def _render_bent(
    part: np.ndarray, onto: RescaledTransform, size: tuple[int, int], covered: np.ndarray
) -> np.ndarray:
    """Render through an elastic transform; `covered` is set where the photograph reaches."""
    part, smaller = _averaged(part, _steps(onto, size))
    return remap(part, onto @ smaller.inverse() if smaller else onto, size, covered)


def _averaged(part: np.ndarray, steps: tuple[float, float]) -> tuple[np.ndarray, Homography | None]:
    """Average by area if a step spans more than one pixel; return the transform to the reduced image too."""
    if max(steps) <= MAX_PIXEL_STEP:
        return part, None
    height, width = part.shape[:2]
    columns, rows = (
        max(1, round(length / max(1.0, step))) for length, step in zip((width, height), steps, strict=True)
    )
    smaller = cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA)
    let_go(part)
    return smaller, _scaling(columns / width, rows / height)


def _steps(onto: Homography | RescaledTransform, size: tuple[int, int]) -> tuple[float, float]:
    """Return the photograph columns and rows that one pixel step at the centre of the result spans."""
    x, y = (size[0] - 1) / 2, (size[1] - 1) / 2
    here, right, below = onto.inverse().apply([[x, y], [x + 0.5, y], [x, y + 0.5]])
    along_x, along_y = 2 * (right - here), 2 * (below - here)
    return float(np.hypot(along_x[0], along_y[0])), float(np.hypot(along_x[1], along_y[1]))


def _covered(photo_shape: tuple[int, ...], onto: Homography, size: tuple[int, int]) -> np.ndarray:
    """Return which pixels of the result have their centre inside the photograph's outer edges."""
    (width, height), matrix = size, onto.inverse().matrix
    edges = photo_shape[1] - 0.5, photo_shape[0] - 0.5
    covered, columns = large_array((height, width), bool), np.arange(width)
    for top in range(
        0, height, STRIP_ROWS
    ):  # a mask as large as the photograph would take memory that is not there
        rows = np.arange(top, min(top + STRIP_ROWS, height))[:, np.newaxis]
        x, y, depth = (a * columns + b * rows + c for a, b, c in matrix)
        inside = covered[top : top + STRIP_ROWS]
        with np.errstate(divide="ignore", invalid="ignore"):
            x, y = x / depth, y / depth
        inside[...] = (x >= -0.5) & (x < edges[0]) & (y >= -0.5) & (y < edges[1])
        let_go(covered)
    return covered


def _with_alpha(
    photo: np.ndarray, warped: np.ndarray, covered: np.ndarray, alpha_color: tuple[float, float, float]
) -> np.ndarray:
    if warped.ndim == 3 and warped.shape[2] == 1:
        photo, warped = photo[:, :, 0], warped[:, :, 0]
    if warped.ndim == 2:
        return _tinted(photo, warped, covered, alpha_color)
    if warped.shape[2] not in (3, 4):
        raise RegistrationError(
            _("A photograph of {channels} channels cannot get an alpha channel; use rgba=False.").format(
                channels=warped.shape[2]
            )
        )
    if warped.dtype.kind == "f":
        covered = covered & np.isfinite(warped).all(axis=2)
    full = np.array(full_scale(warped.dtype), dtype=warped.dtype)
    own = warped[:, :, 3] if warped.shape[2] == 4 else full
    alpha = np.where(covered, own, np.zeros_like(full))
    return np.dstack([warped[:, :, :3], alpha])


def _tinted(
    photo: np.ndarray, warped: np.ndarray, covered: np.ndarray, alpha_color: tuple[float, float, float]
) -> np.ndarray:
    """Return a grey photograph in one colour, with its intensity as alpha."""
    color = np.asarray(alpha_color, dtype=np.float32)
    if color.shape != (3,) or not ((color >= 0) & (color <= 1)).all():
        raise RegistrationError(
            _("The colour alpha_color is red, green, blue from 0 to 1, not {alpha_color}.").format(
                alpha_color=alpha_color
            )
        )
    lo, hi = _intensity_range(photo)
    intensity = (warped.astype(np.float64) - lo) / (hi - lo)
    alpha = np.where(covered & np.isfinite(intensity), np.clip(intensity, 0, 1), 0)
    tinted = np.empty((*warped.shape, 4), dtype=np.float32)
    tinted[:, :, :3] = color
    tinted[:, :, 3] = alpha
    return tinted


def _intensity_range(photo: np.ndarray) -> tuple[float, float]:
    if photo.dtype in (np.bool_, np.uint8, np.uint16):
        return 0.0, float(full_scale(photo.dtype))
    finite = photo[np.isfinite(photo)]
    lo, hi = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if photo.dtype.kind == "f" and lo >= 0 and hi <= 1:
        return 0.0, 1.0
    return (lo, hi) if hi > lo else (lo - 1, lo)

"""Image pyramid of a photograph and maps, at the map's scale and at coarser ones.

A photograph may have a hundred million pixels, a map a hundred thousand. The part around the map is cropped
from the photograph and averaged to about one pixel per map pixel. Every change of size is an area average
that keeps the outer edges in place, and the transforms account for the half pixels exactly.
"""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from maxrf_core.autoalign.edge_features import edges, normalise_noise
from maxrf_core.autoalign.empty_areas import empty_areas
from maxrf_core.errors import RegistrationError
from maxrf_core.imaging.resample import area_average, check_image
from maxrf_core.language import _
from maxrf_core.transform.coordinates import image_extent
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.models import Elastic, Transform

BORDER = 3  # pixels along the border of a picture whose edges are not used
MASK_BORDER = 5  # pixels along an empty area of a map whose edges are not used
FILL = 8.0  # pixels, sigma of the mean of the edges nearby that fills an empty area of a map


class Level:
    """A photograph and maps at one scale.

    Parameters
    ----------
    factor : int
        Map pixels per pixel of the level along each side (about: sizes are rounded).
    maps, photo : ndarray, (height, width, channels), float32
        In units of their noise, see `normalise_noise`.
    exists : ndarray, (height, width), bool
        True where the photograph has content.
    from_map, from_photo : Homography
        From the pixels of the maps, and of the photograph, to the level's pixels.
    measured : ndarray, (height, width), bool, optional
        True where the maps have content; everywhere unless told otherwise.
    """

    def __init__(
        self,
        factor: int,
        maps: np.ndarray,
        photo: np.ndarray,
        exists: np.ndarray,
        from_map: Homography,
        from_photo: Homography,
        measured: np.ndarray | None = None,
    ) -> None:
        self.factor = factor
        self.from_map, self.from_photo = from_map, from_photo
        self._maps, self._photo, self._exists = maps, photo, exists.astype(np.float32)
        self._edges: dict[float, np.ndarray] = {}
        around = np.ones((2 * MASK_BORDER + 1, 2 * MASK_BORDER + 1), dtype=np.uint8)
        measured = np.ones(maps.shape[:2], dtype=bool) if measured is None else measured
        self.measured = cv2.erode(measured.astype(np.uint8), around, borderValue=1).astype(bool)
        self._last_source: tuple[Elastic | None, int, np.ndarray] = None, 0, np.empty(0)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the maps at this level."""
        height, width = self._maps.shape[:2]
        return height, width

    def map_edges(self, blur: float) -> np.ndarray:
        """Return the edges of all maps together, see `edges`.

        Where the maps are not `measured` there is the mean of what lies nearby: no step, which would match
        that of a photograph with the same mask.
        """
        if blur not in self._edges:
            self._edges[blur] = _filled(edges(self._maps, blur), self.measured)
        return self._edges[blur]

    def photo_edges(self, transform: Transform, margin: int, blur: float) -> tuple[np.ndarray, np.ndarray]:
        """Warp the photograph onto the map and compute its edges.

        Parameters
        ----------
        transform : Homography or InverseThinPlateSpline
            From photograph to map, in their own pixels.
        margin : int
            Pixels of the level to add on each side of the map.
        blur : float

        Returns
        -------
        edges : ndarray, (height + 2 margin, width + 2 margin, 3), float32
            0 outside the photograph.
        covered : ndarray, (height + 2 margin, width + 2 margin), bool
        """
        picture = self._warp(self._photo, transform, margin, cv2.BORDER_REPLICATE)
        reach = self._warp(self._exists, transform, margin, cv2.BORDER_CONSTANT)[:, :, 0]
        around = np.ones((2 * BORDER + 1, 2 * BORDER + 1), dtype=np.uint8)
        covered = cv2.erode((reach > 0.99).astype(np.uint8), around, borderValue=1)  # not at the frame's edge
        return edges(picture, blur) * covered[:, :, None], covered.astype(bool)

    def _warp(self, picture: np.ndarray, transform: Transform, margin: int, border: int) -> np.ndarray:
        """Warp a picture of the photograph's size onto the map and a margin: (rows, columns, channels)."""
        height, width = self.shape
        size = (width + 2 * margin, height + 2 * margin)
        if isinstance(transform, Homography):
            onto = translation(margin, margin) @ self.from_map @ transform @ self.from_photo.inverse()
            warped = cv2.warpPerspective(
                picture, onto.matrix, size, flags=cv2.INTER_LINEAR, borderMode=border
            )
        else:
            there = self._source(transform, margin)
            warped = cv2.remap(picture, there[:, :, 0], there[:, :, 1], cv2.INTER_LINEAR, borderMode=border)
        return warped.reshape(size[1], size[0], -1)

    def _source(self, transform: Elastic, margin: int) -> np.ndarray:
        """Return the place in the photograph of each pixel of the level: (rows, columns, 2) float32.

        The last one is kept, as it takes longer than all else and is needed for each blur.
        """
        known, known_margin, there = self._last_source
        if known is transform and known_margin == margin:
            return there
        height, width = self.shape
        x, y = (np.arange(-margin, side + margin, dtype=np.float64) for side in (width, height))
        to_map = self.from_map.inverse()  # which keeps rows and columns
        columns = to_map.apply(np.stack([x, np.zeros_like(x)], axis=1))[:, 0]
        rows = to_map.apply(np.stack([np.zeros_like(y), y], axis=1))[:, 1]
        source = transform.inverse().on_grid(columns, rows).reshape(-1, 2)
        there = self.from_photo.apply(source).astype(np.float32).reshape(len(y), len(x), 2)
        self._last_source = transform, margin, there
        return there


class Pyramid:
    """A photograph and the maps to compare it with, at any scale.

    Parameters
    ----------
    photo : array_like, (height, width) or (height, width, channels)
        Any real numbers; a fourth channel is alpha, further ones are ignored.
    maps : array_like (height, width), or sequence of such
        One map or several of the same shape.
    around : Homography
        Rough transform from photograph to map.
    margin : float
        Width of the strip around the map in which the photograph is kept, in map pixels.

    Attributes
    ----------
    shape : (height, width)
        Of the maps.
    count : int
        Number of maps.

    Raises
    ------
    RegistrationError
        If the maps are not images of the same shape, or the photograph does not overlap them.
    PictureError
        If `photo` is not an image.
    """

    def __init__(self, photo: Any, maps: Any, around: Homography, margin: float) -> None:
        stack, picture = stack_maps(maps), np.asarray(photo)
        check_image(picture)
        self.shape, self.count = stack.shape[:2], stack.shape[2]
        picture, exists, self._from_photo = _at_map_scale(picture, self.shape, around, margin)
        self._photo, self._exists = normalise_noise(picture), exists
        self._maps, self._measured = normalise_noise(stack, counts=True), ~empty_areas(stack)
        self._levels: dict[int, Level] = {}

    def level(self, factor: int) -> Level:
        """Return the pictures averaged over `factor` map pixels along each side."""
        if factor not in self._levels:
            maps, from_map = _shrink_by(self._maps, factor)
            photo, from_working = _shrink_by(self._photo, factor)
            exists, _ = _shrink_by(self._exists[:, :, None].astype(np.float32), factor)
            measured, _ = _shrink_by(self._measured[:, :, None].astype(np.float32), factor)
            self._levels[factor] = Level(
                factor, maps, photo, exists[:, :, 0] > 0.99, from_map, from_working @ self._from_photo,
                measured[:, :, 0] > 0.99,
            )  # fmt: skip
        return self._levels[factor]


def _filled(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Replace values where nothing is known by the mean of what lies nearby."""
    if known.all() or not known.any():
        return values
    mask = known.astype(np.float32)
    weight = cv2.GaussianBlur(mask, (0, 0), FILL)
    nearby = cv2.GaussianBlur(values * mask[:, :, None], (0, 0), FILL)
    mean = nearby / np.maximum(weight, np.float32(1e-6))[:, :, None]
    return np.where(known[:, :, None], values, mean)


def stack_maps(maps: Any) -> np.ndarray:
    """Stack maps as the channels of one picture.

    Parameters
    ----------
    maps : array_like (height, width), or sequence of such

    Returns
    -------
    ndarray, (height, width, number of maps)

    Raises
    ------
    RegistrationError
        If they are not images of real numbers of the same shape.

    Examples
    --------
    >>> stack_maps([np.zeros((30, 20)), np.ones((30, 20))]).shape
    (30, 20, 2)
    """
    one = isinstance(maps, np.ndarray) and maps.ndim == 2
    stack = [np.asarray(each) for each in ([maps] if one else maps)]
    shapes = {each.shape for each in stack}
    if len(shapes) != 1 or any(
        each.ndim != 2 or each.size == 0 or each.dtype.kind not in "buif" for each in stack
    ):
        raise RegistrationError(_("The maps to agree with must be images of numbers, all of the same shape."))
    return np.dstack([each.astype(np.float32) for each in stack])


def rescaling(shape: Sequence[int], smaller: Sequence[int]) -> Homography:
    """Return the transform from an image's pixels to those of the same image in another size.

    Parameters
    ----------
    shape, smaller : (height, width)
        Old and new size; the outer edges stay where they are.

    Returns
    -------
    Homography

    Examples
    --------
    >>> rescaling((10, 10), (5, 5)).apply([[-0.5, 9.5]])
    array([[-0.5,  4.5]])
    """
    y, x = (new / old for new, old in zip(smaller[:2], shape[:2], strict=True))
    return Homography(np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1]]))


def translation(x: float, y: float) -> Homography:
    """Return the transform that shifts everything by x, y pixels."""
    return Homography(np.array([[1, 0, x], [0, 1, y], [0, 0, 1]]))


def shrink(picture: np.ndarray, side: int) -> tuple[np.ndarray, Homography]:
    """Shrink a picture by averaging so that its longer side has `side` pixels; never enlarge it.

    Parameters
    ----------
    picture : ndarray, (height, width, channels)
        Any real numbers.
    side : int

    Returns
    -------
    smaller : ndarray, (new height, new width, channels)
        Of the same dtype.
    onto : Homography
        From the pixels of `picture` to those of `smaller`.
    """
    return _shrink_by(picture, max(1.0, max(picture.shape[:2]) / side))


def _shrink_by(picture: np.ndarray, factor: float) -> tuple[np.ndarray, Homography]:
    height, width = (max(1, round(length / factor)) for length in picture.shape[:2])
    if factor == 1:
        return picture, Homography(np.eye(3))
    smaller = area_average(picture, width, height)
    return smaller.reshape(height, width, -1), rescaling(picture.shape, (height, width))


def _at_map_scale(
    photo: np.ndarray, shape: tuple[int, int], around: Homography, margin: float
) -> tuple[np.ndarray, np.ndarray, Homography]:
    """Return the photograph around the map at about the map's scale, where it exists, and the transform."""
    left, top, right, bottom = _box(photo.shape, shape, around, margin)
    part = photo[top:bottom, left:right]
    height, width = part.shape[:2]
    middle = [(shape[1] - 1) / 2, (shape[0] - 1) / 2]
    step = max(1.0, around.inverse().scale_at(middle))  # photograph pixels to a map pixel
    smaller = max(1, round(height / step)), max(1, round(width / step))
    part = area_average(part, smaller[1], smaller[0])
    part = part.reshape(*smaller, -1)
    exists = np.isfinite(part).all(axis=2) if part.dtype.kind == "f" else np.ones(smaller, dtype=bool)
    if part.shape[2] >= 4:
        exists &= part[:, :, 3] > 0
    onto = rescaling((height, width), smaller) @ translation(-left, -top)
    colours = colour_channels(part)
    return colours, exists & ~empty_areas(colours), onto


def colour_channels(picture: np.ndarray) -> np.ndarray:
    """Return the grey or red, green and blue channels of a photograph, without alpha and further channels.

    Parameters
    ----------
    picture : ndarray, (height, width) or (height, width, channels)

    Returns
    -------
    ndarray, (height, width, 1 or 3)
    """
    picture = picture.reshape(*picture.shape[:2], -1)
    return picture[:, :, : 3 if picture.shape[2] >= 3 else 1]


def _box(
    photo_shape: tuple[int, ...], shape: tuple[int, int], around: Homography, margin: float
) -> tuple[int, int, int, int]:
    """Return the box of the photograph (left, top, right, bottom) over the map and `margin` around it."""
    height, width = photo_shape[:2]
    left, right, bottom, top = image_extent(*shape)
    x, y = (left - margin, right + margin), (top - margin, bottom + margin)
    corners = [[x[0], y[0]], [x[1], y[0]], [x[1], y[1]], [x[0], y[1]]]
    back = around.inverse()
    depth = back.depth(corners)
    if depth.min() <= 0 <= depth.max():  # the horizon crosses the map: keep everything
        return 0, 0, width, height
    seen = back.apply(corners)
    first = np.clip(np.floor(seen.min(axis=0)), 0, [width, height]).astype(int)
    last = np.clip(np.ceil(seen.max(axis=0)) + 1, 0, [width, height]).astype(int)
    if (last <= first).any():
        raise RegistrationError(
            _(
                "With these points the photograph does not touch the map; check that the source points "
                "belong to the photograph and the destination points to the map."
            )
        )
    return int(first[0]), int(first[1]), int(last[0]), int(last[1])

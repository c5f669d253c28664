"""The transform of one registered photograph, with all that another program needs to use it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.straight_view import told_displacement
from maxrf_core.errors import RegistrationError
from maxrf_core.language import _
from maxrf_core.registration.local_error import expected_error
from maxrf_core.registration.points_formats import Shape
from maxrf_core.registration.stored import registered_photos
from maxrf_core.registration.stored_transform import grid_of, stored_transform
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.models import Transform
from maxrf_core.transform.point_pairs import matching
from maxrf_core.transform.thin_plate_spline import ThinPlateSpline

ROUNDING = 1e-6  # pixels; a smaller departure comes from rounding
MAX_DEPARTURE = 0.1  # photograph pixels, of a spline that stands for another transform
SPLINE_GRIDS = (4, 6, 9, 13, 17)  # points to a side, from coarse to fine
CHECKED_GRID = 25  # points to a side of the grid on which departures are measured


@dataclass(frozen=True, eq=False)
class PhotoTransform:
    """A transform from a photograph to the map, with its pairs of points and both pictures.

    Attributes
    ----------
    transform : Homography, InverseThinPlateSpline or PiecewiseAffine
        From photograph to map; x to the right, y down, the centre of the top-left pixel at 0, 0.
    model : str
        Kind of transform, see `maxrf_core.transform.models`.
    src, dst : ndarray, (n, 2), float64
        The pairs that it was fitted to, in the photograph and on the map.
    photo_shape, map_shape : (height, width)
    photo_name, map_name : str
        File names.
    attributes : mapping
        As stored beside the points: ``photo_sha256``, ``mirrored``, ``residuals`` and others.

    Examples
    --------
    >>> corners = np.array([[0.0, 0], [80, 0], [80, 60], [0, 60]])
    >>> placed = PhotoTransform.of_points(corners, corners / 4, "affine", (61, 81), (16, 21))
    >>> placed.is_affine, placed.to_photo.apply([[20, 15]]).round(9).tolist()
    (True, [[80.0, 60.0]])
    """

    transform: Transform
    model: str
    src: np.ndarray
    dst: np.ndarray
    photo_shape: Shape
    map_shape: Shape
    photo_name: str = "photograph"
    map_name: str = "map"
    attributes: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of_points(
        cls,
        src: Any,
        dst: Any,
        model: str,
        photo_shape: Shape,
        map_shape: Shape,
        *,
        photo_name: str = "photograph",
        map_name: str = "map",
        attributes: Mapping[str, Any] | None = None,
    ) -> "PhotoTransform":
        """Fit the transform to pairs of points.

        Parameters
        ----------
        src, dst : array_like, (n, 2)
        model : str
        photo_shape, map_shape : (height, width) or more
        photo_name, map_name : str
        attributes : mapping, optional
            ``mirrored`` says if the map mirrors the photograph.

        Returns
        -------
        PhotoTransform

        Raises
        ------
        RegistrationError
            If the points fix no sensible transform.
        """
        (source, destination), about = matching(src, dst), attributes or {}
        fitted = stored_transform(np.stack([source, destination], axis=1), {**about, "model": model})
        photo, on_map = ((int(shape[0]), int(shape[1])) for shape in (photo_shape, map_shape))
        return cls(fitted, model, source, destination, photo, on_map, photo_name, map_name, about)

    @property
    def to_photo(self) -> Any:
        """The transform from the map to the photograph."""
        return self.transform.inverse()

    @property
    def is_onto_maps(self) -> bool:
        """True if it leads to the element maps; else another picture stands for them."""
        return True

    @cached_property
    def is_affine(self) -> bool:
        """True if the transform is affine, but for rounding."""
        return self.affine_part()[1] < ROUNDING

    def affine_part(self) -> tuple[Homography, float]:
        """Return the affine transform that is nearest over the map, and its largest departure.

        Returns
        -------
        (Homography, float)
            From photograph to map; the departure is in map pixels.
        """
        if isinstance(self.transform, Homography) and not self.transform.matrix[2, :2].any():
            return self.transform, 0.0
        on_map = self.grid_on_map(CHECKED_GRID)
        in_photo = self.to_photo.apply(on_map)
        fitted = _nearest_affine(in_photo, on_map)
        departure = float(np.hypot(*(fitted.apply(in_photo) - on_map).T).max())
        return fitted, departure

    def spline_pairs(self) -> tuple[np.ndarray, np.ndarray, float]:
        """Return pairs through which a thin-plate spline from map to photograph is this transform.

        The spline is what programs know that know no perspective. A thin-plate spline is returned as its own
        pairs; for others a grid is laid over the map, as fine as is needed.

        Returns
        -------
        src, dst : ndarray, (n, 2), float64
            In the photograph and on the map.
        departure : float
            How far the spline is off at most, in photograph pixels.
        """
        if self.model == "thin-plate-spline":
            return self.src, self.dst, 0.0

        def pairs_of(count: int) -> tuple[np.ndarray, np.ndarray]:
            on_map = self.grid_on_map(count)
            return self.to_photo.apply(on_map), on_map

        return spline_pairs_of(pairs_of)

    def grid_on_map(self, count: int) -> np.ndarray:
        """Return `count` by `count` points over the map, to its outer edges: (count², 2) float64."""
        return grid_of(self.map_shape, count)

    def errors(self) -> list[dict[str, Any]]:
        """Return the expected error at the centre and the corner pixels of the map.

        Returns
        -------
        list of dict
            ``x``, ``y``, ``rms_px`` (map pixels) and ``basis``, see
            `maxrf_core.registration.local_error.ExpectedError`; empty if nothing is known.
        """
        height, width = self.map_shape[:2]
        places = [((width - 1) / 2, (height - 1) / 2)]
        places += [(x, y) for x, y in ((0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1))]
        pairs = np.stack([self.src, self.dst], axis=1)
        found = [(place, expected_error(pairs, self.attributes, place)) for place in places]
        return [
            {"x": x, "y": y, "rms_px": error.length, "basis": error.basis}
            for (x, y), error in found
            if error is not None
        ]


def spline_pairs_of(
    pairs_of: Callable[[int], tuple[np.ndarray, np.ndarray]],
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return as few pairs as suffice for a thin-plate spline that stands for another transform.

    Parameters
    ----------
    pairs_of : callable
        Takes the number of points along each side of a grid; returns them in the photograph and on the map.

    Returns
    -------
    src, dst : ndarray, (n, 2), float64
        In the photograph and on the map.
    departure : float
        How far the spline from map to photograph is off at most, in photograph pixels.
    """
    checked_src, checked_dst = pairs_of(CHECKED_GRID)
    src, dst, departure = checked_src, checked_dst, np.inf
    for count in SPLINE_GRIDS:
        src, dst = pairs_of(count)
        off = ThinPlateSpline.fit(dst, src).apply(checked_dst) - checked_src
        departure = float(np.hypot(*off.T).max())
        if departure <= MAX_DEPARTURE:
            break
    return src, dst, departure


def _nearest_affine(src: np.ndarray, dst: np.ndarray) -> Homography:
    """Return the affine transform by least squares, without the checks that clicked points need."""
    middle = src.mean(axis=0)
    columns = np.column_stack([src - middle, np.ones(len(src))])
    linear = np.linalg.lstsq(columns, dst, rcond=None)[0].T
    matrix = np.vstack([linear, [0, 0, 1]])
    matrix[:2, 2] -= linear[:, :2] @ middle
    return Homography(matrix)


def photo_transform(ds: DataStack, name: str | None = None) -> PhotoTransform:
    """Return the transform of a registered photograph in a datastack.

    Parameters
    ----------
    ds : DataStack
    name : str, optional
        Name of the registered picture, such as ``imvis_reg`` or ``imvis_reg_highres``, or the first part of
        it, ``imvis``; by default the only photograph there is.

    Returns
    -------
    PhotoTransform
        Fitted to the stored pairs, as when the photograph was registered.

    Raises
    ------
    RegistrationError
        If there is no such photograph, several could be meant, or its points are not stored.
    """
    found = [photo for photo in registered_photos(ds) if photo.points is not None]
    names = [photo.name for photo in found]
    if name is not None:
        found = [
            photo
            for photo in found
            if name in (photo.name, photo.small, photo.points, str(photo.points).removesuffix("_points"))
        ]
    elif len({photo.name.rstrip("_") for photo in found}) > 1:
        words = _("{scan} has several registered photographs; name one of them: {listed}.")
        raise RegistrationError(words.format(scan=ds.path.name, listed=", ".join(names)))
    if not found:
        words = _("{scan} has no registered photograph {name}with its points; it has: {listed}.")
        called = "" if name is None else f"{name:.60} "
        raise RegistrationError(words.format(scan=ds.path.name, name=called, listed=", ".join(names) or "–"))
    return transform_of_points(ds, str(found[0].points))


def transform_of_points(ds: DataStack, array: str) -> PhotoTransform:
    """Return the transform that belongs to stored points.

    Parameters
    ----------
    ds : DataStack
    array : str
        Exact name of the array with the points.

    Returns
    -------
    PhotoTransform

    Raises
    ------
    RegistrationError
        If the array holds no pairs of points, the size of the photograph is not stored beside it, or the
        points fix no transform.
    """
    pairs, about = np.asarray(ds.read(array, latest=False)), ds.attributes(array, latest=False)
    if pairs.ndim != 3 or pairs.shape[1:] != (2, 2) or pairs.dtype.kind not in "iuf":
        raise RegistrationError(_("{array} does not hold pairs of points.").format(array=array))
    shape = np.atleast_1d(about.get("photo_shape", ()))
    if shape.dtype.kind not in "iu" or len(shape) < 2 or shape[:2].min() < 1:
        raise RegistrationError(
            _("The size of the photograph is not stored beside {array}.").format(array=array)
        )
    return PhotoTransform.of_points(
        pairs[:, 0],
        pairs[:, 1],
        str(about.get("model", "homography")),
        tuple(shape[:2].tolist()),
        ds.shape[:2],
        photo_name=str(about.get("photo") or array.rstrip("_").removesuffix("_points")),
        map_name=ds.path.name,
        attributes=about,
    )


def row_displacement_of(placed: PhotoTransform) -> float:
    """Return by how many pixels odd rows of the map were shifted back when the photograph was registered."""
    return told_displacement(placed.attributes)

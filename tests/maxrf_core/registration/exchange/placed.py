"""Registrations whose numbers are known, for the tests of files that hold them."""

import numpy as np
from hypothesis import strategies as st

from maxrf_core.registration.photo_transform import PhotoTransform
from maxrf_core.transform.models import find_model

PHOTO, MAP = (480, 640), (60, 80)
SIZES = {"photo_shape": PHOTO, "map_shape": MAP}
CORNERS = np.array([[-0.5, -0.5], [79.5, -0.5], [79.5, 59.5], [-0.5, 59.5]])  # of the map

shift = st.floats(-0.08, 0.08)
quadrangles = st.lists(st.tuples(shift, shift), min_size=4, max_size=4).map(
    lambda shifts: (CORNERS + 0.5) * 7 - 0.5 + 40 + 480 * np.array(shifts)
)


def eight_times(model: str = "affine") -> PhotoTransform:
    """Return a photograph of exactly the map's field, eight pixels to a side of a map pixel."""
    return PhotoTransform.of_points(
        (CORNERS + 0.5) * 8 - 0.5, CORNERS, model, PHOTO, MAP, photo_name="photo.jpg", map_name="a.datastack"
    )


def in_perspective(
    photo_corners: np.ndarray, model: str = "homography", mirrored: bool = False
) -> PhotoTransform:
    """Return a photograph in which the corners of the map lie at given places, or their mirror."""
    about = {"residuals": [0.0] * len(CORNERS), "mirrored": mirrored}
    corners = photo_corners[[1, 0, 3, 2]] if mirrored else photo_corners
    return PhotoTransform.of_points(corners, CORNERS, model, PHOTO, MAP, attributes=about)


def departure(found, placed: PhotoTransform) -> float:
    """Return how far the homography through read pairs is from the transform, in photograph pixels."""
    refit = find_model(found.about.get("model") or placed.model)
    mirrored = found.about.get("mirrored", placed.attributes.get("mirrored", False))
    again = refit.fit(found.src, found.dst, mirrored).inverse()
    grid = placed.grid_on_map(9)
    return float(np.abs(again.apply(grid) - placed.to_photo.apply(grid)).max())

"""Pictures that an instrument took of what it scanned, with the place of the scan in them if it is known."""

from dataclasses import dataclass, replace

import numpy as np

from maxrf_core.transform.coordinates import View


@dataclass(frozen=True, eq=False)
class ScanPicture:
    """A picture in a scan's file.

    Attributes
    ----------
    title : str
        As its file names it, or what it is.
    pixels : ndarray, (height, width) or (height, width, 3)
        uint8 or uint16.
    corners : ndarray, shape (4, 2), float64, or None
        Where the centres of the scan's corner pixels lie, x and y in pixels of the picture: clockwise from
        the top left one. None if the file does not tell.
    """

    title: str
    pixels: np.ndarray
    corners: np.ndarray | None = None

    def part(self, shape: tuple[int, ...], crop: tuple[int, int, int, int]) -> "ScanPicture":
        """Return the picture of a part of the scan: all of it, with the part's corners.

        Parameters
        ----------
        shape : (height, width) or more
            Of the scan.
        crop : (x0, y0, x1, y1)
            First and last pixel of the part.

        Examples
        --------
        >>> corners = corners_of_rectangle((0, 0, 19, 39), (20, 10))
        >>> ScanPicture("video", np.zeros((40, 20)), corners).part((20, 10), (1, 2, 3, 4)).corners.tolist()
        [[2.5, 4.5], [6.5, 4.5], [6.5, 8.5], [2.5, 8.5]]
        """
        if self.corners is None:
            return self
        top_left, top_right, _bottom_right, bottom_left = self.corners
        across = (top_right - top_left) / max(1, shape[1] - 1)
        down = (bottom_left - top_left) / max(1, shape[0] - 1)
        x0, y0, x1, y1 = crop
        places = [top_left + x * across + y * down for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]
        return replace(self, corners=np.array(places))

    def shown(self, view: View) -> "ScanPicture":
        """Return the picture in another orientation, in which its scan is, too.

        Examples
        --------
        >>> picture = ScanPicture("video", np.zeros((40, 20)), corners_of_rectangle((0, 0, 9, 19), (20, 10)))
        >>> picture.shown(View(1)).corners.tolist()
        [[20.0, 0.0], [39.0, 0.0], [39.0, 9.0], [20.0, 9.0]]
        """
        pixels = np.ascontiguousarray(view.turn(self.pixels))
        if self.corners is None:
            return replace(self, pixels=pixels)
        height, width = self.pixels.shape[:2]
        moved = view.points_to_shown(self.corners, width, height)
        ideal = view.points_to_shown([[0, 0], [1, 0], [1, 1], [0, 1]], 2, 2)  # where each corner comes to lie
        order = [ideal.tolist().index([x, y]) for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))]
        return replace(self, pixels=pixels, corners=moved[order])


def corners_of_rectangle(rectangle: tuple[float, float, float, float], shape: tuple[int, ...]) -> np.ndarray:
    """Return the centres of a scan's corner pixels from the rectangle of a picture's pixels that it covers.

    Parameters
    ----------
    rectangle : (left, top, right, bottom)
        First and last pixel of the picture, both covered.
    shape : (height, width) or more
        Of the scan.

    Returns
    -------
    ndarray, shape (4, 2), float64

    Examples
    --------
    >>> corners_of_rectangle((472, 362, 521, 411), (50, 50)).tolist()
    [[472.0, 362.0], [521.0, 362.0], [521.0, 411.0], [472.0, 411.0]]
    """
    left, top, right, bottom = rectangle
    half_x = (right - left + 1) / shape[1] / 2 - 0.5
    half_y = (bottom - top + 1) / shape[0] / 2 - 0.5
    x0, x1, y0, y1 = left + half_x, right - half_x, top + half_y, bottom - half_y
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float64)

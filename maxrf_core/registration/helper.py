"""Matching points set by hand in a notebook: `ImageRegistrationHelper`, as maxrf4u has it."""

import base64
import importlib.util
import sys
from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike

from maxrf_core.errors import RegistrationError
from maxrf_core.imaging.display import as_picture, colorize, percentile_limits, shrink, to_display
from maxrf_core.language import _
from maxrf_core.transform.extents import corners_of

MARKERS = 4
IN_THE_APP = (
    'Set the points in the app instead: start it with "maxrf4all" and the folder of the scan, open the scan, '
    "and choose the page Register."
)


class ImageRegistrationHelper:
    """Four markers in a photograph and four on a map, to be dragged onto the same landmarks.

    Parameters
    ----------
    src_im : array_like, (height, width) or (height, width, channels)
        The photograph.
    dst_im : array_like, (height, width) or (height, width, channels)
        The map.
    src_points, dst_points : array_like, (4, 2), optional
        Where the markers begin, x and y in pixels; by default the centres of the corner pixels.
    scale_down : bool
        Send pictures no wider than the narrower one of both to the browser. The coordinates stay those of the
        whole pictures.

    Raises
    ------
    RegistrationError
        If the points are not four pairs of finite numbers.
    PictureError
        If an array is no picture.

    Examples
    --------
    >>> helper = ImageRegistrationHelper(np.zeros((80, 60)), np.zeros((40, 30)))
    >>> src_points, dst_points = helper.get_marker_coordinates()
    src_points = [[0.0, 0.0], [59.0, 0.0], [0.0, 79.0], [59.0, 79.0]]
    dst_points = [[0.0, 0.0], [29.0, 0.0], [0.0, 39.0], [29.0, 39.0]]
    """

    def __init__(
        self,
        src_im: Any,
        dst_im: Any,
        src_points: ArrayLike | None = None,
        dst_points: ArrayLike | None = None,
        scale_down: bool = True,
    ) -> None:
        self._images = {"src": as_picture(src_im), "dst": as_picture(dst_im)}
        self._points = {
            "src": _points(src_points, self._images["src"], "src_points"),
            "dst": _points(dst_points, self._images["dst"], "dst_points"),
        }
        self._scale_down = scale_down
        self._widget: Any = None

    def show(self) -> Any:
        """Return the widget with the markers; in a notebook, end a cell with this.

        Returns
        -------
        anywidget.AnyWidget or None
            None where there is no notebook or anywidget is not installed: a sentence is printed then.
        """
        if not _in_notebook():
            print(f"Markers can be dragged only in a Jupyter notebook. {IN_THE_APP}")
            return None
        if importlib.util.find_spec("anywidget") is None:
            print(f"Markers in a notebook need anywidget: pip install maxrf4all[notebook]. {IN_THE_APP}")
            return None
        if self._widget is None:
            self._widget = self._made()
        return self._widget

    def get_marker_coordinates(self, verbose: bool = True) -> tuple[list[list[float]], list[list[float]]]:
        """Return where the markers are.

        Parameters
        ----------
        verbose : bool
            Print the points as two lines of Python, to be kept in the notebook.

        Returns
        -------
        src_points, dst_points : list of [x, y]
            In pixels of the whole pictures, rounded to hundredths.
        """
        found = []
        for side in ("src", "dst"):
            points = self._points[side] if self._widget is None else getattr(self._widget, f"{side}_points")
            found.append(np.round(np.asarray(points, dtype=np.float64), 2).tolist())
        if verbose:
            print(f"src_points = {found[0]}")
            print(f"dst_points = {found[1]}")
        return found[0], found[1]

    def _made(self) -> Any:
        from maxrf_core.registration.notebook_markers import NotebookMarkers  # needs anywidget

        width = min(image.shape[1] for image in self._images.values()) if self._scale_down else None
        state: dict[str, Any] = {}
        for side, image in self._images.items():
            state[f"{side}_size"] = [image.shape[1], image.shape[0]]
            state[f"{side}_url"] = _url(image, width)
            state[f"{side}_points"] = self._points[side].tolist()
        return NotebookMarkers(**state)


def _points(points: ArrayLike | None, image: np.ndarray, name: str) -> np.ndarray:
    """Return four points (4, 2), by default the image's corners."""
    if points is None:
        points = corners_of(image.shape)[[0, 1, 3, 2]]  # row by row, as maxrf4u has them
    try:
        found = np.array(points, dtype=np.float64)
    except (TypeError, ValueError):
        found = np.empty(0)
    if found.shape != (MARKERS, 2) or not np.isfinite(found).all():
        raise RegistrationError(
            _(
                "{name} has to be {markers} pairs of numbers x, y, one for each marker: {points!r:.200}"
            ).format(name=name, markers=MARKERS, points=points)
        )
    return found


def _in_notebook() -> bool:
    """Return whether this runs in a kernel of Jupyter, which shows widgets."""
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return getattr(get_ipython(), "kernel", None) is not None


def _url(image: np.ndarray, width: int | None) -> str:
    """Return a picture as a data URL: a map in colours as PNG, a photograph as JPEG."""
    if image.shape[2] == 1:
        shown, ending = colorize(image[:, :, 0], *percentile_limits(image)), ".png"
    else:
        shown, ending = to_display(image), ".jpg"
    if width is not None:
        shown = shrink(shown, width)
    data = cv2.imencode(ending, cv2.cvtColor(shown, cv2.COLOR_RGB2BGR))[1].tobytes()
    kind = {".png": "png", ".jpg": "jpeg"}[ending]
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"

"""The widget behind `ImageRegistrationHelper`: eight markers, drawn by ``notebook_markers.js``."""

from pathlib import Path

import anywidget
import traitlets


class NotebookMarkers(anywidget.AnyWidget):
    """Two pictures with four markers each; the browser writes the points when a marker is dragged.

    Attributes
    ----------
    src_url, dst_url : str
        The pictures as data URLs, maybe scaled down.
    src_size, dst_size : list of int
        Width and height of the whole pictures, in whose pixels the points are.
    src_points, dst_points : list of [x, y]
    """

    _esm = Path(__file__).with_name("notebook_markers.js")
    src_url = traitlets.Unicode().tag(sync=True)
    dst_url = traitlets.Unicode().tag(sync=True)
    src_size = traitlets.List(traitlets.Int()).tag(sync=True)
    dst_size = traitlets.List(traitlets.Int()).tag(sync=True)
    src_points = traitlets.List(traitlets.List(traitlets.Float())).tag(sync=True)
    dst_points = traitlets.List(traitlets.List(traitlets.Float())).tag(sync=True)

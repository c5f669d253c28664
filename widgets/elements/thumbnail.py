"""Small pictures of maps, as data URLs."""

import numpy as np

from maxrf_core.imaging.colormaps import COLORMAPS
from widgets.charts.data_url import data_url
from widgets.charts.map_layers import indexed


def thumbnail(small: np.ndarray, brightest: float, colormap: str) -> str:
    """Return a small map, (rows, columns), as a picture; 0 has the first colour, `brightest` the last one."""
    return data_url(indexed(small, 0.0, brightest, COLORMAPS[colormap]), "PNG")

"""Colour maps: the tables by which values become colours, and the one that is used by default."""

from types import MappingProxyType

import cv2
import numpy as np

DEFAULT_COLORMAP = "viridis"


def _colormap(number: int) -> np.ndarray:
    table = cv2.applyColorMap(np.arange(256, dtype=np.uint8).reshape(1, 256), number)[0, :, ::-1].copy()
    table.flags.writeable = False
    return table


def _gray() -> np.ndarray:
    table = np.repeat(np.arange(256, dtype=np.uint8)[:, np.newaxis], 3, axis=1)
    table.flags.writeable = False
    return table


COLORMAPS = MappingProxyType(
    {
        "viridis": _colormap(cv2.COLORMAP_VIRIDIS),
        "gray": _gray(),
        "inferno": _colormap(cv2.COLORMAP_INFERNO),
        "magma": _colormap(cv2.COLORMAP_MAGMA),
        "cividis": _colormap(cv2.COLORMAP_CIVIDIS),
    }
)
"""Name → (256, 3) uint8 table of red, green, blue from the lowest value to the highest."""

MARK_COLOURS = (
    (240, 130, 0),
    (20, 150, 60),
    (215, 30, 40),
    (30, 90, 230),
    (130, 60, 190),
    (130, 80, 40),
    (230, 80, 170),
    (0, 140, 150),
)
"""Colours of numbered points. The first four are the project's; the others differ from them."""

"""What clicks and drags on a map mean, in pixels of the map."""

from collections.abc import Callable

import numpy as np

from maxrf_core.transform.coordinates import pixel_at, pixels_within


def clicks(
    shape: tuple[int, int],
    on_pixel: Callable[[int, int], None] | None,
    on_corner: Callable[[float, float, float], None] | None = None,
) -> Callable[[float, float, float], None] | None:
    """Return what is called at a click, or when an arrow key has moved the pixel.

    Parameters
    ----------
    shape : (height, width)
    on_pixel : callable, optional
        Called with the pixel; places outside the map are ignored.
    on_corner : callable, optional
        Called instead with the exact place of a click, on the map's edge if it was outside, and with its
        reach; keys still move the pixel.
    """
    if on_pixel is None and on_corner is None:
        return None

    def clicked(x: float, y: float, reach: float) -> None:
        if on_corner is not None and reach > 0:
            height, width = shape
            on_corner(float(np.clip(x, -0.5, width - 0.5)), float(np.clip(y, -0.5, height - 0.5)), reach)
            return
        pixel = pixel_at(x, y, shape)
        if pixel is not None and on_pixel is not None:
            on_pixel(*pixel)

    return clicked


def boxes(
    shape: tuple[int, int], on_region: Callable[[int, int, int, int], None] | None
) -> Callable[[float, float, float, float], None] | None:
    """Return what is called at a dragged box, with the pixels whose centres it holds; none is ignored."""
    if on_region is None:
        return None

    def dragged(x0: float, x1: float, y0: float, y1: float) -> None:
        region = pixels_within((x0, x1), (y0, y1), shape)
        if region is not None:
            on_region(*region)

    return dragged

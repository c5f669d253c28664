"""Component that reports clicks in a picture: scripts of `streamlit_image_coordinates` in a page of ours.

Its own page starts its script before the image is there, and the script at once requests the picture from
Streamlit. In a busy browser that could arrive first: the script failed, and the picture stayed away until the
page ran again. So the page is ours, with scripts that wait for the image; the scripts and the style are the
package's. Its version is bounded in requirements.txt; tests/test_assumptions.py notices if the scripts are
elsewhere, or need another page.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import streamlit.components.v1 as components
import streamlit_image_coordinates  # noqa: F401  # its component, at whose address our page finds the scripts
from PIL import Image

from widgets.charts.data_url import data_url

PAGE = Path(__file__).with_name("clickable_picture") / "index.html"
_component = components.declare_component("clickable_picture", path=str(PAGE.parent))


def clickable_picture(
    key: str, pixels: np.ndarray, *, stretch: bool, kind: str, on_click: Callable[[], None], **options: Any
) -> None:
    """Show a picture; a click is kept in the session under the key.

    It has x and y from the picture's corner, and the picture's width and height, all in CSS pixels.

    Parameters
    ----------
    key : str
    pixels : ndarray, (height, width, 3), uint8
    stretch : bool
        Whether the picture is as wide as its column.
    kind : {"PNG", "JPEG"}
    on_click : callable
        Called before the page runs again.
    **options
        Of Pillow for that kind, such as ``quality``.
    """
    _component(
        src=data_url(Image.fromarray(pixels), kind, **options),
        width="stretch" if stretch else "content",
        cursor="crosshair",
        key=key,
        on_change=on_click,
    )

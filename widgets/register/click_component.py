"""Component that reports clicks and boxes in a picture: `streamlit_image_coordinates` in a page of ours.

Its own page starts its script before the image is there, and the script at once requests the picture from
Streamlit. In a busy browser that could arrive first: the script failed, and the picture stayed away until the
page ran again. So the page is ours, with scripts that wait for the image; the scripts and the style are the
package's, ``box.js`` shows the box that is dragged, and ``cursor.js`` the place at which the pointer is in
another picture. Its version is bounded in requirements.txt;
tests/test_assumptions.py notices if the scripts are elsewhere, or need another page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import streamlit.components.v1 as components
import streamlit_image_coordinates  # noqa: F401  # its component, at whose address our page finds the scripts
from PIL import Image

from widgets.charts.data_url import data_url

MIN_BOX = 5  # CSS pixels: what is dragged less far is a click with an unsteady hand
PAGE = Path(__file__).with_name("clickable_picture") / "index.html"
_component = components.declare_component("clickable_picture", path=str(PAGE.parent))


@dataclass(frozen=True)
class Click:
    """A click in a picture, or a box that was dragged, in CSS pixels from its corner.

    Attributes
    ----------
    places : tuple of (x, y)
        One for a click; for a box where the button went down and where it was let go.
    width, height : float
        Of the picture.
    """

    places: tuple[tuple[float, float], ...]
    width: float
    height: float

    @classmethod
    def of(cls, sent: Mapping[str, float] | None) -> Self | None:
        """Read what the component has sent; None if that is nothing.

        Examples
        --------
        >>> Click.of({"x1": 10, "y1": 20, "x2": 12, "y2": 21, "width": 500, "height": 400})
        Click(places=((10, 20),), width=500, height=400)
        >>> Click.of({"x1": 10, "y1": 20, "x2": 90, "y2": 60, "width": 500, "height": 400}).places
        ((10, 20), (90, 60))
        """
        if not sent:
            return None
        if "x" in sent:
            places = [(sent["x"], sent["y"])]
        else:
            places = [(sent["x1"], sent["y1"]), (sent["x2"], sent["y2"])]
            far = max(abs(end - start) for start, end in zip(*places, strict=True))
            places = places if far >= MIN_BOX else places[:1]
        return cls(tuple(places), sent["width"], sent["height"])


def clickable_picture(
    key: str,
    pixels: np.ndarray,
    *,
    stretch: bool,
    kind: str,
    on_click: Callable[[], None],
    boxes: bool = False,
    cursor: Mapping[str, Any] | None = None,
    **options: Any,
) -> None:
    """Show a picture; what `Click.of` reads is kept in the session under the key.

    Parameters
    ----------
    key : str
    pixels : ndarray, (height, width, 3), uint8
    stretch : bool
        Whether the picture is as wide as its column.
    kind : {"PNG", "JPEG"}
    on_click : callable
        Called before the page runs again.
    boxes : bool
        Whether boxes can be dragged, too.
    cursor : mapping, optional
        How its places correspond to those of other pictures, see `shared_cursor`: each then shows where the
        pointer is in another.
    **options
        Of Pillow for that kind, such as ``quality``.
    """
    _component(
        src=data_url(Image.fromarray(pixels), kind, **options),
        width="stretch" if stretch else "content",
        cursor="crosshair",
        click_and_drag=boxes,
        cursor_link=cursor,
        key=key,
        on_change=on_click,
    )

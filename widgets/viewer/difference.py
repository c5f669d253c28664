"""Difference of two pictures that lie on one map, in colours, with what it means in words."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from maxrf_core.registration.compare import Difference, difference
from maxrf_core.transform.coordinates import image_extent
from widgets.charts.map_layers import in_hex, indexed
from widgets.session.language import _
from widgets.session.map_data import block_means
from widgets.session.markdown import escaped
from widgets.viewer.compared import NAME
from widgets.viewer.layers import Layer
from widgets.viewer.registered_photos import Photo
from widgets.viewer.viewer import Legend, Pane, show_pictures
from widgets.viewer.ways import DIFFERENCE

# From less to more than expected: ColorBrewer's RdBu, which the colour-blind can distinguish too.
_LESS, _EQUAL, _MORE = (33, 102, 172), (247, 247, 247), (178, 24, 43)
DIVERGING = np.rint(
    [np.interp(np.linspace(0, 2, 256), [0, 1, 2], three) for three in zip(_LESS, _EQUAL, _MORE, strict=True)]
).T.astype(np.uint8)
MIN_LIMIT, LIMIT_PERCENTILE = 0.01, 99  # of the scale of colours


@dataclass(frozen=True, eq=False)
class Other:
    """What a picture is compared with.

    Attributes
    ----------
    title : str
    name : hashable
        Identifies its values.
    values : callable
        Return them, (height, width) of the map; NaN where there is none.
    is_photo : bool
        They are the brightness of a photograph.
    """

    title: str
    name: Hashable
    values: Callable[[], np.ndarray]
    is_photo: bool = False


def show_photo_difference(photo: Photo, other: Other) -> None:
    """Show where a photograph is brighter or darker than another picture predicts.

    Raises
    ------
    PictureError
        If the two have no pixel in common.
    """
    found = _predicted(photo.scan.version, photo.name, other.name, photo, other)
    look = (photo.scan.version, photo.name, other.name)
    title = _("Difference from {map}").format(map=other.title)
    _show(title, found.values, look, photo.layer().fineness)
    words = _("The map explains {share} of the differences in brightness within the photograph.")
    hint = _("Red: the photograph is brighter than it usually is where the map has this value. Blue: darker.")
    if other.is_photo:
        words = _("The other photograph explains {share} of the differences in brightness within this one.")
        hint = _(
            "Red: the photograph is brighter than it usually is where the other has this value. Blue: darker."
        )
    st.caption(words.format(share=f"{found.explained:.0%}"))
    st.caption(hint)


def show_map_difference(first: Other, second: Other, is_net: bool) -> None:
    """Show where one map is brighter than another, below what that means.

    Parameters
    ----------
    first, second : Other
        Brightness from 0 to 1 by each map's own contrast.
    is_net : bool
        They are maps of net counts, which can be combined on the bench.
    """
    words = _(
        "Red: {first} is brighter here, blue: {second}. Each map is scaled by its own contrast on the bench, "
        "from its darkest value (0 %) to its brightest (100 %): this is no difference of counts or amounts, "
        "and it changes with the contrast."
    )
    said = [words.format(first=escaped(first.title), second=escaped(second.title))]
    if is_net:
        said.append(_("*Combine two maps* on the bench gives the difference of net counts, with its error."))
    st.caption(" ".join(said))
    values = _subtracted(first.name, second.name, first, second)
    title = _("{first} less {second}, each by its contrast").format(first=first.title, second=second.title)
    _show(title, values, (first.name, second.name), 1.0)


def _show(title: str, values: np.ndarray, look: Sequence[Hashable], fineness: float) -> None:
    known = np.abs(values[np.isfinite(values)])
    limit = max(float(np.percentile(known, LIMIT_PERCENTILE)) if known.size else 0.0, MIN_LIMIT)
    shape = (values.shape[0], values.shape[1])
    layer = Layer(
        DIFFERENCE,
        shape,
        image_extent(*shape),
        (DIFFERENCE, *look),
        lambda part: indexed(block_means(values[part.pixels], part.block), -limit, limit, DIVERGING),
    )
    told = f"{limit * 100:.0f} %"
    legend = Legend(in_hex(DIVERGING), (f"−{told}", f"+{told}"), _("brightness"))
    show_pictures(NAME, shape, [layer], [Pane(title, layer.place, legend=legend)], fineness=fineness)


@st.cache_resource(max_entries=3, show_spinner=False)
def _predicted(
    version: Hashable, name: str, other_name: Hashable, _photo: Photo, _other: Other
) -> Difference:
    with st.spinner(_("Comparing …")):
        return difference(_photo.brightness_on_map(), _other.values())


@st.cache_resource(max_entries=3, show_spinner=False)
def _subtracted(first_name: Hashable, second_name: Hashable, _first: Other, _second: Other) -> np.ndarray:
    return np.asarray(_first.values() - _second.values(), np.float32)

"""Choice of what an element's map is divided by: nothing, live seconds, or the tube's scatter."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from maxrf_core.elements.normalise import Divisor, normalise
from maxrf_core.elements.smoothing import smooth
from widgets.elements.examination import Examination
from widgets.session.language import _, marked, translated
from widgets.session.markdown import escaped


@dataclass(frozen=True)
class Normalisation:
    """A way to normalise, and its words.

    Attributes
    ----------
    key : str
    name : str
        In the choice and on the map, in English.
    units, error_units : str
        Of the map and of its error, in English.
    short_units : str
        After the number of one pixel, in English.
    """

    key: str
    name: str
    units: str
    error_units: str
    short_units: str


NONE = Normalisation(
    "none",
    marked("None"),
    marked("net counts per pixel"),
    marked("standard deviation in net counts"),
    marked("net counts"),
)
LIVE_TIME = Normalisation(
    "live-time",
    marked("Per live second"),
    marked("net counts per live second"),
    marked("standard deviation in net counts per live second"),
    marked("net counts per live second"),
)
SCATTER = Normalisation(
    "scatter",
    marked("Per tube scatter"),
    marked("net counts per count of tube scatter"),
    marked("standard deviation in net counts per count of tube scatter"),
    marked("net counts per count of tube scatter"),
)
WAYS = {each.key: each for each in (NONE, LIVE_TIME, SCATTER)}


def choose_normalisation(examination: Examination) -> Normalisation:
    """Show the choice, with the ways that this scan allows."""
    offered = [
        key for key in WAYS if key == NONE.key or divisor_of(examination, WAYS[key]).values is not None
    ]
    if st.session_state.get("elements-per") not in offered:
        st.session_state["elements-per"] = NONE.key
    key = st.segmented_control(
        _("Normalise"),
        offered,
        format_func=lambda each: _(WAYS[each].name),
        required=True,
        key="elements-per",
        persist_state="session",
        help=_("Divides the map; the maps that are kept stay counts."),
    )
    return WAYS[key or NONE.key]


def divisor_of(examination: Examination, way: Normalisation) -> Divisor:
    """Return what maps are divided by."""
    return examination.live_time if way is LIVE_TIME else examination.scatter


def normalised(
    examination: Examination, element: str, way: Normalisation, size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return an element's map and its error as they are shown: rows straight, smoothed and normalised."""
    net, sigma = examination.map_of(element)
    divisor = divisor_of(examination, way)
    if way is NONE or divisor.values is None or divisor.sigma is None:
        return smooth(net, sigma, size, examination.row_displacement)
    return normalise(net, sigma, divisor.values, divisor.sigma, size, examination.row_displacement)


def say_normalisation(examination: Examination, way: Normalisation) -> None:
    """Write what the map is divided by, or why there is no map per live second."""
    if way is not NONE:
        st.caption(f"**{_(way.name)}.** {escaped(translated(divisor_of(examination, way).sentence))}")
        return
    for each, words in (
        (LIVE_TIME, _("Not offered per live second: {reason}")),
        (SCATTER, _("Not offered per tube scatter: {reason}")),
    ):
        divisor = divisor_of(examination, each)
        if divisor.values is None:
            st.caption(escaped(words.format(reason=translated(divisor.sentence))))

"""What is shown at once, ahead of the page that is made anew after an act?

The scripts beside charts ask for it (`server.answering`), and show the answer until the page brings the
same: the spectrum of a pixel in the moment of the click; and the map of a band that is still being dragged,
where the mouse rests or is let go, so that a map can be watched while its band is looked for.
"""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from maxrf_core.transform.coordinates import pixel_at
from server.answering import Answer, Respondent
from server.application import below_app
from widgets.charts.charts import chart_of, container_key
from widgets.charts.map_layers import MapPicture
from widgets.charts.spectrum_figure import Curve, as_taken
from widgets.session.band_map_cache import IsWanted
from widgets.session.language import in_locale, visitor_locale


def curve_ahead(name: str, shape: tuple[int, int], curve_of: Callable[[int, int], Curve]) -> dict[str, str]:
    """Have the spectrum of a pixel shown at once in a chart, in the moment of the click on a map.

    Parameters
    ----------
    name : str
        Of the chart, as in `widgets.charts.charts.draw_spectrum`, which was told that its curve is
        replaceable.
    shape : (height, width)
        Of the map.
    curve_of : callable
        Makes the curve of the pixel (x, y); runs beside the page, so nothing of Streamlit is at hand.

    Returns
    -------
    dict
        What the map's chart is to be told.
    """
    chart = chart_of(name)

    def answer(query: Mapping[str, str]) -> dict[str, Any]:
        pixel = pixel_at(float(query["x"]), float(query["y"]), shape)
        if pixel is None or chart.curve_of is None:
            raise ValueError("there is no pixel, or no chart yet")
        return chart.curve_of(curve_of(*pixel))

    return _told("click", name, answer)


def map_ahead(name: str, picture_of: Callable[[float, float, IsWanted], MapPicture | None]) -> dict[str, str]:
    """Have the map of a band shown in a chart while the band is still being dragged in another.

    Parameters
    ----------
    name : str
        Of the map's chart, as in `widgets.charts.charts.draw_map`.
    picture_of : callable
        Makes the map of the band (lo, hi), or None where it was given up; its third argument tells whether
        the band is still wanted. It runs beside the page, so nothing of Streamlit is at hand.

    Returns
    -------
    dict
        What the chart is to be told in which the band is dragged.
    """
    chart = chart_of(name)

    def answer(query: Mapping[str, str]) -> dict[str, Any]:
        number = int(query["number"])
        if number <= chart.asked:
            raise ValueError("it was overtaken on its way")
        chart.asked = number
        band = as_taken(float(query["from"]), float(query["to"]))
        picture = picture_of(*band, lambda: chart.asked == number)
        if picture is None:
            raise ValueError("it was given up")
        return chart.layers_of(picture) | {"values": ""}  # those, for hovering, come with the page

    return _told("drag", name, answer)


def _told(act: str, name: str, answer: Answer) -> dict[str, str]:
    """Leave an answer, from now on this one, under an address of the session's own."""
    key, locale = f"ahead/{name}", visitor_locale()

    def translated(query: Mapping[str, str]) -> dict[str, Any]:
        with in_locale(locale):
            return answer(query)

    if key not in st.session_state:
        st.session_state[key] = Respondent(translated)
    respondent: Respondent = st.session_state[key]
    respondent.answer = translated
    return {"act": act, "address": below_app(respondent.address), "container": container_key(name)}

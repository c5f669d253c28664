"""Previews: results that a chart shows before the page has run again.

The scripts beside charts request them (`server.quick_answers`) and show the answer until the page brings the
same: the spectrum of a pixel at the moment of the click, and the map of a band that is still being dragged,
when the mouse rests or is released.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st

from maxrf_core.imaging.layers import LayerLook
from maxrf_core.transform.coordinates import pixel_at
from server.quick_answers import Answer, QuickAnswer
from server.settings import below_app
from widgets.charts.chart_state import Chart, chart_key, chart_of
from widgets.charts.charts import publish_map
from widgets.charts.map_layers import MapPicture
from widgets.charts.map_stack import Layer, looks_for_browser, publish_layers
from widgets.charts.spectrum_figure import Curve, as_taken
from widgets.session.band_map_cache import IsWanted
from widgets.session.language import _, current_locale, in_locale

LaidOut = tuple[Sequence[Layer], Sequence[LayerLook]]
Shown = TypeVar("Shown")


def preview_curve(name: str, shape: tuple[int, int], curve_of: Callable[[int, int], Curve]) -> dict[str, str]:
    """Prepare the preview of a pixel's spectrum in a chart, at the moment of a click on a map.

    Parameters
    ----------
    name : str
        Of the chart, as in `widgets.charts.charts.draw_spectrum`.
    shape : (height, width)
        Of the map.
    curve_of : callable
        Return the curve of the pixel (x, y); runs in another thread, without Streamlit.

    Returns
    -------
    dict
        For the chart of the map.
    """
    chart = chart_of(name)

    def answer(query: Mapping[str, str]) -> bytes:
        pixel = pixel_at(float(query["x"]), float(query["y"]), shape)
        if pixel is None or chart.draw_curve is None:
            raise ValueError("there is no pixel, or no chart yet")
        return chart.draw_curve(curve_of(*pixel)).content

    return _registered("click", name, answer)


def preview_map(
    name: str,
    picture_of: Callable[[float, float, IsWanted], MapPicture | None],
    coarse_of: Callable[[float, float], MapPicture | None] | None = None,
) -> dict[str, str]:
    """Prepare the preview of a band map in a chart, while the band is being dragged in another chart.

    Parameters
    ----------
    name : str
        Of the map's chart, as in `widgets.charts.charts.draw_map`.
    picture_of : callable
        Return the map of the band (lo, hi), or None if it was cancelled; its third argument returns whether
        the band is still wanted. It runs in another thread, without Streamlit.
    coarse_of : callable, optional
        Return a coarse map of the band at once, which is shown while the mouse moves.

    Returns
    -------
    dict
        For the chart in which the band is dragged.
    """

    def publish(chart: Chart, picture: MapPicture) -> bytes:
        return publish_map(chart, picture).content

    return _preview_of_band(name, picture_of, coarse_of, publish)


def preview_layers(
    name: str,
    shape: tuple[int, int],
    layers_of: Callable[[float, float, IsWanted], LaidOut | None],
    coarse_of: Callable[[float, float], LaidOut | None] | None = None,
    *,
    group: str | None = None,
    pixel_size: tuple[float, float] | None = None,
) -> dict[str, str]:
    """Prepare the preview of a map of layers, of which one shows the band that is dragged in another chart.

    Parameters
    ----------
    name : str
        Of the map's chart, as in `widgets.charts.charts.draw_layers`.
    shape : (height, width)
        Of the map.
    layers_of : callable
        Return the layers with the map of the band (lo, hi) among them, and their looks, the lowest first; or
        None if it was cancelled. It runs as `picture_of` in `preview_map`.
    coarse_of : callable, optional
        As in `preview_map`.
    group, pixel_size
        As in `draw_layers`.

    Returns
    -------
    dict
        For the chart in which the band is dragged.
    """
    seen = chart_of(group or name)

    def publish(chart: Chart, laid_out: LaidOut) -> bytes:
        if chart.shown is None:
            raise ValueError("there is no chart yet")
        layers, looks = laid_out
        drag = chart.shown.drawing.figure.layout.dragmode
        content = publish_layers(
            chart, layers, shape, zoom=seen.zoom, drag=drag, pixel_size=pixel_size
        ).content
        return _told(content, "looks", looks_for_browser(looks, 0)["layers"])

    return _preview_of_band(name, layers_of, coarse_of, publish)


def _told(content: bytes, name: str, value: Any) -> bytes:
    """Return a figure as the browser fetches it with something more told beside it."""
    return content.removesuffix(b"}") + f', "{name}": {json.dumps(value)}}}'.encode()


def _preview_of_band(
    name: str,
    of_band: Callable[[float, float, IsWanted], Shown | None],
    coarse_of: Callable[[float, float], Shown | None] | None,
    publish: Callable[[Chart, Shown], bytes],
) -> dict[str, str]:
    """Register the answer to a band that is dragged; what a newer request has overtaken is cancelled.

    A request with ``coarse`` is for the coarse map, which is marked as such.
    """
    chart = chart_of(name)

    def answer(query: Mapping[str, str]) -> bytes:
        number = int(query["number"])
        if number <= chart.asked:
            raise ValueError("a newer request has arrived")
        chart.asked = number
        band = as_taken(float(query["from"]), float(query["to"]))
        is_coarse = "coarse" in query
        if coarse_of is not None and is_coarse:
            shown = coarse_of(*band)
        else:
            shown = of_band(*band, lambda: chart.asked == number)
        if shown is None:
            raise ValueError("it was cancelled")
        content = publish(chart, shown)
        return _told(content, "coarse", _("Coarse while the band moves")) if is_coarse else content

    told = {} if coarse_of is None else {"coarse": "1"}
    return _registered("drag", name, answer) | told


def _registered(act: str, name: str, answer: Answer) -> dict[str, str]:
    """Register an answer under an address of this session, in place of an earlier one."""
    key, locale = f"preview/{name}", current_locale()

    def translated(query: Mapping[str, str]) -> bytes:
        with in_locale(locale):
            return answer(query)

    if key not in st.session_state:
        st.session_state[key] = QuickAnswer(translated)
    quick: QuickAnswer = st.session_state[key]
    quick.answer = translated
    return {"act": act, "address": below_app(quick.address), "chart": chart_key(name)}

"""The layers of the bench on the page Compare: side by side, or two of them in one place."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np
import streamlit as st
from PIL import Image

from maxrf_core.errors import MaxrfError
from maxrf_core.imaging.layer_keys import photo_of
from maxrf_core.imaging.layers import LayerLook, blend, brightness, palette
from maxrf_core.transform.coordinates import image_extent
from widgets.charts.map_layers import Part, in_hex
from widgets.charts.map_stack import Layer, MapLayer
from widgets.elements.examination import Examination, examined
from widgets.look.bench_layers import layer_of
from widgets.session.choice import Choice
from widgets.session.language import _, marked
from widgets.session.map_data import block_means
from widgets.session.navigation import link_to
from widgets.session.scan import Scan
from widgets.viewer import layers as viewed
from widgets.viewer.registered_photos import registered_photo
from widgets.viewer.viewer import Legend, Pane, Way, show_pictures

MAX_BESIDE = 4
WAYS: dict[Way, tuple[str, str]] = {
    "beside": (marked("Side by side"), ""),
    "swipe": (marked("Swipe"), marked("Edge between the two pictures")),
    "blink": (marked("Blink"), marked("Changes a second")),
    "opacity": (marked("Overlay"), marked("Opacity of the upper picture")),
    "checker": (marked("Checkerboard"), marked("Size of the squares")),
}


def offer_comparison(layers: Sequence[Layer], now: Choice) -> None:
    """Show a button that leads to the page Compare with the layers on the bench."""
    if st.button(
        _("Compare"),
        icon=":material/compare:",
        key="look-compare",
        type="tertiary",
        disabled=len(layers) < 2,
        help=_("Swipe, blink and more, with the layers that lie on the bench."),
    ):
        now.compares_bench = True
        st.switch_page("pages/compare.py")


def compare_layers(scan: Scan, now: Choice) -> None:
    """Show the layers on the bench as they look there, side by side or two in one place."""
    examination = _examination(scan, now)
    layers = [layer for key in now.bench.keys if (layer := layer_of(scan, examination, key)) is not None]
    looks = {look.key: look for look in now.bench.looks}
    titles = {layer.key: layer.title for layer in layers}
    way: Way = st.segmented_control(
        _("View"),
        list(WAYS),
        format_func=lambda each: _(WAYS[each][0]),
        default="swipe",
        required=True,
        key="compare-layers-way",
    )
    link_to("bench", _("Back to the bench"), ":material/arrow_back:")
    upmost = list(reversed(titles))
    if way == "beside":
        shown = upmost[:MAX_BESIDE]
        panes = [Pane(titles[key], key, legend=_legend(looks[key], layers)) for key in shown]
    else:
        over_side, base_side = st.columns(2)
        over = over_side.selectbox(_("Above"), upmost, format_func=titles.__getitem__, key="compare-above")
        others = [key for key in upmost if key != over]
        base = base_side.selectbox(_("Below"), others, format_func=titles.__getitem__, key="compare-below")
        chips = (titles[over], titles[base])
        title = _("{first} and {second}").format(first=chips[0], second=chips[1])
        shown, panes = [over, base], [Pane(title, base, over, _legend(looks[base], layers), chips)]
    drawn = [viewer_layer(scan, layer, looks[layer.key]) for layer in layers if layer.key in shown]
    fineness = max(each.fineness for each in drawn)
    show_pictures("compare", scan.shape, drawn, panes, way=way, label=_(WAYS[way][1]), fineness=fineness)


def _examination(scan: Scan, now: Choice) -> Examination | None:
    """Return the scan's elements if they are known and a map is among the layers."""
    if scan.axis.unit == "keV" and not all(map(photo_of, now.bench.keys)):
        with suppress(MaxrfError):  # the page Look tells why
            return examined(scan)
    return None


def _legend(look: LayerLook, layers: Sequence[Layer]) -> Legend | None:
    """Return the legend of a map's colours; None for a photograph."""
    layer = next(each for each in layers if each.key == look.key)
    if not isinstance(layer, MapLayer):
        return None
    return Legend(in_hex(palette(look)), (f"{look.low:.3g}", f"{look.high:.3g}"), layer.units)


def viewer_layer(scan: Scan, layer: Layer, look: LayerLook) -> viewed.Layer:
    """Return a layer of the bench for the viewer, as it looks on the bench, over black."""
    if isinstance(layer, MapLayer):
        values = layer.data.values

        def draw(part: Part) -> Image.Image:
            if look.scale == "equalised":  # which depends on the whole map
                levels = block_means(brightness(values, look)[part.pixels], part.block)
                told = replace(look, visible=True, scale="linear", gamma=1.0, low=0.0, high=255.0)
                return Image.fromarray(blend([(told, levels)])[..., :3])
            means = block_means(values[part.pixels], part.block)
            return Image.fromarray(blend([(replace(look, visible=True), means)])[..., :3])

        extent = image_extent(*scan.shape)
        return viewed.Layer(layer.key, scan.shape, extent, (layer.identity, look), draw)
    photo = registered_photo(scan, photo_of(layer.key) or "").layer()

    def draw_photo(part: Part) -> Image.Image:
        pixels = np.asarray(photo.draw(part).convert("RGB"))
        return Image.fromarray(np.rint(pixels * look.opacity).astype(np.uint8))

    return replace(photo, place=layer.key, look=(photo.look, look.opacity), draw=draw_photo)

"""The layers on the bench on the page Compare: side by side, or two of them in one place."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np
import streamlit as st
from PIL import Image

from maxrf_core.elements.combined_maps import Combination
from maxrf_core.errors import MaxrfError
from maxrf_core.imaging.layer_keys import SEPARATOR, map_of, photo_of
from maxrf_core.imaging.layers import LayerLook, blend, brightness, palette
from maxrf_core.transform.coordinates import image_extent
from widgets.charts.map_layers import Part, in_hex
from widgets.charts.map_stack import Layer, MapLayer
from widgets.elements.examination import Examination, examined
from widgets.look.bench_layers import layer_of
from widgets.session.choice import Choice
from widgets.session.language import _
from widgets.session.map_data import block_means
from widgets.session.markdown import show_warning
from widgets.session.navigation import link_to
from widgets.session.scan import Scan
from widgets.viewer import layers as viewed
from widgets.viewer.compared import NAME, Compared, edges_of_map, edges_of_photo, show_two
from widgets.viewer.difference import Other, show_map_difference, show_photo_difference
from widgets.viewer.registered_photos import Photo, registered_photo
from widgets.viewer.viewer import Legend, Pane, show_pictures
from widgets.viewer.ways import DIFFERENCE, choose_way, say_hint

MAX_BESIDE = 4


def offer_comparison(now: Choice) -> None:
    """Show a button that leads to the page Compare with the layers that are shown on the bench."""
    if st.button(
        _("Compare"),
        icon=":material/compare:",
        key="look-compare",
        type="tertiary",
        disabled=len(now.bench.shown_keys) < 2,
        help=_("Swipe, blink and more, with the layers that are shown on the bench."),
    ):
        now.compares_bench = True
        st.switch_page("pages/compare.py")


def compare_layers(scan: Scan, now: Choice) -> None:
    """Show the layers that are shown on the bench as they look there, side by side or two in one place."""
    keys = now.bench.shown_keys
    examination = _examination(scan, keys)
    layers = {key: layer for key in reversed(keys) if (layer := layer_of(scan, examination, key)) is not None}
    looks = {look.key: look for look in now.bench.looks}
    way = choose_way("compare-layers-way", "swipe")
    link_to("bench", _("Back to the bench"), ":material/arrow_back:")
    if len(layers) < 2:
        st.info(_("Fewer than two layers of the bench can be shown here."), icon=":material/layers:")
    elif way == "beside":
        _show_beside(scan, [_compared(scan, layers[key], looks[key]) for key in list(layers)[:MAX_BESIDE]])
    else:
        _show_two(scan, way, layers, looks)
    say_hint(way)
    if len(keys) < len(looks):
        st.caption(_("Layers that are hidden on the bench take no part in the comparison."))


def _show_beside(scan: Scan, shown: Sequence[Compared]) -> None:
    panes = [Pane(each.title, each.layer.place, legend=each.legend) for each in shown]
    drawn = [each.layer for each in shown]
    show_pictures(NAME, scan.shape, drawn, panes, fineness=max(each.fineness for each in drawn))


def _show_two(scan: Scan, way: str, layers: dict[str, Layer], looks: dict[str, LayerLook]) -> None:
    """Show two layers, which the visitor chooses, in one place."""
    titles = {key: layer.title for key, layer in layers.items()}
    over_side, base_side = st.columns(2)
    over = over_side.selectbox(_("Above"), list(layers), format_func=titles.__getitem__, key="compare-above")
    others = [key for key in layers if key != over]
    base = base_side.selectbox(_("Below"), others, format_func=titles.__getitem__, key="compare-below")
    if way == DIFFERENCE:
        _show_difference(scan, layers[over], layers[base], looks)
        return
    above, below = (_compared(scan, layers[key], looks[key]) for key in (over, base))
    show_two(way, scan.shape, above, below, max(above.layer.fineness, below.layer.fineness))


def _show_difference(scan: Scan, over: Layer, base: Layer, looks: dict[str, LayerLook]) -> None:
    """Show the difference of two maps by their contrast, or of a photograph from what the other predicts."""
    if isinstance(over, MapLayer) and isinstance(base, MapLayer):
        is_net = not any(SEPARATOR in layer.key for layer in (over, base))
        show_map_difference(_scaled(over, looks[over.key]), _scaled(base, looks[base.key]), is_net)
        return
    photo, other = (base, over) if isinstance(over, MapLayer) else (over, base)
    try:
        show_photo_difference(_photo(scan, photo), _other(scan, other))
    except MaxrfError as error:
        show_warning(error)


def _scaled(layer: MapLayer, look: LayerLook) -> Other:
    """Return a map's brightness on the bench, from 0 to 1."""
    return Other(layer.title, (layer.identity, look), lambda: brightness(layer.data.values, look) / 255)


def _other(scan: Scan, layer: Layer) -> Other:
    """Return the values of a layer that a photograph is compared with."""
    if isinstance(layer, MapLayer):
        return Other(layer.title, layer.identity, lambda: layer.data.values)
    photo = _photo(scan, layer)
    return Other(layer.title, layer.identity, photo.brightness_on_map, is_photo=True)


def _photo(scan: Scan, layer: Layer) -> Photo:
    return registered_photo(scan, photo_of(layer.key) or "")


def _examination(scan: Scan, keys: Sequence[str]) -> Examination | None:
    """Return the scan's elements if they are known and a map is among the layers."""
    if scan.axis.unit == "keV" and not all(map(photo_of, keys)):
        with suppress(MaxrfError):  # the page Look tells why
            return examined(scan)
    return None


def _compared(scan: Scan, layer: Layer, look: LayerLook) -> Compared:
    """Return a layer as the page Compare shows it."""
    drawn = viewer_layer(scan, layer, look)
    if not isinstance(layer, MapLayer):
        photo = _photo(scan, layer)
        return Compared(layer.title, drawn, lambda share: edges_of_photo(photo, share))
    is_counts = Combination.from_key(layer.key) is None and map_of(layer.key) is None
    legend = Legend(in_hex(palette(look)), (f"{look.low:.3g}", f"{look.high:.3g}"), layer.units)
    return Compared(layer.title, drawn, lambda share: edges_of_map(layer.data, share, is_counts), legend)


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
    photo = _photo(scan, layer).layer()

    def draw_photo(part: Part) -> Image.Image:
        pixels = np.asarray(photo.draw(part).convert("RGB"))
        return Image.fromarray(np.rint(pixels * look.opacity).astype(np.uint8))

    return replace(photo, place=layer.key, look=(photo.look, look.opacity), draw=draw_photo)

"""Parts of a report that show pictures: the photograph, and the views that are kept in the scan."""

from collections.abc import Mapping

import numpy as np

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.pixel_size import pixel_size_of
from maxrf_core.datastack.scan_elements import ScanElements
from maxrf_core.datastack.stored_views import stored_views
from maxrf_core.errors import MaxrfError
from maxrf_core.export.page import Markup, element, joined, jpeg_address, picture, section
from maxrf_core.export.report_points import RegisteredPoints, with_points
from maxrf_core.export.scale_bar import to_scale
from maxrf_core.figures.caption import caption_of, photo_sentence
from maxrf_core.figures.grid import grid_for
from maxrf_core.figures.view_layers import ViewLayer, blended, shown_looks, view_grid, view_layers
from maxrf_core.imaging.bench_view import BenchView
from maxrf_core.language import Note
from maxrf_core.progress import Progress, silent
from maxrf_core.registration.placed_photo import PlacedPhoto, placed_photo, placed_photos

PHOTO_SIDE, VIEW_SIDE = 1400, 900  # pixels
MAX_VIEWS = 8


def photograph(ds: DataStack) -> Markup:
    """Return the newest registered photograph, as it lies on the maps; nothing if there is none."""
    names = list(placed_photos(ds))
    if not names:
        return Markup("")
    photo = placed_photo(ds, names[0])
    grid = grid_for(ds.shape[:2], None, _size(ds.shape, PHOTO_SIDE), photo.fineness)
    pixels = enlarged(photo.on_map(grid.extent[0], grid.extent[3], grid.scale, grid.shape))
    words = f"{photo_sentence(photo, grid)} Shown is the part on the maps."
    points = RegisteredPoints.of(ds, photo.arrays.points)
    if points is not None:
        scale = pixels.shape[1] / (grid.right - grid.left)
        corner = np.array([grid.extent[0], grid.extent[3]])
        pixels = with_points(pixels, (points.on_map - corner) * scale - 0.5)
        words += " Rings are the pairs of points by which it was registered, numbered as in the table below."
    pixels = to_scale(pixels, grid.right - grid.left, pixel_size_of(ds))
    shown = picture(jpeg_address(pixels), "Registered photograph", words, class_="photo")
    return section("Photograph", shown)


def views(ds: DataStack, elements: ScanElements | None, progress: Progress = silent) -> Markup:
    """Return the views that are kept in the scan as pictures; nothing if there are none."""
    kept = stored_views(ds)
    figures = []
    for number, view in enumerate(kept[:MAX_VIEWS]):
        progress(number / len(kept), Note("drawing the view {view}", view=view.name))
        figures.append(_view(ds, view, elements))
    left = len(kept) - MAX_VIEWS
    note = element("p", f"{left} more views are kept in the scan.", class_="note") if left > 0 else ""
    return section("Views", element("div", *figures, class_="views"), note) if figures else Markup("")


def _view(ds: DataStack, view: BenchView, elements: ScanElements | None) -> Markup:
    title = element("span", view.name, class_="element")
    try:
        layers = view_layers(ds, view, known=_known_maps(view, elements))
        grid = view_grid(ds, view, layers, _size(ds.shape, VIEW_SIDE))
        pixels = enlarged(blended(shown_looks(view), layers, grid))
        pixels = to_scale(pixels, grid.right - grid.left, pixel_size_of(ds))
        tube = elements.analysis.instrument.tube.attributes() if elements else None
        words = caption_of(ds, layers, grid, tube)
    except MaxrfError as error:
        return element("figure", element("figcaption", title, f"This view cannot be shown: {error}"))
    return picture(
        jpeg_address(pixels), f"View {view.name}", title, _shown_as(view, layers), words, class_="view"
    )


def enlarged(pixels: np.ndarray) -> np.ndarray:
    """Return a small picture, (height, width, channels), with each pixel as a square that can be seen."""
    times = max(1, VIEW_SIDE // max(pixels.shape[:2]))
    return pixels.repeat(times, axis=0).repeat(times, axis=1)


def _shown_as(view: BenchView, layers: Mapping[str, ViewLayer]) -> Markup:
    """Return the colours and limits of a view's maps."""
    told = []
    for look in shown_looks(view):
        layer = layers[look.key]
        if isinstance(layer, PlacedPhoto):
            continue
        colour = element("span", class_="swatch", style=f"background:{look.colour}") if look.is_light else ""
        scale = "" if look.scale == "linear" else f", {look.scale}"
        gamma = "" if look.gamma == 1 else f", gamma {look.gamma:.2g}"
        colours = "" if look.is_light else f", {look.colour}"
        words = f"{layer.title}: {look.low:.3g} to {look.high:.3g} {layer.units}{colours}{scale}{gamma}. "
        told.append(element("span", colour, words))
    return joined(told)


def _known_maps(view: BenchView, elements: ScanElements | None) -> Mapping[str, np.ndarray]:
    if elements is None:
        return {}
    names = elements.maps.names
    return {
        look.key: np.asarray(elements.shown(look.key)[0]) for look in shown_looks(view) if look.key in names
    }


def _size(shape: tuple[int, ...], side: int) -> tuple[int, int]:
    """Return the size of a picture of a map whose longer side is `side`."""
    longer = max(shape[:2])
    height, width = (max(1, round(side * length / longer)) for length in shape[:2])
    return height, width

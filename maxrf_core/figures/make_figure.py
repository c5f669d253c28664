"""Figures: a view of a scan with colour bars, scale bar and caption, made of a recipe."""

import hashlib
from collections.abc import Mapping

import numpy as np

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.pixel_size import pixel_size_of
from maxrf_core.figures.caption import caption_of
from maxrf_core.figures.colour_bar import ColourBar, colour_bar
from maxrf_core.figures.figure_files import encode_figure, note_of
from maxrf_core.figures.grid import Grid
from maxrf_core.figures.layout import MARGIN, Layout, layout_of
from maxrf_core.figures.recipe import MM_PER_INCH, Recipe
from maxrf_core.figures.typeset import Parts, fitted, typeset, typesetting, width_of
from maxrf_core.figures.view_layers import (
    MapValues,
    ViewLayer,
    blended,
    shown_looks,
    view_grid,
    view_layers,
)
from maxrf_core.imaging.layers import LayerLook
from maxrf_core.progress import Progress

WHITE = 255


def make_figure(
    ds: DataStack,
    recipe: Recipe,
    known: Mapping[str, np.ndarray] | None = None,
    progress: Progress | None = None,
) -> bytes:
    """Return a figure as the bytes of a file; it carries its recipe, see `figure_files.read_note`.

    The same recipe, scan and versions of this program and of matplotlib give the same bytes.

    Parameters
    ----------
    ds : DataStack
    recipe : Recipe
    known : mapping of str to ndarray, optional
        Values of maps by key, where they have been read already, see `view_layers`.
    progress : callable, optional

    Raises
    ------
    PictureError
        If no layer can be seen, or the scan has no such photograph.
    CalibrationError
        If the scan is not calibrated, or a family or band lies outside of its energies.
    """
    recipe = Recipe.from_dict(recipe.as_dict())  # as it is read again: 300.0 for 300
    if recipe.row_displacement is not None:
        ds = ds.straightened(recipe.row_displacement)
    layers = view_layers(ds, recipe.view, recipe.fit, known, progress)
    looks = shown_looks(recipe.view)
    columns = (recipe.width_mm - 2 * MARGIN) / MM_PER_INCH * recipe.dpi
    rows = recipe.max_height_mm / MM_PER_INCH * recipe.dpi
    grid = view_grid(ds, recipe.view, layers, (round(rows), round(columns)))
    picture = on_white(blended(looks, layers, grid))
    size = pixel_size_of(ds)
    parts = Parts(
        picture,
        grid.times > 1,
        [_cell(look, layers[look.key]) for look in looks] if recipe.colour_bars else [],
        size[0] * (grid.right - grid.left) if size and recipe.scale_bar else None,
    )
    caption = ""
    if recipe.caption:
        tube = {"tube_anode": recipe.tube_anode, "tube_kV": recipe.tube_kV}
        caption = caption_of(ds, layers, grid, tube)
    with typesetting():
        layout = _layout(recipe, parts, caption, _ratio(grid, size))
        figure = typeset(parts, layout, recipe.dpi)
        note = note_of(recipe, checksum_of(picture))
        placed = fitted(parts, layout, recipe.dpi)
        title = recipe.title or recipe.view.name
        return encode_figure(figure, placed, recipe.format, recipe.dpi, title, note)


def on_white(picture: np.ndarray) -> np.ndarray:
    """Return a picture with opacity, (height, width, 4) uint8, on white: (height, width, 3) uint8."""
    result = np.empty((*picture.shape[:2], 3), np.uint8)
    for number, row in enumerate(picture):
        opacity = row[:, 3:].astype(np.float32) / WHITE
        result[number] = np.rint(row[:, :3] * opacity + WHITE * (1 - opacity))
    return result


def checksum_of(picture: np.ndarray) -> str:
    """Return a checksum of a picture's pixels, by which a figure is known to show the same."""
    digest = hashlib.blake2b(repr(picture.shape).encode(), digest_size=16)
    digest.update(np.ascontiguousarray(picture).data)
    return digest.hexdigest()


def _ratio(grid: Grid, size: tuple[float, float] | None) -> float:
    """Return the height of a picture to its width, by the size of a map pixel if that is known."""
    ratio = (grid.bottom - grid.top) / (grid.right - grid.left)
    return ratio if size is None else ratio * size[1] / size[0]


def _layout(recipe: Recipe, parts: Parts, caption: str, ratio: float) -> Layout:
    sides = recipe.width_mm, recipe.max_height_mm
    texts = recipe.title, caption
    return layout_of(sides, ratio, texts, len(parts.cells), parts.width_mm is not None, width_of)


def _cell(look: LayerLook, layer: ViewLayer) -> ColourBar | str:
    if isinstance(layer, MapValues):
        return colour_bar(look, layer)
    return "Photograph" if look.opacity == 1 else f"Photograph, {look.opacity:.0%} opaque"

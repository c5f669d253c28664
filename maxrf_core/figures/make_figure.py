"""Figures: a view of a scan with colour bars, scale bar and caption, made of a recipe."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.pixel_size import pixel_size_of
from maxrf_core.figures.caption import caption_of
from maxrf_core.figures.colour_bar import ColourBar, colour_bar
from maxrf_core.figures.figure_files import encode_figure, note_of
from maxrf_core.figures.grid import Grid
from maxrf_core.figures.layout import MARGIN, Content, Layout, layout_of
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
from maxrf_core.imaging.layer_keys import photo_title
from maxrf_core.imaging.layers import LayerLook
from maxrf_core.progress import Progress

WHITE = 255
MAX_PANELS = 4


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
    panels = panels_of(recipe)
    shown = {look.key: layers[look.key] for panel in panels for look in panel}
    grid = view_grid(ds, recipe.view, shown, _dots(recipe, len(panels)))
    pictures = [on_white(blended(looks, layers, grid)) for looks in panels]
    size = pixel_size_of(ds)
    seen = tuple(each for each in recipe.overlay.outlines if each.is_seen(grid))
    parts = Parts(
        pictures,
        grid.times > 1,
        _cells(recipe, panels, layers),
        size[0] * (grid.right - grid.left) if size and recipe.scale_bar else None,
        grid.extent,
        replace(recipe.overlay, outlines=seen),
    )
    caption = ""
    if recipe.caption:
        tube = {"tube_anode": recipe.tube_anode, "tube_kV": recipe.tube_kV}
        caption = caption_of(ds, shown, grid, tube, recipe.overlay)
    with typesetting():
        layout = _layout(recipe, parts, caption, _ratio(grid, size))
        figure = typeset(parts, layout, recipe.dpi)
        note = note_of(recipe, checksum_of(*pictures))
        placed = fitted(parts, layout, recipe.dpi)
        title = recipe.title or recipe.view.name
        return encode_figure(figure, placed, recipe.format, recipe.dpi, title, note)


def panels_of(recipe: Recipe) -> list[list[LayerLook]]:
    """Return the layers of each picture of a figure: all in one, or one in each, the uppermost first."""
    looks = shown_looks(recipe.view)
    if not recipe.beside or len(looks) < 2:
        return [looks]
    return [[look] for look in reversed(looks)][:MAX_PANELS]


def _dots(recipe: Recipe, panels: int) -> tuple[int, int]:
    """Return how many dots high and wide a picture can be at most."""
    columns = (recipe.width_mm - 2 * MARGIN) / (1 if panels == 1 else 2)
    return tuple(round(max(1, side / MM_PER_INCH * recipe.dpi)) for side in (recipe.max_height_mm, columns))  # type: ignore[return-value]


def _cells(
    recipe: Recipe, panels: Sequence[Sequence[LayerLook]], layers: Mapping[str, ViewLayer]
) -> list[ColourBar | str]:
    looks = [look for panel in panels for look in panel]
    if recipe.colour_bars:
        return [_cell(look, layers[look.key]) for look in looks]
    return [] if len(panels) == 1 else [_name(look, layers[look.key]) for look in looks]


def on_white(picture: np.ndarray) -> np.ndarray:
    """Return a picture with opacity, (height, width, 4) uint8, on white: (height, width, 3) uint8."""
    result = np.empty((*picture.shape[:2], 3), np.uint8)
    for number, row in enumerate(picture):
        opacity = row[:, 3:].astype(np.float32) / WHITE
        result[number] = np.rint(row[:, :3] * opacity + WHITE * (1 - opacity))
    return result


def checksum_of(*pictures: np.ndarray) -> str:
    """Return a checksum of pictures' pixels, by which a figure is known to show the same."""
    digest = hashlib.blake2b(digest_size=16)
    for picture in pictures:
        digest.update(repr(picture.shape).encode())
        digest.update(np.ascontiguousarray(picture).data)
    return digest.hexdigest()


def _ratio(grid: Grid, size: tuple[float, float] | None) -> float:
    """Return the height of a picture to its width, by the size of a map pixel if that is known."""
    ratio = (grid.bottom - grid.top) / (grid.right - grid.left)
    return ratio if size is None else ratio * size[1] / size[0]


def _layout(recipe: Recipe, parts: Parts, caption: str, ratio: float) -> Layout:
    content = Content(
        ratio,
        recipe.title,
        caption,
        [cell if isinstance(cell, str) else cell.label for cell in parts.cells],
        any(isinstance(cell, ColourBar) for cell in parts.cells),
        parts.width_mm is not None,
        [f"{outline.number} {outline.name}" for outline in parts.overlay.outlines],
        len(parts.pictures),
    )
    return layout_of((recipe.width_mm, recipe.max_height_mm), content, width_of)


def _cell(look: LayerLook, layer: ViewLayer) -> ColourBar | str:
    if isinstance(layer, MapValues):
        return colour_bar(look, layer)
    name = _name(look, layer)
    return name if look.opacity == 1 else f"{name}, {look.opacity:.0%} opaque"


def _name(look: LayerLook, layer: ViewLayer) -> str:
    return layer.title if isinstance(layer, MapValues) else photo_title(look.key)

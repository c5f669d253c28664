"""Typesetting of a figure with matplotlib: the same bytes from the same picture, whatever a user has set."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from maxrf_core.figures.colour_bar import ColourBar
from maxrf_core.figures.draw_overlay import draw_over
from maxrf_core.figures.layout import (
    CAPTION_POINTS,
    LABEL_LINE,
    LABEL_POINTS,
    LINE,
    MARGIN,
    MM_PER_POINT,
    SWATCH,
    SWATCH_GAP,
    TITLE_POINTS,
    Box,
    Entry,
    Layout,
    scale_bar_length,
)
from maxrf_core.figures.overlay import NOTHING_DRAWN, Overlay
from maxrf_core.imaging.resample import resample
from maxrf_core.transform.coordinates import Extent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MM_PER_INCH = 25.4
BAR_GAP, BAR_HEIGHT = 0.6, 2.8  # mm, below the label of a colour bar
TICK_GAP = 1.2  # mm between two values
SWATCH_HEIGHT = 1.2
GREY = "#808080"
SETTINGS = {
    "font.family": ["DejaVu Sans"],  # comes with matplotlib, so that it is there, and the same, everywhere
    "svg.fonttype": "path",
    "svg.hashsalt": "maxrf4all",
    "pdf.fonttype": 42,
    "axes.linewidth": 0.4,
    "axes.edgecolor": GREY,
}
_lock = threading.Lock()  # matplotlib's settings are those of the whole program


@dataclass(frozen=True, eq=False)
class Parts:
    """What is typeset.

    Attributes
    ----------
    pictures : sequence of ndarray, (height, width, 3), uint8
        Of one shape, in their own pixels, see `fitted`.
    is_smooth : bool
        They hold a photograph, whose pixels are no squares to be seen.
    cells : sequence of ColourBar or str
        Beside the picture: a colour bar for a map, words for a photograph.
    width_mm : float, optional
        What a picture shows across, for the scale bar.
    extent : (left, right, bottom, top)
        What a picture shows, in map coordinates.
    overlay : Overlay
    """

    pictures: Sequence[np.ndarray]
    is_smooth: bool
    cells: Sequence[ColourBar | str]
    width_mm: float | None
    extent: Extent
    overlay: Overlay = NOTHING_DRAWN


@contextmanager
def typesetting() -> Iterator[None]:
    """Set matplotlib's own defaults and ours within a block; one block at a time."""
    import matplotlib.style

    with _lock, matplotlib.style.context(["default", SETTINGS]):
        yield


def width_of(text: str, points: float) -> float:
    """Return the width of a text in mm, in a size of type in points; within `typesetting`."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(size=points)
    width, _height, _descent = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width) * MM_PER_POINT


def typeset(parts: Parts, layout: Layout, dpi: int) -> "Figure":
    """Return a figure without its pictures, which `encode_figure` adds; within `typesetting`."""
    from matplotlib.figure import Figure

    size = layout.width / MM_PER_INCH, layout.height / MM_PER_INCH
    figure = Figure(figsize=size, dpi=dpi, facecolor="white")
    page = _Page(figure, layout)
    for box in layout.pictures:
        page.axes(box).set(xlim=(0, 1), ylim=(0, 1), xticks=[], yticks=[])
    for box in layout.pictures:
        draw_over(page.axes(box), parts.overlay, parts.extent)
    page.lines(layout.title, layout.title_top, TITLE_POINTS, weight="bold")
    page.lines(layout.caption, layout.caption_top, CAPTION_POINTS)
    for cell, label, box in zip(parts.cells, layout.labels, layout.cells, strict=True):
        page.cell(cell, label, box)
    for outline, entry in zip(parts.overlay.outlines, layout.legend, strict=True):
        page.entry(outline.colour, entry)
    if parts.width_mm is not None:
        page.scale_bar(parts.width_mm)
    return figure


def fitted(parts: Parts, layout: Layout, dpi: int) -> list[tuple[np.ndarray, int, int]]:
    """Return pictures in the figure's dots, (height, width, 3) uint8, and their first columns and rows."""
    return [
        _fitted(picture, box, parts.is_smooth, dpi)
        for picture, box in zip(parts.pictures, layout.pictures, strict=True)
    ]


def _fitted(picture: np.ndarray, box: Box, is_smooth: bool, dpi: int) -> tuple[np.ndarray, int, int]:
    left, top, width, height = (round(length / MM_PER_INCH * dpi) for length in box)
    height, width = max(1, height), max(1, width)
    rows, columns, _channels = picture.shape
    if is_smooth:
        way = cv2.INTER_AREA if width < columns else cv2.INTER_LINEAR
        resized = resample(picture, lambda part: cv2.resize(part, (width, height), interpolation=way))
        return resized, left, top
    nearest = (
        (np.arange(count) * 2 + 1) * of // (2 * count) for count, of in ((height, rows), (width, columns))
    )
    return picture[np.ix_(*nearest)], left, top


def fitting_ticks(
    ticks: Sequence[tuple[float, str]], width: float, measure: Callable[[str], float]
) -> list[tuple[float, str]]:
    """Return the ticks of a colour bar whose values do not touch: the first, the last, and others between.

    Examples
    --------
    >>> fitting_ticks([(0.0, "0"), (0.5, "50"), (0.9, "90"), (1.0, ">= 100")], 40, lambda text: 2 * len(text))
    [(0.0, '0'), (0.5, '50'), (1.0, '>= 100')]
    """
    if len(ticks) < 2:
        return list(ticks)
    first, *between, last = ticks
    kept, end = [first], measure(first[1])
    limit = width - measure(last[1])
    if limit < end + TICK_GAP:
        return [last]
    for place, text in between:
        half = measure(text) / 2
        if place * width - half >= end + TICK_GAP and place * width + half <= limit - TICK_GAP:
            kept.append((place, text))
            end = place * width + half
    return [*kept, last]


class _Page:
    """A figure that is addressed in mm from its top left."""

    def __init__(self, figure: "Figure", layout: Layout) -> None:
        self.figure, self.layout = figure, layout

    def axes(self, box: Box) -> Any:
        left, top, width, height = box
        whole_width, whole_height = self.layout.width, self.layout.height
        return self.figure.add_axes(
            (
                left / whole_width,
                1 - (top + height) / whole_height,
                width / whole_width,
                height / whole_height,
            )
        )

    def text(self, left: float, top: float, words: str, points: float, **more: Any) -> None:
        self.figure.text(
            left / self.layout.width,
            1 - top / self.layout.height,
            words,
            fontsize=points,
            va="top",
            parse_math=False,
            **more,
        )

    def lines(
        self, lines: Sequence[str], top: float, points: float, left: float = MARGIN, **more: Any
    ) -> None:
        for number, line in enumerate(lines):
            self.text(left, top + number * points * LINE * MM_PER_POINT, line, points, **more)

    def cell(self, cell: ColourBar | str, label: Sequence[str], box: Box) -> None:
        left, top, width, _height = box
        self.lines(label, top, LABEL_POINTS, left)
        if isinstance(cell, str):
            return
        axes = self.axes((left, top + len(label) * LABEL_LINE + BAR_GAP, width, BAR_HEIGHT))
        axes.imshow(cell.colours, extent=(0, 1, 0, 1), aspect="auto", interpolation="nearest")
        axes.set(xlim=(0, 1), yticks=[])
        ticks = fitting_ticks(cell.ticks, width, lambda text: width_of(text, LABEL_POINTS))
        axes.set_xticks([place for place, _text in ticks], [text for _place, text in ticks])
        axes.tick_params(labelsize=LABEL_POINTS, length=1.5, width=0.4, pad=1, color=GREY)
        for text, (place, _text) in zip(axes.get_xticklabels(), ticks, strict=True):
            text.set(ha="left" if place == 0 else "right" if place == 1 else "center", parse_math=False)

    def entry(self, colour: str, entry: Entry) -> None:
        left, top, words = entry
        middle = top + LABEL_POINTS * MM_PER_POINT / 2  # of the letters
        axes = self.axes((left, middle - SWATCH_HEIGHT / 2, SWATCH, SWATCH_HEIGHT))
        axes.set(xticks=[], yticks=[], facecolor=colour)
        self.text(left + SWATCH + SWATCH_GAP, top, words, LABEL_POINTS)

    def scale_bar(self, picture_mm: float) -> None:
        length = scale_bar_length(picture_mm)
        left, _top, width, _height = self.layout.pictures[0]
        on_paper = length / picture_mm * width
        axes = self.axes((left, self.layout.scale_bar_top, on_paper, 0.9))
        axes.set(xticks=[], yticks=[], facecolor="black")
        for side in axes.spines.values():
            side.set_visible(False)
        self.text(left, self.layout.scale_bar_top + 1.6, f"{length:g} mm", LABEL_POINTS)

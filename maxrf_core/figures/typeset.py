"""Typesetting of a figure with matplotlib: the same bytes from the same picture, whatever a user has set."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from maxrf_core.figures.colour_bar import ColourBar
from maxrf_core.figures.layout import (
    CAPTION_POINTS,
    LABEL_POINTS,
    LINE,
    MM_PER_POINT,
    TITLE_POINTS,
    Box,
    Layout,
    scale_bar_length,
)
from maxrf_core.imaging.resample import resample

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MM_PER_INCH = 25.4
BAR_TOP, BAR_HEIGHT = 4.2, 2.8  # mm, within the cell of a colour bar
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
    picture : ndarray, (height, width, 3), uint8
        In its own pixels, see `fitted`.
    is_smooth : bool
        It holds a photograph, whose pixels are no squares to be seen.
    cells : sequence of ColourBar or str
        Beside the picture: a colour bar for a map, words for a photograph.
    width_mm : float, optional
        What the picture shows across, for the scale bar.
    """

    picture: np.ndarray
    is_smooth: bool
    cells: Sequence[ColourBar | str]
    width_mm: float | None


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
    """Return a figure without its picture, which `encode_figure` adds; within `typesetting`."""
    from matplotlib.figure import Figure

    size = layout.width / MM_PER_INCH, layout.height / MM_PER_INCH
    figure = Figure(figsize=size, dpi=dpi, facecolor="white")
    page = _Page(figure, layout)
    page.axes(layout.picture).set(xlim=(0, 1), ylim=(0, 1), xticks=[], yticks=[])
    page.lines(layout.title, layout.title_top, TITLE_POINTS, weight="bold")
    page.lines(layout.caption, layout.caption_top, CAPTION_POINTS)
    for cell, box in zip(parts.cells, layout.cells, strict=True):
        page.cell(cell, box)
    if parts.width_mm is not None:
        page.scale_bar(parts.width_mm)
    return figure


def fitted(parts: Parts, layout: Layout, dpi: int) -> tuple[np.ndarray, int, int]:
    """Return the picture in the figure's dots, (height, width, 3) uint8, and its first column and row."""
    left, top, width, height = (round(length / MM_PER_INCH * dpi) for length in layout.picture)
    height, width = max(1, height), max(1, width)
    rows, columns, _channels = parts.picture.shape
    if parts.is_smooth:
        way = cv2.INTER_AREA if width < columns else cv2.INTER_LINEAR
        resized = resample(parts.picture, lambda part: cv2.resize(part, (width, height), interpolation=way))
        return resized, left, top
    nearest = (
        (np.arange(count) * 2 + 1) * of // (2 * count) for count, of in ((height, rows), (width, columns))
    )
    return parts.picture[np.ix_(*nearest)], left, top


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

    def lines(self, lines: Sequence[str], top: float, points: float, **more: Any) -> None:
        for number, line in enumerate(lines):
            self.text(
                self.layout.picture[0], top + number * points * LINE * MM_PER_POINT, line, points, **more
            )

    def cell(self, cell: ColourBar | str, box: Box) -> None:
        left, top, width, _height = box
        if isinstance(cell, str):
            self.text(left, top, cell, LABEL_POINTS)
            return
        self.text(left, top, cell.label, LABEL_POINTS)
        axes = self.axes((left, top + BAR_TOP, width, BAR_HEIGHT))
        axes.imshow(cell.colours, extent=(0, 1, 0, 1), aspect="auto", interpolation="nearest")
        axes.set(xlim=(0, 1), yticks=[])
        axes.set_xticks([place for place, _text in cell.ticks], [text for _place, text in cell.ticks])
        axes.tick_params(labelsize=LABEL_POINTS, length=1.5, width=0.4, pad=1, color=GREY)
        for label, (place, _text) in zip(axes.get_xticklabels(), cell.ticks, strict=True):
            label.set(ha="left" if place == 0 else "right" if place == 1 else "center", parse_math=False)

    def scale_bar(self, picture_mm: float) -> None:
        length = scale_bar_length(picture_mm)
        left, _top, width, _height = self.layout.picture
        on_paper = length / picture_mm * width
        axes = self.axes((left, self.layout.scale_bar_top, on_paper, 0.9))
        axes.set(xticks=[], yticks=[], facecolor="black")
        for side in axes.spines.values():
            side.set_visible(False)
        self.text(left, self.layout.scale_bar_top + 1.6, f"{length:g} mm", LABEL_POINTS)

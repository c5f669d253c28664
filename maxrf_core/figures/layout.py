"""Layout of a figure: which box each of its parts takes, in mm from the top left."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

MARGIN, GAP = 4.0, 2.5  # mm
TITLE_POINTS, LABEL_POINTS, CAPTION_POINTS = 11.0, 7.5, 7.0
MM_PER_POINT = 25.4 / 72
LINE = 1.35  # height of a line, in sizes of its type
CELL_WIDTH, CELL_GAP, CELL_HEIGHT = 58.0, 8.0, 12.0  # of a colour bar with its label and values; mm
SCALE_BAR_HEIGHT = 7.0  # with its length in mm
MIN_PICTURE = 20.0  # mm
SCALE_BAR_SHARE = 0.3  # of the picture's width, at most

Measure = Callable[[str, float], float]  # width in mm of a text in a size of type
Box = tuple[float, float, float, float]  # left, top, width, height


@dataclass(frozen=True)
class Layout:
    """Where the parts of a figure are.

    Attributes
    ----------
    width, height : float
        Of the figure.
    picture : (left, top, width, height)
    title, caption : list of str
        Their lines.
    title_top, caption_top, scale_bar_top : float
    cells : list of (left, top, width, height)
        One for each layer.
    """

    width: float
    height: float
    picture: Box
    title: list[str]
    caption: list[str]
    title_top: float
    caption_top: float
    scale_bar_top: float
    cells: list[Box]


def layout_of(
    size: tuple[float, float],
    ratio: float,
    texts: tuple[str, str],
    n_cells: int,
    has_scale_bar: bool,
    measure: Measure,
) -> Layout:
    """Return the layout of a figure.

    Parameters
    ----------
    size : (width, maximum height)
        In mm.
    ratio : float
        Height of the picture to its width.
    texts : (title, caption)
    n_cells : int
        Number of layers that are told beside the picture.
    has_scale_bar : bool
    measure : callable
        Return the width in mm of a text in a size of type in points.
    """
    width, max_height = size
    inner = width - 2 * MARGIN
    title, caption = (
        wrapped(text, inner, lambda part, points=points: measure(part, points))  # type: ignore[misc]
        for text, points in zip(texts, (TITLE_POINTS, CAPTION_POINTS), strict=True)
    )
    across = min(max(1, math.floor((inner + CELL_GAP) / (CELL_WIDTH + CELL_GAP))), max(1, n_cells))
    down = math.ceil(n_cells / across)
    title_height = _height(title, TITLE_POINTS) + (GAP if title else 0.0)
    scale_bar = SCALE_BAR_HEIGHT if has_scale_bar else 0.0
    caption_height = _height(caption, CAPTION_POINTS) + (GAP if caption else 0.0)
    beside = 2 * MARGIN + title_height + GAP + scale_bar + down * CELL_HEIGHT + caption_height
    height = min(inner * ratio, max(MIN_PICTURE, max_height - beside))
    picture_top = MARGIN + title_height
    scale_bar_top = picture_top + height + GAP
    cells_top = scale_bar_top + scale_bar
    each = min((inner - (across - 1) * CELL_GAP) / across, 2 * CELL_WIDTH)
    cells = [
        (
            MARGIN + (number % across) * (each + CELL_GAP),
            cells_top + (number // across) * CELL_HEIGHT,
            each,
            CELL_HEIGHT,
        )
        for number in range(n_cells)
    ]
    return Layout(
        width,
        height + beside,
        (MARGIN, picture_top, min(inner, height / ratio), height),
        title,
        caption,
        MARGIN,
        cells_top + down * CELL_HEIGHT + (GAP if caption else 0.0),
        scale_bar_top,
        cells,
    )


def wrapped(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Return the lines of a text that fit a width; a longer word has a line of its own.

    Examples
    --------
    >>> wrapped("iron and lead white", 9, len)
    ['iron and', 'lead', 'white']
    """
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def scale_bar_length(picture_mm: float) -> float:
    """Return the length of a scale bar for a picture that shows so many mm across: 1, 2 or 5 × 10ⁿ mm.

    Examples
    --------
    >>> scale_bar_length(280), scale_bar_length(0.8)
    (50.0, 0.2)
    """
    most = picture_mm * SCALE_BAR_SHARE
    power = 10.0 ** math.floor(math.log10(most))
    return max(step * power for step in (1, 2, 5) if step * power <= most)


def _height(lines: Sequence[str], points: float) -> float:
    return len(lines) * points * LINE * MM_PER_POINT

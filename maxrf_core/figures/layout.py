"""Layout of a figure: which box each of its parts takes, in mm from the top left."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

MARGIN, GAP = 4.0, 2.5  # mm
TITLE_POINTS, LABEL_POINTS, CAPTION_POINTS = 11.0, 7.5, 7.0
MM_PER_POINT = 25.4 / 72
LINE = 1.35  # height of a line, in sizes of its type
LABEL_LINE = LABEL_POINTS * LINE * MM_PER_POINT
CELL_WIDTH, CELL_GAP = 58.0, 8.0  # of a colour bar; mm
BAR_SPACE = 8.5  # below the label of a colour bar, for the bar and its values
WORDS_SPACE = 1.5  # below the label of a layer without one
PANEL_GAP = 5.0
ROW_GAP = 1.5
MIN_PANEL = 34.0  # width of a picture beside others
SCALE_BAR_HEIGHT = 7.0  # with its length in mm
SWATCH, SWATCH_GAP, LEGEND_GAP = 5.0, 1.2, 5.0
MIN_PICTURE = 20.0  # mm
SCALE_BAR_SHARE = 0.3  # of the picture's width, at most

Measure = Callable[[str, float], float]  # width in mm of a text in a size of type
Box = tuple[float, float, float, float]  # left, top, width, height
Entry = tuple[float, float, str]  # left, top, words


@dataclass(frozen=True)
class Content:
    """Content of a figure, of which its layout is made.

    Attributes
    ----------
    ratio : float
        Height of each picture to its width.
    title, caption : str
    labels : sequence of str
        Of the layers.
    has_bars : bool
        A colour bar is below each label.
    has_scale_bar : bool
    legend : sequence of str
        Names of patches.
    pictures : int
        1 for all layers, or as many as there are labels.
    """

    ratio: float
    title: str = ""
    caption: str = ""
    labels: Sequence[str] = ()
    has_bars: bool = True
    has_scale_bar: bool = False
    legend: Sequence[str] = ()
    pictures: int = 1


@dataclass(frozen=True)
class Layout:
    """Where the parts of a figure are.

    Attributes
    ----------
    width, height : float
        Of the figure.
    pictures : list of (left, top, width, height)
    title, caption : list of str
        Their lines.
    title_top, caption_top, scale_bar_top : float
    cells : list of (left, top, width, height)
        One for each label.
    labels : list of list of str
        Their lines.
    legend : list of (left, top, words)
    """

    width: float
    height: float
    pictures: list[Box]
    title: list[str]
    caption: list[str]
    title_top: float
    caption_top: float
    scale_bar_top: float
    cells: list[Box] = field(default_factory=list)
    labels: list[list[str]] = field(default_factory=list)
    legend: list[Entry] = field(default_factory=list)


def layout_of(size: tuple[float, float], content: Content, measure: Measure) -> Layout:
    """Return the layout of a figure.

    Parameters
    ----------
    size : (width, maximum height)
        In mm.
    content : Content
    measure : callable
        Return the width in mm of a text in a size of type in points.
    """
    if content.pictures == 1:
        return _arranged(size, content, measure, 1)
    width = size[0] - 2 * MARGIN
    most = min(content.pictures, max(1, math.floor((width + PANEL_GAP) / (MIN_PANEL + PANEL_GAP))))
    ways = [_arranged(size, content, measure, across) for across in range(min(2, most), most + 1)]
    return max(ways, key=lambda way: way.pictures[0][3])


def _arranged(size: tuple[float, float], content: Content, measure: Measure, across: int) -> Layout:
    """Return the layout with so many pictures beside one another."""
    width, max_height = size
    inner = width - 2 * MARGIN
    title, caption = (
        wrapped(text, inner, lambda part, points=points: measure(part, points))  # type: ignore[misc]
        for text, points in ((content.title, TITLE_POINTS), (content.caption, CAPTION_POINTS))
    )
    is_one = content.pictures == 1
    down = math.ceil(content.pictures / across)
    column = (inner - (across - 1) * PANEL_GAP) / across
    cells = _Cells(content, measure, inner if is_one else column)
    legend, legend_height = _legend(content.legend, inner, measure)
    title_height = _height(title, TITLE_POINTS) + (GAP if title else 0.0)
    scale_bar = SCALE_BAR_HEIGHT if content.has_scale_bar else 0.0
    caption_height = _height(caption, CAPTION_POINTS) + (GAP if caption else 0.0)
    below_each = 0.0 if is_one else GAP + cells.height + ROW_GAP
    below_all = GAP + scale_bar + legend_height + (cells.height if is_one else 0.0)
    beside = 2 * MARGIN + title_height + down * below_each + below_all + caption_height
    room = max(MIN_PICTURE, (max_height - beside) / down)
    height = min(column * content.ratio, room)
    picture_width, top = min(column, height / content.ratio), MARGIN + title_height
    row = height + below_each
    places = [
        (MARGIN + (number % across) * (column + PANEL_GAP), top + (number // across) * row)
        for number in range(content.pictures)
    ]
    scale_bar_top = top + down * row + GAP
    legend_top = scale_bar_top + scale_bar
    cells_top = legend_top + legend_height
    corners = [(MARGIN, cells_top)] if is_one else [(left, at + height + GAP) for left, at in places]
    bar_width = min(column, max(picture_width, MIN_PANEL))  # as wide as the picture above it
    return Layout(
        width,
        beside + down * height,
        [(left, at, picture_width, height) for left, at in places],
        title,
        caption,
        MARGIN,
        cells_top + (cells.height if is_one else 0.0) + (GAP if caption else 0.0),
        scale_bar_top,
        cells.boxes(corners[0]) if is_one else [(*corner, bar_width, cells.height) for corner in corners],
        cells.labels,
        [(left, legend_top + at, words) for left, at, words in legend],
    )


class _Cells:
    """The cells of labels and colour bars in a width."""

    def __init__(self, content: Content, measure: Measure, width: float) -> None:
        count = len(content.labels)
        is_one = content.pictures == 1
        self.across = 1
        if is_one:
            fitting = max(1, math.floor((width + CELL_GAP) / (CELL_WIDTH + CELL_GAP)))
            self.across = min(fitting, max(1, count))
        self.each = (width - (self.across - 1) * CELL_GAP) / self.across
        if is_one:
            self.each = min(self.each, 2 * CELL_WIDTH)
        self.labels = [
            wrapped(label, self.each, lambda part: measure(part, LABEL_POINTS)) for label in content.labels
        ]
        lines = max(map(len, self.labels), default=0)
        self.row = lines * LABEL_LINE + (BAR_SPACE if content.has_bars else WORDS_SPACE)
        self.height = math.ceil(count / self.across) * self.row if is_one else self.row * bool(count)

    def boxes(self, corner: tuple[float, float]) -> list[Box]:
        left, top = corner
        return [
            (
                left + (number % self.across) * (self.each + CELL_GAP),
                top + (number // self.across) * self.row,
                self.each,
                self.row,
            )
            for number in range(len(self.labels))
        ]


def _legend(names: Sequence[str], width: float, measure: Measure) -> tuple[list[Entry], float]:
    """Return names after swatches, as many in a line as fit, from the top at 0; and their height."""
    entries: list[Entry] = []
    left, top = 0.0, 0.0
    for name in names:
        words = shortened(name, width - SWATCH - SWATCH_GAP, lambda part: measure(part, LABEL_POINTS))
        length = SWATCH + SWATCH_GAP + measure(words, LABEL_POINTS)
        if left > 0 and left + length > width:
            left, top = 0.0, top + LABEL_LINE
        entries.append((MARGIN + left, top, words))
        left += length + LEGEND_GAP
    return entries, top + LABEL_LINE + GAP if entries else 0.0


def wrapped(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Return the lines of a text that fit a width; a longer word is divided.

    Examples
    --------
    >>> wrapped("iron and lead white", 9, len)
    ['iron and', 'lead', 'white']
    >>> wrapped("portrait.datastack", 9, len)
    ['portrait.', 'datastack']
    """
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure(longer) <= width:
            lines[-1] = longer
        else:
            lines += _divided(word, width, measure)
    return lines


def _divided(word: str, width: float, measure: Callable[[str], float]) -> list[str]:
    parts = [""]
    for sign in word:
        if parts[-1] and measure(parts[-1] + sign) > width:
            parts.append("")
        parts[-1] += sign
    return parts


def shortened(text: str, width: float, measure: Callable[[str], float]) -> str:
    """Return a text, or as much of its beginning as fits a width with an ellipsis.

    Examples
    --------
    >>> shortened("Sleeve of the left arm", 8, len), shortened("Sleeve", 8, len)
    ('Sleeve…', 'Sleeve')
    """
    if measure(text) <= width:
        return text
    kept = text
    while kept and measure(kept.rstrip() + "…") > width:
        kept = kept[:-1]
    return kept.rstrip() + "…"


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

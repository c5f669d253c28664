"""Choices before a scan is converted: the part of it that is kept, and rows and columns that are missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import streamlit as st

from maxrf_core.conversion.dead_lines import DeadLines, dead_lines_in_sample, runs_of
from maxrf_core.conversion.preview import live_time_note, preview, preview_step
from maxrf_core.conversion.scan_part import Crop, part_of
from maxrf_core.readers import MapsScan, Scan
from widgets.charts.charts import draw_map
from widgets.charts.colours import MARK_COLOUR, own_colour
from widgets.charts.map_layers import Line, MapPicture
from widgets.session.language import _, marked, translated
from widgets.session.map_data import MapData, spread_blocks
from widgets.session.markdown import escaped

MAP_HEIGHT = 420  # CSS pixels
MAX_LINES = 60  # that are drawn for rows and columns
_CORNERS = ("x0", "y0", "x1", "y1")
_EMPTY, _ALL, _NONE = "empty", "all", "none"
_MARKED = {
    _EMPTY: marked("Those without counts"),
    _ALL: marked("All that are named here"),
    _NONE: marked("None: keep all as they are"),
}


@dataclass(frozen=True, eq=False)
class ScanPreview:
    """What is known of a raw scan before it is converted.

    Attributes
    ----------
    scan : Scan
    small : ndarray, shape (rows, columns)
        The map of its strongest peak, or the first of element maps, each `step` pixels.
    step : int
    data : MapData
        The same in the size of the scan.
    dead : DeadLines
    is_whole : bool
        True if all rows were looked at.
    """

    scan: Scan
    small: np.ndarray
    step: int
    data: MapData
    dead: DeadLines
    is_whole: bool

    @classmethod
    def of(cls, scan: Scan) -> "ScanPreview":
        """Read what the preview needs: a sample of a large scan."""
        small, step = preview(scan), preview_step(scan.shape)
        large = spread_blocks(small, step, scan.shape[:2])
        dead, is_whole = (DeadLines(), True) if isinstance(scan, MapsScan) else dead_lines_in_sample(scan)
        return cls(scan, small, step, MapData(large), dead, is_whole)

    @property
    def whole(self) -> Crop:
        """First and last pixel."""
        height, width, _channels = self.scan.shape
        return 0, 0, width - 1, height - 1

    def cropped(self, crop: Crop) -> np.ndarray:
        """Return the small map of a part."""
        x0, y0, x1, y1 = (corner // self.step for corner in crop)
        return self.small[y0 : y1 + 1, x0 : x1 + 1]


@dataclass(frozen=True)
class Preparation:
    """What is converted of a scan.

    Attributes
    ----------
    crop : (x0, y0, x1, y1)
        First and last pixel that are kept.
    missing_rows, missing_columns : tuple of int
        Whose counts are left out.
    keep_empty : bool
        Do not mark rows and columns without counts.
    """

    crop: Crop
    missing_rows: tuple[int, ...] = ()
    missing_columns: tuple[int, ...] = ()
    keep_empty: bool = False

    def part(self, scan: Scan) -> Scan:
        """Return the part of a scan that is converted."""
        return part_of(scan, self.crop, self.missing_rows, self.missing_columns)


def prepare(seen: ScanPreview, key: str) -> Preparation:
    """Show the map of a scan, on which a part is chosen, and what was found in it.

    Parameters
    ----------
    seen : ScanPreview
    key : str
        Of the fields.
    """
    has_spectra = not isinstance(seen.scan, MapsScan)
    if has_spectra:
        _say_findings(seen)
    left, right = st.columns([3, 2], gap="medium")
    with right:
        crop = _choose_corners(seen.whole, key)
        preparation = _choose_missing(seen, crop, key) if has_spectra else Preparation(crop)
    with left:
        _draw(seen, crop, key)
    return preparation


def _draw(seen: ScanPreview, crop: Crop, key: str) -> None:
    """Show the map; a rectangle that is dragged on it becomes the part that is kept."""

    def keep(x0: int, y0: int, x1: int, y1: int) -> None:
        _set(key, (x0, y0, x1, y1))

    st.caption(_("Drag a rectangle on the map to keep only this part of the scan."))
    units = marked("value") if isinstance(seen.scan, MapsScan) else MapPicture.units
    picture = MapPicture(seen.data, *seen.data.limits(0.5, 99.5), units=units)
    lines = [
        *((line, own_colour(2)) for line in _dead_lines(seen)),
        *((line, MARK_COLOUR) for line in _frame(seen, crop)),
    ]
    draw_map("convert-part", picture, on_region=keep, lines=lines, height=MAP_HEIGHT)


def _frame(seen: ScanPreview, crop: Crop) -> list[Line]:
    """Return the edges of the part that is kept; none if it is the whole scan."""
    if crop == seen.whole:
        return []
    left, top, right, bottom = crop[0] - 0.5, crop[1] - 0.5, crop[2] + 0.5, crop[3] + 0.5
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    return [(*one, *other) for one, other in pairwise(corners)]


def _dead_lines(seen: ScanPreview) -> list[Line]:
    """Return the first and the last line of each run of rows and columns that were found."""
    height, width, _channels = seen.scan.shape
    rows, columns = seen.dead.rows, seen.dead.columns
    found: list[Line] = [(-0.5, row, width - 0.5, row) for row in _ends((*rows.empty, *rows.edge, *rows.odd))]
    found += [
        (column, -0.5, column, height - 0.5)
        for column in _ends((*columns.empty, *columns.edge, *columns.odd))
    ]
    return found[:MAX_LINES]


def _ends(numbers: tuple[int, ...]) -> Iterator[int]:
    for run in runs_of(numbers):
        yield from sorted(set(run))


def _choose_corners(whole: Crop, key: str) -> Crop:
    """Show the corners of the part that is kept as numbers; return them, the upper left one first."""
    for name, corner in zip(_CORNERS, whole, strict=True):
        st.session_state.setdefault(f"{key}-{name}", corner)
    labels = (_("First x"), _("First y"), _("Last x"), _("Last y"))
    columns = [*st.columns(2), *st.columns(2)]  # row by row, as Tab goes
    limits = (whole[2], whole[3]) * 2
    x0, y0, x1, y1 = (
        int(
            column.number_input(
                label, 0, most, step=1, key=f"{key}-{name}", persist_state="session",
            )
        )
        for column, label, most, name in zip(columns, labels, limits, _CORNERS, strict=True)
    )  # fmt: skip
    crop = min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
    words = _("Kept: {across} × {down} of {width} × {height} pixels.")
    across, down = crop[2] - crop[0] + 1, crop[3] - crop[1] + 1
    st.write(words.format(across=across, down=down, width=whole[2] + 1, height=whole[3] + 1))
    st.button(
        _("Keep everything"), key=f"{key}-whole", icon=":material/fullscreen:", disabled=crop == whole,
        on_click=_set, args=(key, whole),
    )  # fmt: skip
    return crop


def _set(key: str, crop: Crop) -> None:
    for name, corner in zip(_CORNERS, crop, strict=True):
        st.session_state[f"{key}-{name}"] = corner


def _say_findings(seen: ScanPreview) -> None:
    """Say what is known of the live time, and which rows and columns hold nothing or are unlike others."""
    time = live_time_note(seen.scan)
    if time is not None:
        st.write(translated(time))
    told = [escaped(translated(note)) + "." for note in (*seen.dead.empty, *seen.dead.doubtful)]
    if told:
        st.warning("  \n".join(told), icon=":material/warning:")
    if not seen.is_whole:
        st.caption(
            _(
                "Columns are checked in some of the rows. Rows without counts are found, and named, while "
                "the scan is converted."
            )
        )
    elif not told:
        st.caption(_("No row or column without counts, or unlike its neighbours, was found."))


def _choose_missing(seen: ScanPreview, crop: Crop, key: str) -> Preparation:
    """Let the visitor choose which dead rows and columns become missing."""
    empty, doubtful = seen.dead.empty, seen.dead.doubtful
    if seen.is_whole and not empty and not doubtful:
        return Preparation(crop)
    offered = [_EMPTY, *([_ALL] if doubtful else []), _NONE]
    chosen = st.selectbox(
        _("Rows and columns to mark as missing"),
        offered,
        format_func=lambda each: _(_MARKED[each]),
        key=f"{key}-missing",
        help=_(
            "The new file holds no counts there and says so. Nothing is filled in, and the raw scan stays "
            "as it is."
        ),
    )
    rows, columns = seen.dead.rows, seen.dead.columns
    if chosen != _ALL:
        return Preparation(crop, keep_empty=chosen == _NONE)
    return Preparation(crop, rows.edge + rows.odd, columns.edge + columns.odd)

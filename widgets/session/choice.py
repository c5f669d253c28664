"""The visitor's choice: one object that is kept across pages, and across a reload by the page's address."""

import contextlib
import math
import secrets
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import streamlit as st

from maxrf_core.imaging.colormaps import COLORMAPS, DEFAULT_COLORMAP
from maxrf_core.imaging.straight_rows import MAX_DISPLACEMENT
from maxrf_core.imaging.tone import Tone
from maxrf_core.patches.patch import Patch, are_same_patches
from maxrf_core.spectrum.elements import NAMES
from maxrf_core.transform.coordinates import View
from widgets.session.bench import Bench
from widgets.session.point_pairs import Point, PointPairs

Part = Literal["bench", "elements", "bands", "spectra"]
PARTS: tuple[Part, ...] = get_args(Part)
RESIDUAL = "residual"  # shown in an element's place: what the fit of all elements leaves over


@dataclass(frozen=True)
class Look:
    """Contrast and orientation in which a picture is shown while points are set in it.

    Attributes
    ----------
    tone : Tone
        Its contrast.
    view : View
        How it is turned or mirrored.
    """

    tone: Tone = field(default_factory=Tone)
    view: View = field(default_factory=View)


@dataclass(frozen=True)
class Help:
    """A result of the program about the points: proposed or refined ones, or a place chosen of two.

    Attributes
    ----------
    step : {"proposed", "refined", "chosen"}
    sentence : str
        For the visitor.
    is_sure : bool
    points : tuple
        All pairs at that time; after a change of them the result is no longer valid.
    record : dict
        How the points came about, by step, to be stored beside the registration.
    """

    step: Literal["proposed", "refined", "chosen"]
    sentence: str
    is_sure: bool
    points: tuple[tuple[Point | None, ...], tuple[Point | None, ...]]
    record: dict[str, Any]


@dataclass
class Choice:
    """The scan, band, contrast, points and pixels that a visitor has chosen.

    Attributes
    ----------
    stack : str or None
        Identifier of the datastack (`widgets.session.library`).
    part : {"bench", "elements", "bands", "spectra"}
        The part of the page Look that is shown.
    lo, hi : float or None
        The band, in the scan's own unit (keV, or channels until calibrated).
    line : str or None
        The element line that the band was last chosen by: a few lines share their bands.
    counts : {"gross", "sides", "fit"}
        Which counts of the band a map shows: all, those less side bands, or those that a fit gives its line.
    clip : {"percent", "counts"}
        Whether the two limits below are percentiles or counts.
    low, high : float
        Values of the first and the last colour.
    colormap : str
    element : str or None
        Symbol of the element that is shown in the part Elements, or `RESIDUAL`.
    bench : Bench
        Layers that lie over one another on the bench.
    view : str or None
        Name of the view that was opened or kept last.
    compares_bench : bool
        Whether the page Compare shows the layers on the bench.
    adds_band : bool
        Whether the next band that is dragged on the page Look becomes another layer, instead of moving one.
    ruler : (x0, y0, x1, y1) or None
        The line along which lengths and profiles are taken, in map pixels.
    zoom : (left, right, bottom, top) or None
        The part of the bench's picture that is seen, in map pixels; None is all of it.
    is_zoom_due : bool
        Whether the picture has to be brought to that part, as after a crash.
    pixels, regions : list
        Pixels (x, y) and rectangles (x0, y0, x1, y1) whose spectra are shown.
    patches : tuple of Patch, or None
        Named regions of the scan, of which some may not be kept in it; None until they have been read.
    kept_patches : tuple of Patch, or None
        Those that the scan holds; None until they have been read.
    corners : tuple of (x, y)
        Of a polygon that is being drawn and becomes a patch.
    hidden_patches : frozenset of str
        Names of those that are not shown.
    peaks : list of float or None
        Channels of the peaks that a calibration is being made from.
    known_peak, known_line : float or None, str or None
        Channel of a peak and the name of its line, such as "Fe Ka", by which energies are found.
    anode, kv : str or None, float or None
        The X-ray tube, if the file does not name it.
    rows : float or None
        Pixels to the right by which odd rows are displaced, so that they are shown shifted back; None is what
        the file tells.
    photo : str or None
        Path of the photograph that is being registered.
    photo_page : int or None
        Which picture of its file it is, from 1; None is the largest.
    pairs : PointPairs
        The points of that registration.
    looks : dict of str to Look
        Contrast and orientation of pictures in which points are set.
    model : str
        The kind of transform that is fitted to the points (`maxrf_core.transform.models`).
    left_out_wrong : bool
        Whether outliers, pairs that do not agree with the others, are left out.
    pixel_size : float or None
        Size of a map pixel in mm, if the visitor knows it.
    help : Help or None
        The last result of the program about the points.
    sitting : str
        Identifies this session's work among the saved work with the scan (`widgets.session.resume`).
    """

    stack: str | None = None
    part: Part = "bench"
    lo: float | None = None
    hi: float | None = None
    line: str | None = None
    counts: Literal["gross", "sides", "fit"] = "gross"
    clip: Literal["percent", "counts"] = "percent"
    low: float = 0.5
    high: float = 99.0
    colormap: str = DEFAULT_COLORMAP
    element: str | None = None
    bench: Bench = field(default_factory=Bench)
    view: str | None = None
    compares_bench: bool = False
    adds_band: bool = False
    ruler: tuple[float, float, float, float] | None = None
    zoom: tuple[float, float, float, float] | None = None
    is_zoom_due: bool = False
    pixels: list[tuple[int, int]] = field(default_factory=list)
    regions: list[tuple[int, int, int, int]] = field(default_factory=list)
    patches: tuple[Patch, ...] | None = None
    kept_patches: tuple[Patch, ...] | None = None
    corners: tuple[tuple[float, float], ...] = ()
    hidden_patches: frozenset[str] = frozenset()
    peaks: list[float | None] = field(default_factory=lambda: [None, None])
    known_peak: float | None = None
    known_line: str | None = None
    anode: str | None = None
    kv: float | None = None
    rows: float | None = None
    photo: str | None = None
    photo_page: int | None = None
    pairs: PointPairs = field(default_factory=PointPairs)
    looks: dict[str, Look] = field(default_factory=dict)
    model: str = "homography"
    left_out_wrong: bool = False
    pixel_size: float | None = None
    help: Help | None = None
    sitting: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def photo_view(self) -> View:
        """Orientation of the photograph, which is also that of its registration."""
        return self.looks.get("photo", Look()).view

    def valid_help(self) -> Help | None:
        """Return the last result about the points; None if they have changed since."""
        return self.help if self.help is not None and self.help.points == self.pairs.all_points() else None

    def choose_pixel(self, x: int, y: int) -> None:
        """Remember a pixel that was clicked; the newest is last."""
        self.pixels = [pixel for pixel in self.pixels if pixel != (x, y)] + [(x, y)]

    @property
    def shown_patches(self) -> list[Patch]:
        """Patches that are shown."""
        return [patch for patch in self.patches or () if patch.name not in self.hidden_patches]

    @property
    def has_unkept_patches(self) -> bool:
        """True if the patches are others than those that the scan holds."""
        if self.patches is None:
            return False
        return self.kept_patches is None or not are_same_patches(self.patches, self.kept_patches)

    @property
    def shown_numbers(self) -> list[int]:
        """Their places among all patches, from 1 on."""
        shown = self.shown_patches
        return [number for number, patch in enumerate(self.patches or (), start=1) if patch in shown]

    def open(self, identifier: str) -> None:
        """Open another datastack and forget what belonged to the last one."""
        if identifier != self.stack:
            self.__dict__.update(Choice(stack=identifier, colormap=self.colormap).__dict__)


NEXT_TASK = "next-task"  # session key: the task that the page Open shows on its next run

# The part of a Choice that stands in the page's address, with how each is read back.
_IN_ADDRESS = {
    "stack": str,
    "part": str,
    "lo": float,
    "hi": float,
    "counts": str,
    "clip": str,
    "low": float,
    "high": float,
    "colormap": str,
    "element": str,
    "rows": float,
    "view": str,
}


def choice() -> Choice:
    """Return this visitor's choice; on the first run of a session it is read from the page's address."""
    if "choice" not in st.session_state:
        st.session_state["choice"] = _from_address()
    return st.session_state["choice"]


def keep_in_address(again: bool = False) -> None:
    """Write the choice into the page's address, where a reload or a bookmark finds it.

    Parameters
    ----------
    again : bool
        Also if Streamlit has written it already: a slow browser that changes the page replaces an early
        address by the bare one of that page.
    """
    wanted = address()
    if again or st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def address() -> dict[str, str]:
    """Return the part of the choice that stands in the page's address."""
    now, plain = choice(), Choice()
    return {
        name: f"{value:g}" if isinstance(value, float) else str(value)
        for name in _IN_ADDRESS
        if (value := getattr(now, name)) is not None and value != getattr(plain, name)
    }


def _from_address() -> Choice:
    found = Choice()
    for name, read in _IN_ADDRESS.items():
        if name in st.query_params:
            with contextlib.suppress(ValueError):  # a mistyped number: the default stands
                setattr(found, name, read(st.query_params[name]))
    _make_sensible(found)
    return found


def _make_sensible(found: Choice) -> None:
    """Replace values that make no sense by the defaults."""
    if found.lo is None or found.hi is None or not -math.inf < found.lo < found.hi < math.inf:
        found.lo = found.hi = None
    least, most = (0.0, 100.0) if found.clip == "percent" else (-math.inf, math.inf)
    limits_fit = math.isfinite(found.low - found.high) and least <= found.low < found.high <= most
    if found.clip not in ("percent", "counts") or not limits_fit:
        found.clip, found.low, found.high = Choice.clip, Choice.low, Choice.high
    if found.part not in PARTS:
        found.part = Choice.part
    if found.counts not in ("gross", "sides", "fit"):
        found.counts = Choice.counts
    if found.colormap not in COLORMAPS:
        found.colormap = Choice.colormap
    if found.element not in (*NAMES, RESIDUAL):
        found.element = None
    if found.rows is not None and not abs(found.rows) <= MAX_DISPLACEMENT:
        found.rows = None

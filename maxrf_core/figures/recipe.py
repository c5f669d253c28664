"""Recipe of a figure: all from which it is made again, as JSON."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from maxrf_core.errors import MaxrfError, PictureError
from maxrf_core.figures.overlay import NOTHING_DRAWN, Overlay
from maxrf_core.figures.view_layers import Fit
from maxrf_core.imaging.bench_view import BenchView
from maxrf_core.imaging.straight_rows import MAX_DISPLACEMENT
from maxrf_core.language import _
from maxrf_core.written_numbers import is_number

VERSION = 2  # 1 had neither `beside` nor `overlay`
FORMATS = ("png", "tiff", "pdf", "svg")
FORMAT_OF = {".png": "png", ".tif": "tiff", ".tiff": "tiff", ".pdf": "pdf", ".svg": "svg"}
MIN_SIDE, MAX_SIDE = 40.0, 1200.0  # mm
MIN_DPI, MAX_DPI = 50, 1200
MAX_PIXELS = 60_000_000  # of a figure
MAX_TITLE, MAX_FAMILIES = 200, 200
MAX_ANODE = 10  # letters: an element, or a monochromatic beam
MM_PER_INCH = 25.4


@dataclass(frozen=True)
class Recipe:
    """What a figure shows, and how it is printed.

    Attributes
    ----------
    view : BenchView
    format : {"png", "tiff", "pdf", "svg"}
    width_mm : float
        Of the figure, 40 to 1200.
    max_height_mm : float
        Of the figure; a picture that is too high for it is made narrower.
    dpi : int
        Dots to an inch, 50 to 1200; of the pictures in PDF and SVG, too, whose texts and lines are outlines.
    title : str
        Above the picture.
    caption, colour_bars, scale_bar : bool
        What is shown beside the picture. A scale bar needs a known pixel size.
    row_displacement : float, optional
        Pixels by which odd rows are shown shifted back; by default as the file tells it.
    families : tuple of str
    tube_anode : str, optional
    tube_kV : float, optional
        How element maps are fitted, see `Fit`.
    beside : bool
        Each layer has a picture of its own, the uppermost first, at most four.
    overlay : Overlay
        Patches, a pixel and a line that are drawn over each picture.
    """

    view: BenchView
    format: str = "png"
    width_mm: float = 160.0
    max_height_mm: float = 230.0
    dpi: int = 300
    title: str = ""
    caption: bool = True
    colour_bars: bool = True
    scale_bar: bool = True
    row_displacement: float | None = None
    families: tuple[str, ...] = ()
    tube_anode: str | None = None
    tube_kV: float | None = None  # noqa: N815 (as the attribute of a datastack)
    beside: bool = False
    overlay: Overlay = NOTHING_DRAWN

    def __post_init__(self) -> None:
        sides = (self.width_mm, self.max_height_mm)
        if self.format not in FORMATS:
            words = _("A figure is one of {listed}, not {format!r:.20}.")
            raise PictureError(words.format(listed=", ".join(FORMATS), format=self.format))
        if not all(MIN_SIDE <= side <= MAX_SIDE for side in sides) or not MIN_DPI <= self.dpi <= MAX_DPI:
            words = _("A figure is {least:g} to {most:g} mm wide and high, at {lowest} to {highest} dpi.")
            raise PictureError(words.format(least=MIN_SIDE, most=MAX_SIDE, lowest=MIN_DPI, highest=MAX_DPI))
        if math.prod(sides) * (self.dpi / MM_PER_INCH) ** 2 > MAX_PIXELS:
            words = _("A figure of this size at {dpi} dpi is too large: make it smaller, or at fewer dpi.")
            raise PictureError(words.format(dpi=self.dpi))

    @property
    def fit(self) -> Fit:
        """How its element maps are fitted."""
        return Fit(self.families, self.tube_anode, self.tube_kV)

    def as_dict(self) -> dict[str, Any]:
        """Return the recipe as JSON keeps it."""
        own = {
            "view": self.view.as_dict(),
            "families": list(self.families),
            "overlay": self.overlay.as_dict(),
        }
        return {"version": VERSION, **asdict(self), **own}

    def as_json(self) -> str:
        """Return the recipe as a text that people can read, too."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=1)

    @classmethod
    def from_dict(cls, told: object) -> "Recipe":
        """Return a recipe from JSON, which may come from elsewhere; only the view is needed.

        Raises
        ------
        PictureError
            If it is none, or of a newer version of this program.

        Examples
        --------
        >>> Recipe.from_dict({"view": {"name": "Ink", "layers": [{"key": "Fe-K"}]}, "dpi": 600}).dpi
        600
        """
        names = {field.name for field in fields(cls)}
        if not isinstance(told, Mapping):
            raise _not_a_recipe()
        told = dict(told)
        _check_version(told.pop("version", 1))
        if "view" not in told or not set(told) <= names:
            raise _not_a_recipe()
        given = {**{field.name: field.default for field in fields(cls)}, **told}
        given["view"] = BenchView.from_dict(told["view"])
        given["overlay"] = Overlay.from_dict(told.get("overlay", {}))
        if not _has_right_types(given):
            raise _not_a_recipe()
        families = tuple(given["families"])
        for name in ("width_mm", "max_height_mm", "row_displacement", "tube_kV"):
            given[name] = None if given[name] is None else float(given[name])
        return cls(**{**given, "families": families})

    @classmethod
    def from_json(cls, text: str) -> "Recipe":
        """Return a recipe from a text, see `from_dict`.

        Raises
        ------
        PictureError
            If it is none.
        """
        try:
            told = json.loads(text)
        except (ValueError, RecursionError):
            raise _not_a_recipe() from None
        return cls.from_dict(told)


def _check_version(version: object) -> None:
    if type(version) is not int:
        raise _not_a_recipe()
    if version > VERSION:
        words = _("This recipe is of a newer version of this program: install that to make its figure.")
        raise PictureError(words)


def _has_right_types(given: Mapping[str, Any]) -> bool:
    displacement, anode, families = given["row_displacement"], given["tube_anode"], given["families"]
    return (
        all(is_number(given[name]) for name in ("width_mm", "max_height_mm"))
        and all(given[name] is None or is_number(given[name]) for name in ("row_displacement", "tube_kV"))
        and (displacement is None or abs(displacement) <= MAX_DISPLACEMENT)
        and type(given["dpi"]) is int
        and isinstance(given["format"], str)
        and isinstance(given["title"], str)
        and len(given["title"]) <= MAX_TITLE
        and all(isinstance(given[name], bool) for name in ("caption", "colour_bars", "scale_bar", "beside"))
        and (anode is None or (isinstance(anode, str) and len(anode) <= MAX_ANODE))
        and isinstance(families, list | tuple)
        and len(families) <= MAX_FAMILIES
        and all(isinstance(each, str) and len(each) <= 10 for each in families)
    )


def _not_a_recipe() -> MaxrfError:
    return PictureError(_("This is not the recipe of a figure; the guide on figures shows one."))

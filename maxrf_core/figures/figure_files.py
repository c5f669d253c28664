"""Files of figures: PNG, TIFF, PDF and SVG that carry their recipe, without dates or ids that change."""

import html
import io
import json
import re
import struct
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import tifffile
from PIL import Image, UnidentifiedImageError
from PIL.PngImagePlugin import PngInfo

from maxrf_core._version import SOFTWARE, VERSION
from maxrf_core.errors import PictureError
from maxrf_core.figures.recipe import Recipe
from maxrf_core.file_signatures import PNG, TIFF
from maxrf_core.imaging.pillow import open_picture
from maxrf_core.language import _

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Placed = tuple[np.ndarray, int, int]  # pixels (height, width, 3) uint8, and their first column and row

MARK = "maxrf4all_figure"
MARK_VERSION = 1
PNG_KEY = "Recipe"
MAX_NOTE, MAX_FILE = 2_000_000, 500_000_000  # bytes of the recipe; of a figure that is read
_PDF_KEYWORDS = re.compile(rb"/Keywords \(((?:[^\\()]|\\.)*)\)", re.DOTALL)
_SVG_DESCRIPTION = re.compile(r"<dc:description>(.*?)</dc:description>", re.DOTALL)
_PDF_SIGN, _SVG_SIGNS = b"%PDF", (b"<?xml", b"<svg")


def note_of(recipe: Recipe, picture: str) -> str:
    """Return the note that a figure's file carries: recipe, versions, and a checksum of the picture."""
    import matplotlib

    told = {
        MARK: MARK_VERSION,
        "recipe": recipe.as_dict(),
        "made_with": {"maxrf4all": VERSION, "matplotlib": matplotlib.__version__},
        "picture": picture,
    }
    return json.dumps(told)  # in ASCII, as these formats need


def encode_figure(
    figure: "Figure", pictures: Sequence[Placed], kind: str, dpi: int, title: str, note: str
) -> bytes:
    """Return a figure as the bytes of a file.

    Parameters
    ----------
    figure : Figure
        With axes for each picture, the first ones, and as many for what is drawn over them, next.
    pictures : sequence of (ndarray, left, top)
        In the figure's dots, (height, width, 3) uint8, and the first column and row there.
    kind : {"png", "tiff", "pdf", "svg"}
    dpi : int
    title : str
        For the file's properties.
    note : str
        From `note_of`.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")  # a box is drawn for it
        return _ENCODERS[kind](figure, pictures, dpi, title, note)


def read_note(path: Path) -> dict[str, Any]:
    """Return the note that a figure's file carries: ``recipe``, ``made_with``, ``picture``.

    Parameters
    ----------
    path : Path
        A figure, or a recipe as JSON, of which the rest of the note is empty.

    Raises
    ------
    PictureError
        If the file holds no recipe.
    """
    if path.stat().st_size > MAX_FILE:
        raise _no_recipe(path)
    content = path.read_bytes()
    told = _json(_text_in(content))
    if isinstance(told, dict) and "view" in told:
        told = {MARK: MARK_VERSION, "recipe": told}
    if not isinstance(told, dict) or told.get(MARK) != MARK_VERSION or "recipe" not in told:
        raise _no_recipe(path)
    return told


def _png(figure: "Figure", pictures: Sequence[Placed], dpi: int, title: str, note: str) -> bytes:
    told = PngInfo()
    for key, text in (("Title", title), ("Software", SOFTWARE), (PNG_KEY, note)):
        if text:
            told.add_text(key, text)
    file = io.BytesIO()
    Image.fromarray(_pixels(figure, pictures)).save(file, "PNG", pnginfo=told, dpi=(dpi, dpi))
    return file.getvalue()


def _tiff(figure: "Figure", pictures: Sequence[Placed], dpi: int, _title: str, note: str) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(
        file,
        _pixels(figure, pictures),
        photometric="rgb",
        compression="zlib",
        description=note,
        metadata=None,
        software=SOFTWARE,
        resolution=(dpi, dpi),
        resolutionunit="INCH",
    )
    return file.getvalue()


def _pdf(figure: "Figure", pictures: Sequence[Placed], dpi: int, title: str, note: str) -> bytes:
    from matplotlib.backends.backend_pdf import FigureCanvasPdf

    file = io.BytesIO()
    told = {"Title": title or None, "Creator": SOFTWARE, "Keywords": note, "CreationDate": None}
    _embed(figure, pictures)
    FigureCanvasPdf(figure).print_figure(file, format="pdf", dpi=dpi, metadata=told)
    return file.getvalue()


def _svg(figure: "Figure", pictures: Sequence[Placed], dpi: int, title: str, note: str) -> bytes:
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    file = io.BytesIO()
    _embed(figure, pictures)
    told = {"Title": title or None, "Creator": SOFTWARE, "Description": note, "Date": None}
    FigureCanvasSVG(figure).print_figure(file, format="svg", dpi=dpi, metadata=told)
    return file.getvalue()


_ENCODERS: dict[str, Callable[["Figure", Sequence[Placed], int, str, str], bytes]] = {
    "png": _png,
    "tiff": _tiff,
    "pdf": _pdf,
    "svg": _svg,
}


def _pixels(figure: "Figure", pictures: Sequence[Placed]) -> np.ndarray:
    """Return the figure's pixels, (height, width, 3) uint8: pictures with what is drawn over them."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    over = figure.axes[len(pictures) : 2 * len(pictures)]
    canvas = FigureCanvasAgg(figure)
    for axes in over:
        axes.set_visible(False)
    canvas.draw()
    drawn = np.asarray(canvas.buffer_rgba())
    for placed, left, top in pictures:
        room = drawn[top : top + placed.shape[0], left : left + placed.shape[1], :3]
        room[:] = placed[: room.shape[0], : room.shape[1]]
    for axes in over:
        axes.set_visible(True)
        axes.draw(canvas.get_renderer())
    return np.ascontiguousarray(drawn[..., :3])


def _embed(figure: "Figure", pictures: Sequence[Placed]) -> None:
    """Put the pictures into their axes with just their own pixels."""
    for axes, (pixels, _left, _top) in zip(figure.axes, pictures, strict=False):
        axes.imshow(pixels, extent=(0, 1, 0, 1), aspect="auto", interpolation="none")


def _text_in(content: bytes) -> str:
    """Return the text in which a file keeps its recipe; empty if there is none."""
    if content.startswith((PNG, *TIFF)):
        return _text_in_picture(content)
    if content.startswith(_PDF_SIGN):
        found = _PDF_KEYWORDS.search(content)
        return "" if found is None else re.sub(rb"\\(.)", rb"\1", found[1]).decode("ascii", "replace")
    if content.startswith(_SVG_SIGNS):
        described = _SVG_DESCRIPTION.search(content[:MAX_NOTE].decode("utf-8", "replace"))
        return "" if described is None else html.unescape(described[1])
    return content[:MAX_NOTE].decode("utf-8-sig", "replace")


def _text_in_picture(content: bytes) -> str:
    file = io.BytesIO(content)
    try:
        if content.startswith(PNG):
            return str(open_picture(file).info.get(PNG_KEY, ""))
        with tifffile.TiffFile(file) as tiff:
            return str(tiff.pages.first.description)
    except (UnidentifiedImageError, tifffile.TiffFileError, ValueError, OSError, IndexError, struct.error):
        return ""


def _json(text: str) -> Any:
    try:
        return json.loads(text[:MAX_NOTE])
    except (ValueError, RecursionError):
        return None


def _no_recipe(path: Path) -> PictureError:
    words = _("{name} holds no recipe of a figure: give a figure that this program has made, or a recipe.")
    return PictureError(words.format(name=path.name))

"""Element maps as pictures: PNG and JPEG, one map each, and TIFF, one map a page."""

from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from PIL import Image

from maxrf_core.errors import MaxrfError, ScanError
from maxrf_core.imaging.read import read_picture
from maxrf_core.language import Note, _
from maxrf_core.readers.format import Format
from maxrf_core.readers.map_file import MAX_MAPS, MapFile, cannot_read, check_size, clean_name
from maxrf_core.readers.maps_scan import open_maps

TIFFS = (".tif", ".tiff")
WHITE_IS_ZERO = 0  # photometric interpretation
PAGE_NAME = 285  # tag
IMAGEJ = "ImageJ="


def read_map_picture(path: Path) -> MapFile:
    """Read which maps a picture holds.

    Raises
    ------
    ScanError
        If it is no picture, or one in colours.
    """
    if path.suffix.lower() in TIFFS:
        return _tiff(path)

    def read(_number: int) -> np.ndarray:
        try:
            return _grey(read_picture(path), path)
        except MaxrfError as error:
            raise ScanError(str(error)) from error

    first = read(0)
    height, width = first.shape
    check_size(path, width, height, 1)
    words = "Pictures of 256 greys hold brightness, and no counts: they tell where more is, not how much."
    notes = (Note(words),) if first.dtype == np.uint8 else ()
    return MapFile(path, ("",), (height, width), first.dtype, read, notes=notes)


def _grey(pixels: np.ndarray, path: Path) -> np.ndarray:
    """Return a picture's values; raise if its colours are not greys."""
    if pixels.ndim == 2:
        return pixels
    colours = pixels[:, :, :3]
    if not (colours == colours[:, :, :1]).all():
        raise ScanError(
            _(
                "{name} is a picture in colours, from which the values of a map cannot be told; export the "
                "map in grey, or better as a TIFF, CSV or EDF file of numbers."
            ).format(name=path.name)
        )
    return np.ascontiguousarray(colours[:, :, 0])


def _tiff(path: Path) -> MapFile:
    try:
        with tifffile.TiffFile(path) as opened:
            pages = [opened.pages[number] for number in range(min(len(opened.pages), MAX_MAPS + 1))]
            names = _page_names(opened, pages)
            shapes = [tuple(page.shape) for page in pages]
            dtypes = [np.dtype(page.dtype) for page in pages if page.dtype is not None]
    except OSError as error:
        raise cannot_read(path, error.strerror or error) from error
    except Exception as error:  # tifffile raises nearly anything on damaged files
        raise cannot_read(path, _("it is no whole TIFF file")) from error
    if len(dtypes) < len(pages) or len(set(shapes)) > 1 or not shapes or len(shapes[0]) not in (2, 3):
        raise cannot_read(path, _("its pages are not maps of one size"))
    height, width = shapes[0][:2]
    check_size(path, width, height, len(pages))
    dtype = np.result_type(*dtypes).newbyteorder("=")
    if dtype.kind not in "iuf":
        raise cannot_read(path, _("its pages hold no numbers"))

    def read(number: int) -> np.ndarray:
        return _grey(_page(path, number), path).astype(dtype, copy=False)

    read(0)  # says at once what cannot be read
    return MapFile(path, names, (height, width), dtype, read)


def _page(path: Path, number: int) -> np.ndarray:
    """Read one page of a TIFF file: with tifffile, or if it cannot unpack it, with Pillow."""
    try:
        with tifffile.TiffFile(path) as opened:
            page: Any = opened.pages[number]
            try:
                values = page.asarray()
            except (ValueError, RuntimeError, ImportError):  # a compression that needs another library
                with Image.open(path) as picture:
                    picture.seek(number)
                    values = np.asarray(picture)
            if page.photometric == WHITE_IS_ZERO and values.dtype.kind == "u":
                values = np.iinfo(values.dtype).max - values
    except OSError as error:
        raise cannot_read(path, error.strerror or error) from error
    except Exception as error:  # both raise nearly anything on damaged files
        words = _("page {number} is damaged or packed in a way that cannot be read here")
        raise cannot_read(path, words.format(number=number + 1)) from error
    return values


def _page_names(opened: tifffile.TiffFile, pages: list[Any]) -> tuple[str, ...]:
    """Return the names of pages: ImageJ's labels, or names or descriptions that differ from page to page."""
    labels = (opened.imagej_metadata or {}).get("Labels", [])
    if len(labels) == len(pages):
        return tuple(clean_name(str(label)) for label in labels)
    found = [_page_name(page) for page in pages]
    return tuple(found) if len(set(found)) == len(pages) else ("",) * len(pages)


def _page_name(page: Any) -> str:
    tag = page.tags.get(PAGE_NAME)
    if tag is not None and isinstance(tag.value, str):
        return clean_name(tag.value)
    text = page.description.strip()
    is_name = text and "\n" not in text and text[0] not in "{<" and not text.startswith(IMAGEJ)
    return clean_name(text.removeprefix("Title=")) if is_name else ""  # as PyMca writes it


FORMAT: Format = Format(
    name="Map pictures",
    written_by=_("nearly all programs that show element maps"),
    reads=_("grey pictures: each page of a TIFF file in its own numbers, a PNG or JPEG file as one map"),
    omits=_("colours (a picture in colour is refused) and scale bars in the picture"),
    tested_with=_("PyMca, tifffile, and maps of museums as PNG"),
    files=((*TIFFS, ".png", ".jpg", ".jpeg"),),
    open=open_maps,
    untrusted_check=None,
    map_file=read_map_picture,
)

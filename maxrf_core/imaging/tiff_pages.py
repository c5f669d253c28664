"""Pages of TIFF files: which hold pictures of their own, and which smaller versions, masks or channels."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO

import tifffile

from maxrf_core.errors import PictureError
from maxrf_core.file_signatures import TIFF
from maxrf_core.imaging import limits as picture_limits
from maxrf_core.imaging.limits import check_pixels
from maxrf_core.imaging.picture_formats import CAMERA_RAW
from maxrf_core.language import Note, _

REDUCED, MASK = 1, 4  # bits of NewSubfileType
UNPACKED_BY_TIFFFILE = (1, 8, 32773, 32946)  # none, ZIP in both numberings, PackBits
MAX_PAGES = 1000  # that are examined in one file
MAX_PICTURES = 64  # that are offered; more are a stack of channels
MIN_LEVEL_PIXELS = 1_000_000  # of a smaller version that is used for the whole
THUMBNAIL = 1 / 16  # of the pixels of the largest picture; fewer are no picture of their own
PAGE_CHANNELS = 3
RAW_PHOTOMETRICS = (32803, 34892)  # pixels of a sensor: colour filter array, linear raw (DNG 1.7)
PAGE_NAME = 285  # tag
ORIENTATION = 0x0112  # the tag in EXIF and TIFF
TURNED = 5  # the first orientation that exchanges rows and columns
BYTE = 8


@dataclass(frozen=True)
class PicturePage:
    """A page of a TIFF file that holds a picture of its own.

    Attributes
    ----------
    number : int
        Its place in the file, from 1.
    size : (int, int)
        Width and height.
    name : str
        As the file states it; often empty.
    is_default : bool
        True for the one that is read if none is chosen.
    """

    number: int
    size: tuple[int, int]
    name: str = ""
    is_default: bool = False


@dataclass(frozen=True)
class _Found:
    page: Any
    number: int | None  # None for one beside a page (SubIFD)
    owner: int  # number of the page, or of that which it lies beside or is said to be reduced from


def picture_pages(path: str | os.PathLike[str]) -> list[PicturePage]:
    """Return the pictures among which one of a file can be chosen; empty if there is no choice.

    Parameters
    ----------
    path : path_like

    Returns
    -------
    list of PicturePage
        In the order of the file; without smaller versions of other pages, thumbnails and masks.

    Raises
    ------
    OSError
        If the file cannot be opened.
    """
    with open(path, "rb") as file:
        return pages_in(file)


def pages_in(file: BinaryIO) -> list[PicturePage]:
    """Return the same as `picture_pages` of an open file; empty if it is damaged, which reading it tells."""
    file.seek(0)
    is_tiff = file.read(4).startswith(TIFF)
    file.seek(0)
    if not is_tiff:
        return []
    try:
        with tifffile.TiffFile(file) as opened:
            everything = [] if colours_are_pages(opened) else _all_pages(opened)
            own = _own_pictures(everything)
            if not 1 < len(own) <= MAX_PICTURES:
                return []
            default = max(_readable(everything), key=lambda each: size_of_page(each.page), default=None)
            return [_described(each, each is default) for each in own]
    except Exception:  # tifffile raises nearly anything on damaged files
        return []


def size_with_levels(
    path: str | os.PathLike[str], min_pixels: int, page_number: int | None = None
) -> tuple[int, int] | None:
    """Return the width and height of a picture of 8 bits of which a TIFF file holds smaller versions.

    Parameters
    ----------
    path : path_like
    min_pixels : int
        That one of the smaller versions must have.
    page_number : int, optional
        As in `chosen_page`.

    Returns
    -------
    (int, int) or None
        Upright; None for any other file.

    Raises
    ------
    OSError
        If the file cannot be opened.
    """
    with open(path, "rb") as file:
        if not file.read(4).startswith(TIFF):
            return None
        file.seek(0)
        try:
            with tifffile.TiffFile(file) as opened:
                whole = chosen_page(opened, "", page_number)[0]
                level = chosen_page(opened, "", page_number, min_pixels)[0]
                if level is whole or level.bitspersample > BYTE or colours_are_pages(opened):
                    return None
                size = whole.imagewidth, whole.imagelength
                return size if orientation_of_page(whole) < TURNED else size[::-1]
        except Exception:  # reading all of it tells what is wrong
            return None


def orientation_of_page(page: Any) -> int:
    """Return the orientation tag of a page, 1 if it has none."""
    return page.tags[ORIENTATION].value if ORIENTATION in page.tags else 1


def chosen_page(
    opened: tifffile.TiffFile, name: str, page_number: int | None = None, min_pixels: int = 0
) -> tuple[Any, int, list[str]]:
    """Return the page to read, its number from 0, and notes on it.

    Parameters
    ----------
    opened : TiffFile
    name : str
        For messages.
    page_number : int, optional
        From 1; by default the largest picture.
    min_pixels : int, optional
        Choose the smallest version with at least so many pixels; by default the picture itself, or a smaller
        version if it has too many pixels.

    Raises
    ------
    PictureError
        If there is no such page, it is too large, or the file holds the pixels of a camera's sensor.
    """
    everything = _all_pages(opened)
    if any(each.page.photometric in RAW_PHOTOMETRICS for each in everything):
        raise PictureError(_(CAMERA_RAW).format(name=name))
    found = _readable(everything) or [_Found(opened.pages[0], 0, 0)]
    notes: list[str] = []
    own = _own_pictures(found)
    if page_number is None:
        largest = max(found, key=lambda each: size_of_page(each.page))
        if 1 < len(own) <= MAX_PICTURES:
            words = "{name} holds {count} pictures; the largest is used, on page {page}."
            notes.append(Note(words, name=name, count=len(own), page=(largest.number or largest.owner) + 1))
    else:
        largest = _on_page(found, name, page_number)
    versions = found if len(own) < 2 else [each for each in found if each.owner == largest.owner]
    if min_pixels:
        smaller = [each for each in versions if _is_version(each.page, largest.page, min_pixels)]
        picked = min([largest, *smaller], key=lambda each: size_of_page(each.page))
        return picked.page, picked.number or 0, notes
    if size_of_page(largest.page) <= picture_limits.MAX_PIXELS:
        return largest.page, largest.number or 0, notes
    picked, note = _within_limits(largest, versions, name)
    return picked.page, picked.number or 0, [*notes, note]


def _readable(everything: list[_Found]) -> list[_Found]:
    """Return the pages that are no masks; those beside a page only if they can be read by themselves."""
    return [
        each
        for each in everything
        if not each.page.subfiletype & MASK
        and (each.number is not None or is_unpacked_by_tifffile(each.page))
    ]


def _within_limits(largest: _Found, versions: list[_Found], name: str) -> tuple[_Found, str]:
    """Return the largest version of a picture that can be read, and a note."""
    whole = largest.page
    smaller = [each for each in versions if _is_version(each.page, whole, MIN_LEVEL_PIXELS)]
    if not smaller:
        check_pixels(name, whole.imagewidth, whole.imagelength)
    picked = max(smaller, key=lambda each: size_of_page(each.page))
    note = Note(
        "{name} holds a picture of {width}×{height} pixels, more than the "
        "{limit} million pixels that can be read here; its smaller version of "
        "{used_width}×{used_height} pixels is used.",
        name=name,
        width=whole.imagewidth,
        height=whole.imagelength,
        limit=picture_limits.MAX_PIXELS // 1_000_000,
        used_width=picked.page.imagewidth,
        used_height=picked.page.imagelength,
    )
    return picked, note


def size_of_page(page: Any) -> int:
    """Return the number of pixels of a page."""
    return page.imagewidth * page.imagelength


def is_unpacked_by_tifffile(page: Any) -> bool:
    """Return True if tifffile reads a page without another package."""
    return page.compression in UNPACKED_BY_TIFFFILE and page.predictor in (1, 2) and page.dtype is not None


def colours_are_pages(opened: tifffile.TiffFile) -> bool:
    """Return True if ImageJ has stored red, green and blue as three grey pages."""
    metadata = opened.imagej_metadata if opened.is_imagej else None
    if not metadata or metadata.get("channels") != PAGE_CHANNELS or metadata.get("images") != PAGE_CHANNELS:
        return False
    pages: list[Any] = [opened.pages[number] for number in range(min(PAGE_CHANNELS, len(opened.pages)))]
    first = pages[0]
    return len(pages) == PAGE_CHANNELS and all(
        page.shape == first.shape and page.dtype == first.dtype and page.samplesperpixel == 1
        for page in pages
    )


def _all_pages(opened: tifffile.TiffFile) -> list[_Found]:
    return list(islice(_walk(opened), MAX_PAGES))


def _walk(opened: tifffile.TiffFile) -> Iterator[_Found]:
    """Yield all pages with their numbers, and those beside a page (SubIFDs) with None."""
    number = owner = 0
    while True:
        try:
            page: Any = opened.pages[number]
            beside = list(islice(page.pages or (), MAX_PAGES))
        except Exception:  # the list of pages ends, or is damaged from here on
            if number == 0:
                raise
            return
        owner = owner if page.subfiletype & REDUCED else number
        yield _Found(page, number, owner)
        yield from (_Found(other, None, owner) for other in beside)
        number += 1


def _own_pictures(found: list[_Found]) -> list[_Found]:
    """Return the pages that are neither masks nor thumbnails nor smaller versions of another one."""
    pages = [
        each for each in found if each.number is not None and not each.page.subfiletype & (MASK | REDUCED)
    ]
    most = max((size_of_page(each.page) for each in pages), default=0)
    return [
        each
        for each in pages
        if size_of_page(each.page) >= THUMBNAIL * most
        and not any(_is_smaller(each.page, other.page) for other in pages)
    ]


def _on_page(found: list[_Found], name: str, page_number: int) -> _Found:
    for each in found:
        if each.number == page_number - 1:
            return each
    known = [each.number + 1 for each in found if each.number is not None]
    raise PictureError(
        _("{name} has no page {number} with a picture; it has pages {first} to {last}.").format(
            name=name, number=page_number, first=min(known), last=max(known)
        )
    )


def _described(each: _Found, is_default: bool) -> PicturePage:
    page = each.page
    told = page.tags[PAGE_NAME].value if PAGE_NAME in page.tags else ""
    words = told if isinstance(told, str) else ""
    size = page.imagewidth, page.imagelength
    return PicturePage(each.owner + 1, size, words.strip()[:80], is_default)


def _is_version(page: Any, whole: Any, min_pixels: int) -> bool:
    """Return True if a page shows the whole picture in fewer, but sufficient pixels."""
    return min_pixels <= size_of_page(page) <= picture_limits.MAX_PIXELS and _is_smaller(page, whole)


def _is_smaller(page: Any, whole: Any) -> bool:
    """Return True if a page is smaller than another one and of the same shape."""
    x_scale, y_scale = page.imagewidth / whole.imagewidth, page.imagelength / whole.imagelength
    return x_scale < 1 and abs(x_scale / y_scale - 1) < 0.01

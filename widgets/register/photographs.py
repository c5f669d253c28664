"""The photograph to be registered: upload, decoded pixels and preview on the map.

An upload is written to a private folder, so that it outlives a change of page without staying in memory.
The pixels of a few photographs are cached (`widgets.session.image_cache`), those of large ones on the disk,
and smaller copies of some more. Of a large JPEG photograph the smaller copy is there first; all pixels are
decoded while the visitor looks at it.
"""

import math
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from maxrf_core.errors import MaxrfError
from maxrf_core.imaging.display import display_limits, shrink, to_display
from maxrf_core.imaging.picture_formats import PICTURE_ENDINGS, pictures_in_words
from maxrf_core.imaging.pyramid import level_look
from maxrf_core.imaging.quick_look import QUICK_PIXELS, quick_look
from maxrf_core.imaging.read import read_with_notes
from maxrf_core.imaging.tiff_pages import PicturePage, picture_pages
from maxrf_core.large_array import in_bands, is_on_disk, large_array, let_go
from maxrf_core.registration.register import Registration, checksum, register, scale_of
from maxrf_core.transform.coordinates import View, rescale_points
from maxrf_core.transform.models import Transform, find_model
from maxrf_core.transform.parts import Part
from maxrf_core.transform.warp import warp
from server import quick_looks
from widgets.open.large_upload import large_upload
from widgets.register.fit import Fit
from widgets.register.own_pictures import offer_own_pictures
from widgets.register.point_picker import Picture, drawn_size, of_photo, stretched
from widgets.register.view_settings import turn_look
from widgets.session import library
from widgets.session.choice import choice
from widgets.session.image_cache import cached_array, one_at_a_time
from widgets.session.language import _, translated
from widgets.session.markdown import escaped, show_briefly
from widgets.session.point_pairs import Point
from widgets.session.scan import Scan

PREVIEW_PIXELS = 3_000_000  # a preview larger than this is made at the map's scale
READ_AHEAD_AFTER = 1.0  # seconds in which the browser draws the first picture
DISK_SHARE = 32  # bytes on the disk that count as one in the cache

Version = tuple[str, int, int | None]  # path, time of change, page


def choose_photo(scan: Scan) -> Path | None:
    """Show the upload of a photograph; return its path once there is one."""
    now, demo = choice(), library.demo_photo()
    if now.photo is None and scan.identifier == library.DEMO and demo is not None:
        now.photo = str(demo)

    chosen = now.photo is not None and Path(now.photo).is_file()
    name = escaped(Path(now.photo or "").name)
    title = _("Photograph: {name}").format(name=name)
    with st.expander(title, icon=":material/image:", width=280) if chosen else st.container():
        st.write(_("Photograph of the artwork ({formats}):").format(formats=pictures_in_words()))
        wanted = _("A photograph is a {formats} file.").format(formats=pictures_in_words())
        arrived = large_upload("photo-upload", [[PICTURE_ENDINGS]], _("Choose a photograph"), wanted)
        offer_own_pictures(scan)
    if arrived is not None:
        _accept(library.arrived(arrived.identifier, *PICTURE_ENDINGS))
    if not chosen or now.photo is None:
        return None
    _choose_page(Path(now.photo))
    with suppress(MaxrfError):  # the page shows it where it reads the photograph
        for note in _seen(_version(Path(now.photo))).notes:
            st.caption(escaped(translated(note)))
    return Path(now.photo)


def _choose_page(path: Path) -> None:
    """Show the choice of a picture if the photograph's file holds several."""
    pages, now = _pages_of(str(path), path.stat().st_mtime_ns), choice()
    if not pages:
        now.photo_page = None
        return
    numbers = [page.number for page in pages]
    if now.photo_page not in numbers:
        now.photo_page = max(pages, key=lambda page: page.size[0] * page.size[1]).number
    words = {
        page.number: _("Page {number}: {width} × {height} pixels {name}").format(
            number=page.number, width=page.size[0], height=page.size[1], name=escaped(page.name)
        )
        for page in pages
    }
    chosen = st.selectbox(
        _("Picture in this file"),
        numbers,
        index=numbers.index(now.photo_page),
        format_func=lambda number: words[number],
        key=f"photo-page-{path.name}",
        help=_("This file holds {count} pictures. Points that were set belong to the picture shown.").format(
            count=len(pages)
        ),
    )
    if chosen != now.photo_page:
        now.photo_page = chosen
        now.pairs.replace(src=[None] * len(now.pairs))  # those on the map still hold
        st.rerun()


@st.cache_data(max_entries=50, show_spinner=False)
def _pages_of(path: str, changed: int) -> list[PicturePage]:
    del changed  # part of the cache key
    return picture_pages(path)


def picture_of(path: Path) -> Picture:
    """Return the photograph as a picture to set points in."""
    version = _version(path)
    seen = _seen(version)

    def cut_out(left: int, top: int, right: int, bottom: int) -> np.ndarray:
        name = version, left, top, right, bottom  # remembered too: it is small, and all of it may not be
        return cached_array(name, lambda: _whole(version).shown(top, bottom, left, right))

    def drawn_part(part: Part) -> np.ndarray:
        name = version, "drawn", *part  # a part of a large photograph would not stay in the cache
        return cached_array(name, lambda: _whole(version).drawn(part))

    return Picture(of_photo(seen.pixels).overview, seen.size, cut_out, drawn_part)


def size_of(path: Path) -> tuple[int, int]:
    """Return the photograph's width and height."""
    return _seen(_version(path)).size


def pixels_of(path: Path) -> np.ndarray:
    """Return all pixels as shown on screen: (height, width, 3) uint8."""
    return _displayed(_version(path))


def preview(path: Path, shape: tuple[int, int], fit: Fit) -> np.ndarray:
    """Return a preview of the warped photograph: (rows, columns, 4) uint8, transparent outside it.

    Raises
    ------
    RegistrationError
        If the result makes no sense.
    """
    return _preview(_version(path), shape, *fit.pairs_used(), fit.model, fit.view.mirrored)


def smaller_copy(path: Path, fit: Fit) -> tuple[np.ndarray, Transform]:
    """Return a smaller copy of the photograph, with the transform from its pixels to the map's.

    Raises
    ------
    RegistrationError
        If no sensible transform follows from the points.
    """
    seen = _seen(_version(path))
    src, dst = fit.pairs_used()
    near = rescale_points(src, (seen.pixels.shape[1] / seen.size[0], seen.pixels.shape[0] / seen.size[1]))
    return seen.pixels, find_model(fit.model).fit(near, dst, fit.view.mirrored)


def registered(path: Path, shape: tuple[int, int], fit: Fit, name: str = "imvis") -> Registration:
    """Return the photograph warped at both scales, with everything that is stored beside it."""
    version = _version(path)
    with one_at_a_time():
        return register(
            _whole(version).pixels,
            shape,
            fit.src,
            fit.dst,
            name=name,
            model=fit.model,
            method=fit.method,
            view=fit.view,
            refinement=fit.refinement,
            pixel_size=fit.quality.pixel_size,
            photo_name=path.name,
            photo_sha256=checksum(path),
            photo_page=version[2],
        )


@dataclass(frozen=True, eq=False)
class _Whole:
    """A photograph with all its pixels.

    Attributes
    ----------
    pixels : numpy.ndarray, (height, width) or (height, width, channels)
        As they are in its file.
    limits : (float, float) or None
        What the screen shows as black and white, see `to_display`.
    notes : tuple of str
        What was left out or chosen when it was read, in sentences.
    """

    pixels: np.ndarray
    limits: tuple[float, float] | None
    notes: tuple[str, ...] = ()

    @property
    def nbytes(self) -> int:
        return _counted_bytes(self.pixels)

    def shown(self, top: int, bottom: int, left: int, right: int) -> np.ndarray:
        """Return a part as the screen shows it: (rows, columns, 3) uint8."""
        part = np.array(self.pixels[top:bottom, left:right])
        let_go(self.pixels)
        return to_display(part, self.limits)

    def drawn(self, part: Part) -> np.ndarray:
        """Return a part as the screen shows it, at the size at which it is drawn, see `drawn_size`."""
        shown = drawn_size(*part.size)
        small = np.array(shrink(self.pixels[part.top : part.bottom, part.left : part.right], *shown))
        let_go(self.pixels)
        return stretched(np.ascontiguousarray(to_display(small, self.limits)), *shown)


@dataclass(frozen=True, eq=False)
class _Seen:
    """A smaller copy of a photograph, as the screen shows it.

    Attributes
    ----------
    pixels : numpy.ndarray
        (rows, columns, 3) uint8.
    size : (int, int)
        Width and height of the photograph itself.
    notes : tuple of str
        As in `_Whole`.
    """

    pixels: np.ndarray
    size: tuple[int, int]
    notes: tuple[str, ...] = ()

    @property
    def nbytes(self) -> int:
        return self.pixels.nbytes


@dataclass(frozen=True, eq=False)
class _Displayed:
    """All pixels of a photograph as the screen shows them."""

    pixels: np.ndarray

    @property
    def nbytes(self) -> int:
        return _counted_bytes(self.pixels)


def _counted_bytes(pixels: np.ndarray) -> int:
    return pixels.nbytes // DISK_SHARE if is_on_disk(pixels) else pixels.nbytes


def _accept(path: Path) -> None:
    """Choose a photograph that has just arrived; remove one that cannot be read."""
    before, choice().photo_page = choice().photo_page, None
    try:
        _seen(_version(path))
    except MaxrfError as error:
        library.discard(path)
        choice().photo_page = before
        show_briefly(error)
    else:
        choice().photo = str(path)
        choice().pairs.replace(src=[None] * len(choice().pairs))  # those on the map still hold
        turn_look("photo", View())
        st.rerun()


def _version(path: Path) -> Version:
    return str(path), path.stat().st_mtime_ns, choice().photo_page


def _whole(version: Version, words: str | None = None) -> _Whole:
    """Return all pixels; words are shown while they are read."""

    def read() -> _Whole:
        pixels, notes = read_with_notes(Path(version[0]), page=version[2])
        pixels.flags.writeable = False
        limits = display_limits(pixels)
        let_go(pixels)
        return _Whole(pixels, limits, tuple(notes))

    return cached_array(version, read, words)


def _displayed(version: Version) -> np.ndarray:
    """Return all pixels as the screen shows them; the photograph's own where they are these."""
    whole = _whole(version, _("Reading the photograph …"))
    if whole.pixels.dtype == np.uint8 and whole.pixels.shape[2:] == (3,):
        return whole.pixels

    def displayed() -> _Displayed:
        height, width = whole.pixels.shape[:2]
        shown = large_array((height, width, 3), np.uint8)
        for rows in in_bands(height, whole.pixels[0].nbytes):
            shown[rows] = to_display(whole.pixels[rows], whole.limits)
            let_go(shown, whole.pixels)
        shown.flags.writeable = False
        return _Displayed(shown)

    return cached_array((version, "displayed"), displayed).pixels


def _seen(version: Version) -> _Seen:
    """Return a smaller copy."""

    def smaller() -> _Seen:
        try:
            early = (
                quick_looks.take(Path(version[0]))
                or quick_look(version[0])
                or level_look(version[0], version[2])
            )
        except (OSError, MaxrfError):
            early = None  # reading all of it says what is wrong
        if early is not None:
            ahead = threading.Timer(READ_AHEAD_AFTER, _read_ahead, (version,))
            ahead.daemon = True
            ahead.start()
            return _Seen(early.pixels, early.size)
        whole = _whole(version, _("Reading the photograph …"))
        height, width = whole.pixels.shape[:2]
        part = min(1.0, math.sqrt(QUICK_PIXELS / width / height))
        small = shrink(whole.pixels, max(1, int(part * width)))
        let_go(whole.pixels)
        return _Seen(to_display(small, whole.limits), (width, height), whole.notes)

    return cached_array((version, "smaller"), smaller)


def _read_ahead(version: Version) -> None:
    """Decode a photograph before somebody zooms into it; whoever does meets the errors."""
    with suppress(MaxrfError, OSError):
        _whole(version)


def _preview(
    version: Version,
    shape: tuple[int, int],
    src: tuple[Point, ...],
    dst: tuple[Point, ...],
    model: str,
    mirrored: bool,
) -> np.ndarray:
    find_model(model).fit(src, dst, mirrored)  # errors are in the photograph's own pixels

    def laid_over() -> np.ndarray:
        seen = _seen(version)
        rows, columns = seen.pixels.shape[:2]
        near = rescale_points(src, (columns / seen.size[0], rows / seen.size[1]))
        scale = scale_of(find_model(model).fit(near, dst, mirrored), shape)
        fine = scale > 1 and scale**2 * shape[0] * shape[1] < PREVIEW_PIXELS
        return warp(seen.pixels, np.empty(shape), near, dst, keep_scale=fine, model=model, mirrored=mirrored)[
            0
        ]

    name = version, shape, src, dst, model, mirrored
    return cached_array(name, laid_over, _("Laying the photograph over the map …"))

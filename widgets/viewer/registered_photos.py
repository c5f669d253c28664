"""Registered photographs of a datastack: their pixels, and their extent on the maps.

A photograph may be too large to keep in memory for every visitor. So a copy about as large as a screen is
kept; the part into which a visitor zooms is read from the file.
"""

from dataclasses import dataclass, field

import numpy as np
import streamlit as st
from PIL import Image

from maxrf_core.errors import MaxrfError
from maxrf_core.imaging.display import display_limits, to_display
from maxrf_core.names import Entry
from maxrf_core.registration import stored as registered
from maxrf_core.registration.compare import grey, resample_to_map
from maxrf_core.registration.local_error import error_sentence
from maxrf_core.registration.placed_photo import PlacedPhoto, placed_photo, placed_photos
from maxrf_core.transform.coordinates import Extent
from widgets.charts.map_layers import Part
from widgets.session.image_cache import one_at_a_time
from widgets.session.language import _
from widgets.session.scan import Scan, Version
from widgets.viewer.layers import Layer

PHOTO = "photo"  # its place in a view

Limits = tuple[float, float] | None


@dataclass(frozen=True, eq=False)
class Photo(PlacedPhoto):
    """A photograph that was laid over the maps of the open scan.

    Attributes
    ----------
    scan : Scan
    """

    scan: Scan = field(kw_only=True)

    def layer(self) -> Layer:
        """Return it as a layer that can be zoomed down to its own pixels."""
        return Layer(PHOTO, self.shape, self.extent, (self.scan.version, self.name), self._drawn)

    def overview(self) -> np.ndarray:
        """Return a smaller copy of all of it: (height, width, 3) uint8, blocks averaged, cached."""
        return self._overview()[0]

    def brightness(self) -> np.ndarray:
        """Return the brightness of `overview`, from 0 to 1; NaN outside the photograph."""
        return grey(self.overview())

    def brightness_on_map(self) -> np.ndarray:
        """Return its brightness at the map's own pixels; NaN outside the photograph."""
        small = None if self.arrays.small is None else _entry(self.scan, self.arrays.small)
        if small is None or small.shape[:2] != self.scan.shape:
            return resample_to_map(self.brightness(), self.overview_extent(), self.scan.shape)
        return resample_to_map(
            grey(self.scan.ds.read(small.name, latest=False)), self.extent, self.scan.shape
        )

    def overview_extent(self) -> Extent:
        """Return the extent of `overview`, whose last blocks may reach beyond the photograph."""
        return self.part_extent(0, 0, self.layer().whole.block, self.overview().shape)

    def certainty(self, place: tuple[float, float]) -> str:
        """Return a sentence on how precisely it fits the map at a position x, y."""
        points, ds = self.arrays.points, self.scan.ds
        try:
            if points is not None:
                pairs = ds.read(points, latest=False)
                return error_sentence(pairs, ds.attributes(points, latest=False), place)
        except (MaxrfError, ValueError, IndexError):  # by other programs
            pass
        return error_sentence(np.empty((0, 2, 2)), {}, place)

    def _overview(self) -> tuple[np.ndarray, Limits]:
        return _overview(self.scan.version, self.name, self)

    def _drawn(self, part: Part) -> Image.Image:
        shown, limits = self._overview()
        if part != self.layer().whole:
            shown = to_display(self._read(part), limits)
        return Image.fromarray(shown)

    def _read(self, part: Part) -> np.ndarray:
        """Read a part from the file, some rows at a time, its blocks averaged."""
        entry = _entry(self.scan, self.name)
        assert entry is not None
        # Those without colours cannot be read in parts
        array = self.scan.read_exact(self.name) if len(entry.shape) == 2 else None
        return self.read(*part.pixels, part.block, array)


def registered_photos(scan: Scan) -> list[str]:
    """Return the names of the registered photographs, newest first, each at its finest scale."""
    return list(placed_photos(scan.ds))


def in_words(scan: Scan, name: str) -> str:
    """Return a registered photograph's name with its file and day, if they are known."""
    notes = scan.ds.attributes(name, latest=False)
    known = [str(notes[key])[:length] for key, length in (("photo", 60), ("created", 10)) if key in notes]
    return f"{name} ({', '.join(known)})" if known else name


def view_note(scan: Scan, name: str) -> str:
    """Return a sentence if the photograph was registered on maps that were shown differently; else ""."""
    before = registered.view_of(scan.ds, name)
    if abs(before - scan.ds.row_displacement) < 0.01:
        return ""
    words = _(
        "This photograph was registered on maps whose odd rows were shifted back by {before:.2f} pixels, and "
        "now it is {now:.2f}: it fits them less well."
    )
    return words.format(before=before, now=scan.ds.row_displacement)


def registered_photo(scan: Scan, name: str) -> Photo:
    """Return a registered photograph with its extent on the maps."""
    placed = placed_photo(scan.ds, name)
    return Photo(scan.ds, name, placed.shape, placed.extent, placed.arrays, scan=scan)


def _entry(scan: Scan, name: str) -> Entry | None:
    return next((entry for entry in scan.ds.entries() if entry.name == name), None)


@st.cache_resource(max_entries=6, show_spinner=False)
def _overview(version: Version, name: str, _photo: Photo) -> tuple[np.ndarray, Limits]:
    """Read a smaller copy of a photograph; return it with its limits of black and white."""
    with st.spinner(_("Reading the registered photograph …")), one_at_a_time():
        small = _photo._read(_photo.layer().whole)
    limits = display_limits(small)
    shown = to_display(small, limits)
    shown.flags.writeable = False
    return shown, limits

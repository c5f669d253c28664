"""Which registered photographs does a datastack hold, and where do they lie on the maps?"""

import numpy as np
import streamlit as st

from maxrf_core.naming import Entry
from maxrf_core.picture import shrink, to_display
from maxrf_core.registration import image_extent
from widgets.map_figures import PHOTO_WIDTH, Extent
from widgets.scan import Scan, Version


def registered_photos(scan: Scan) -> list[str]:
    """Name the registered photographs, the newest versions first, each at its finest scale."""
    found = [entry for entry in scan.ds.entries() if "_reg" in entry.name and is_picture(entry)]
    finest = [entry.name for entry in found if entry.name.rstrip("_").endswith("_reg_highres")]
    others = [entry.name for entry in found if entry.name.rstrip("_").endswith("_reg")]
    bases = {name.rstrip("_").removesuffix("_highres") for name in finest}
    names = finest + [name for name in others if name.rstrip("_") not in bases]
    return sorted(names, key=lambda name: (name.rstrip("_"), -len(name)))


def is_picture(entry: Entry) -> bool:
    """Whether an array can be a photograph: grey, RGB or RGBA, of more than one row and column."""
    return (
        entry.dtype != "text"
        and (len(entry.shape) == 2 or (len(entry.shape) == 3 and entry.shape[2] in (3, 4)))
        and min(entry.shape[:2]) > 1
    )


def in_words(scan: Scan, name: str) -> str:
    """Name a registered photograph with the file and the day that it was made from, where they are known."""
    notes = scan.ds.attributes(name, latest=False)
    known = [str(notes[key])[:length] for key, length in (("photo", 60), ("created", 10)) if key in notes]
    return f"{name} ({', '.join(known)})" if known else name


def shown_registration(scan: Scan, name: str) -> tuple[np.ndarray, Extent]:
    """Give a registered photograph as the screen shows it, and its extent on the maps."""
    return _shown(scan, scan.version, name), _extent_of(scan, name)


def _extent_of(scan: Scan, name: str) -> Extent:
    """Read the extent of the same version; a file without one was warped onto the whole map."""
    base = name.rstrip("_")
    wanted = base.partition("_reg")[0] + "_extent" + name[len(base) :]
    if any(entry.name == wanted and entry.shape == (4,) for entry in scan.ds.entries()):
        left, right, bottom, top = (float(value) for value in scan.ds.read(wanted, latest=False))
        return left, right, bottom, top
    return image_extent(*scan.shape)


@st.cache_resource(max_entries=6, show_spinner="Reading the registered photograph …")
def _shown(_scan: Scan, version: Version, name: str) -> np.ndarray:
    return shrink(to_display(_scan.ds.read(name, latest=False)), PHOTO_WIDTH)

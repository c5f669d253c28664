"""Pixels that could not be read while a scan was converted: they become missing, and are told."""

from collections.abc import Mapping
from copy import copy

import numpy as np

from maxrf_core.conversion.scan_part import known_missing, mark_missing
from maxrf_core.errors import ScanError
from maxrf_core.language import Note, _, marked
from maxrf_core.readers import Scan

MAX_UNREAD = 0.5  # of the pixels that have a spectrum
MAX_NAMED_PIXELS = 3

Unread = Mapping[tuple[int, int], str]
"""Row, column and file's name of pixels, as of `Scan.unread`."""


def check_most_are_read(scan: Scan, unread: Unread) -> None:
    """Check that most of a scan could be read.

    Raises
    ------
    ScanError
        If not.
    """
    count = _count_of_spectra(scan)
    if len(unread) > MAX_UNREAD * count:
        words = _("{name} is damaged: {unread} of its {count} spectra cannot be read, such as {file}.")
        file = unread[min(unread)]
        raise ScanError(words.format(name=scan.name, unread=len(unread), count=count, file=file))


def mark_unread(scan: Scan, unread: Unread) -> Scan:
    """Return a scan whose missing pixels include these, with a note; the scan itself if there are none."""
    if not unread:
        return scan
    new = np.zeros(scan.shape[:2], bool)
    new[tuple(zip(*unread, strict=True))] = True
    maps, attributes, told = mark_missing(scan, new)
    changed = copy(scan)
    changed.maps = maps
    changed.cube_attributes = {**scan.cube_attributes, **attributes, "spectra_unread": len(unread)}
    changed.notes = (*told, _note(unread, _count_of_spectra(scan)))
    return changed


def _count_of_spectra(scan: Scan) -> int:
    return int(np.count_nonzero(~known_missing(scan)))


def _note(unread: Unread, count: int) -> Note:
    names = [unread[place] for place in sorted(unread)[:MAX_NAMED_PIXELS]]
    listed = ", ".join(names) + (", …" if len(unread) > len(names) else "")
    if len(unread) == 1:
        words = marked("1 of {count:,} spectra could not be read: {names}; its pixel is empty and missing.")
        return Note(words, count=count, names=listed)
    words = marked(
        "{unread:,} of {count:,} spectra could not be read: {names}; their pixels are empty and marked as "
        "missing."
    )
    return Note(words, unread=len(unread), count=count, names=listed)

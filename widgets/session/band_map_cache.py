"""Cache of band maps, with progress and cancellation.

Streamlit's own caches show no progress, and are limited by a number of results and not of bytes. Here the
last maps are kept within a budget of memory; making one shows its progress, and is cancelled by the visitor's
next action. The map of a band that is still being dragged is prepared when the mouse rests.
"""

import itertools
import threading
import time
from collections.abc import Callable, Hashable

import numpy as np
import streamlit as st
from cachetools import LRUCache

from maxrf_core.progress import Progress
from widgets.session.language import _
from widgets.session.map_data import MapData
from widgets.session.markdown import escaped

MEMORY = 80_000_000  # bytes for maps of all visitors; a full-size one takes 17 million
SPARE_MEMORY = 35_000_000  # bytes for prepared maps, until a page uses them
MAX_PREPARED = 4  # maps that are prepared at a time
PATIENCE = 0.4  # seconds before a progress bar appears, and between its steps, which cost the browser time
INTERVAL = 0.05  # seconds between two checks of what the visitor wants

IsWanted = Callable[[], bool]


class _Making:
    """A map that is being prepared before a page needs it."""

    def __init__(self, is_wanted: IsWanted) -> None:
        self.done = threading.Event()
        self.data: MapData | None = None
        self.fraction = 0.0
        self.wishes = [is_wanted]
        self.pages = 0  # number of pages that wait for it

    def is_wanted(self) -> bool:
        return self.pages > 0 or any(wish() for wish in self.wishes)


class _NotWantedError(Exception):
    """Cancels the making of a map."""


_recent: LRUCache[Hashable, MapData] = LRUCache(MEMORY, getsizeof=lambda data: data.max_bytes)
_spare: LRUCache[Hashable, MapData] = LRUCache(SPARE_MEMORY, getsizeof=lambda data: data.max_bytes)
_begun: dict[Hashable, _Making] = {}
_lock = threading.Lock()
_bars = itertools.count()  # a run of a page may show several


def cached_map(name: Hashable, make: Callable[[Progress], np.ndarray]) -> MapData:
    """Return the map of this name; make it, with a progress bar, if it is not in the cache.

    Parameters
    ----------
    name : hashable
        What determines the values: the file's version and the channels.
    make : callable
        Return the values; its argument is the function that it reports progress to. If the visitor has
        turned to something else, that function raises the exception that ends the page's run, and nothing
        is kept.
    """
    # Always there, so that what follows on the page keeps its place with and without a bar.
    place = st.empty()
    with _lock:
        data, making = _at_hand(name), _begun.get(name)
    if data is None:
        told = watched(place, _("Making the map of this band …"))
        data = (making and _awaited(making, told)) or MapData(make(told), name)
        place.empty()
    with _lock:
        _spare.pop(name, None)
        _keep(_recent, data)
    return data


def prepare_map(
    name: Hashable, make: Callable[[Progress], np.ndarray], is_wanted: IsWanted
) -> MapData | None:
    """Make the map of this name if it is not in the cache, since a page will probably need it soon.

    It does not use Streamlit, so it can run in another thread.

    Parameters
    ----------
    name, make
        As in `cached_map`.
    is_wanted : callable
        Called repeatedly. If it returns False, and nobody else wants the map, the work is cancelled; also
        if a page waited for it and no longer does.

    Returns
    -------
    MapData or None
        None if it was cancelled, or too many are being prepared.
    """
    with _lock:
        data, others = _at_hand(name), _begun.get(name)
        if data is not None:
            return data
        if others is not None:
            others.wishes = [*others.wishes, is_wanted]
        elif len(_begun) < MAX_PREPARED:
            mine = _begun[name] = _Making(is_wanted)
        else:
            return None
    if others is None:
        _make(mine, name, make)
        return mine.data
    while is_wanted() and not others.done.wait(INTERVAL):
        pass
    return others.data


def _make(making: _Making, name: Hashable, make: Callable[[Progress], np.ndarray]) -> None:
    def told(fraction: float, _words: str) -> None:
        making.fraction = fraction
        if not making.is_wanted():
            raise _NotWantedError

    try:
        making.data = MapData(make(told), name)
    except _NotWantedError:
        pass
    finally:
        with _lock:
            if making.data is not None:
                _keep(_spare, making.data)
            del _begun[name]
        making.done.set()


def _awaited(making: _Making, told: Progress) -> MapData | None:
    """Wait on a page for a map that is being prepared; return None if that failed."""
    with _lock:
        making.pages += 1
        making.wishes = []  # from now on it is the page's
    try:
        while not making.done.wait(INTERVAL):
            told(making.fraction, "")
    finally:
        with _lock:
            making.pages -= 1
    return making.data


def _at_hand(name: Hashable) -> MapData | None:
    data: MapData | None = _recent.get(name) or _spare.get(name)
    return data


def _keep(maps: LRUCache[Hashable, MapData], data: MapData) -> None:
    if data.max_bytes <= maps.maxsize:
        maps[data.name] = data


def watched(
    place: st.delta_generator.DeltaGenerator, doing: str, patience: float = PATIENCE, steps: bool = False
) -> Progress:
    """Return a function that shows progress, and cancels work whose visitor has turned to something else.

    Parameters
    ----------
    place : DeltaGenerator
        An ``st.empty()`` in which the bar appears.
    doing : str
        What is being done, in the visitor's language.
    patience : float
        Seconds before the bar appears.
    steps : bool
        Whether it is said which step is under way.
    """
    looked = shown = time.monotonic() - (PATIENCE - patience)
    bar = None

    def told(fraction: float, words: str) -> None:
        nonlocal looked, shown, bar
        now = time.monotonic()
        if now - looked < INTERVAL:
            return
        looked = now
        # Reading the session lets Streamlit end this run if another one is waiting.
        "choice" in st.session_state  # noqa: B015
        if now - shown > PATIENCE:
            shown = now
            if bar is None:
                bar = place.container(key=f"map-progress-{next(_bars)}").empty()
            step = f" {escaped(words)}," if steps and words else ""
            bar.progress(fraction, f"{doing}{step} {fraction:.0%}")

    return told

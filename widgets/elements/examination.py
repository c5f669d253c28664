"""Examination of a scan: its elements and their maps, made once and shared by all visitors of the scan."""

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import numpy as np
import streamlit as st
from cachetools import LRUCache

from maxrf_core.datastack.scan_divisors import scan_live_time
from maxrf_core.datastack.scan_elements import ScanElements, scan_elements, shown_findings
from maxrf_core.datastack.stored_elements import keep_element_maps
from maxrf_core.elements.coarse_maps import CoarseMaps
from maxrf_core.elements.identify import Identification
from maxrf_core.elements.maps import ElementMaps
from maxrf_core.elements.normalise import Divisor, scatter_divisor
from maxrf_core.elements.references import NAMES
from maxrf_core.elements.scanner_error import ScannerError, scanner_error
from maxrf_core.elements.smoothing import smooth
from maxrf_core.elements.summary import Summary, summary_of
from maxrf_core.errors import MaxrfError
from maxrf_core.imaging.row_displacement import RowDisplacement, find_row_displacement
from maxrf_core.imaging.row_jitter import RowJitter, find_row_jitter
from maxrf_core.large_array import on_disk
from maxrf_core.progress import Progress
from server.work_queue import BusyError
from widgets.elements.background_work import BackgroundWork
from widgets.session import library
from widgets.session.band_map_cache import watched
from widgets.session.choice import choice
from widgets.session.language import _
from widgets.session.scan import Scan, open_scan_of
from widgets.session.visitor import owner

ATTRIBUTE_BYTES = 4096  # that an attribute may add to a file
MAX_KEPT = 4  # examinations of all visitors; their maps lie on disk


@dataclass(frozen=True, eq=False)
class Examination(ScanElements):
    """Elements of a scan, their maps, and what the maps can be divided by.

    Attributes
    ----------
    live_time : Divisor
        Live seconds of each pixel, if something tells them.
    """

    live_time: Divisor = field(kw_only=True)

    @cached_property
    def displaced_rows(self) -> RowDisplacement:
        """Displacement of odd rows that the maps show."""
        return find_row_displacement(list(self.maps.net), self.maps.names)

    @cached_property
    def row_jitter(self) -> RowJitter:
        """Random displacement of the rows that the maps show."""
        return find_row_jitter(list(self.maps.net))

    @cached_property
    def scatter(self) -> Divisor:
        """Counts of the tube's scatter in each pixel, if most pixels show it."""
        return scatter_divisor(self.maps.references)

    @cached_property
    def scanner_error(self) -> ScannerError:
        """What net counts vary by beside counting."""
        return scanner_error(self.maps)

    @cached_property
    def summaries(self) -> dict[str, Summary]:
        """Summary of each element's map as it is shown, by symbol: sure ones first, then by counts."""
        return {finding.element: self.summary(finding.family) for finding in self.findings}

    @cached_property
    def maps_in_view(self) -> ElementMaps:
        """The maps as they are shown: with odd rows shifted back, if they are."""
        if not self.row_displacement:
            return self.maps
        straight = self.maps.straightened(self.row_displacement)
        return replace(straight, net=on_disk(straight.net), sigma=on_disk(straight.sigma))

    def shown_at(self, family: str, x: int, y: int) -> tuple[float, float]:
        """Return net counts and standard deviation of a family in a pixel as they are shown."""
        number, first = self.maps.names.index(family), y - y % 2
        rows = np.s_[number, first : y + 1]
        net, sigma = smooth(self.maps.net[rows], self.maps.sigma[rows], 1, self.row_displacement)
        return float(net[y - first, x]), float(sigma[y - first, x])

    def map_of(self, element: str) -> tuple[np.ndarray, np.ndarray]:
        """Return net counts and standard deviation of an element's map as measured, (height, width) each."""
        finding = self.identification.of(element)
        number = self.maps.names.index(finding.family if finding else "")
        return self.maps.net[number], self.maps.sigma[number]


@dataclass(frozen=True, eq=False)
class CoarseElements:
    """Elements of a large scan with coarse maps, known before the exact ones.

    Attributes
    ----------
    identification : Identification
    summaries : dict of str to Summary
        Of each element's coarse map, by symbol: sure ones first, then by counts.
    """

    identification: Identification
    summaries: dict[str, Summary]

    @staticmethod
    def of(identification: Identification, maps: CoarseMaps) -> "CoarseElements":
        """Summarise coarse maps of the elements that are sure or possible."""
        pairs = dict(zip(maps.names, zip(maps.net, maps.sigma, strict=True), strict=True))
        findings = [each for each in shown_findings(identification) if each.family in pairs]
        return CoarseElements(
            identification, {each.element: summary_of(*pairs[each.family]) for each in findings}
        )


_kept: LRUCache[Hashable, Examination] = LRUCache(MAX_KEPT)
_views: LRUCache[Hashable, Examination] = LRUCache(MAX_KEPT)  # with odd rows shifted back; of the same maps
_coarse: LRUCache[Hashable, CoarseElements] = LRUCache(MAX_KEPT)  # of those that are being made
_troubles: LRUCache[Hashable, MaxrfError] = LRUCache(64)  # why the elements of a scan cannot be told
_begun: dict[Hashable, BackgroundWork[Examination]] = {}
_lock = threading.Lock()


def known_examination(scan: Scan) -> Examination | None:
    """Return the examination of a scan if it has been made; None if not."""
    name = examination_name(scan)
    with _lock:
        found = _kept.get(name)
    return found and _in_view(name, found, scan.ds.row_displacement)


def known_trouble(scan: Scan) -> MaxrfError | None:
    """Return why the elements of a scan cannot be told, if that has been tried."""
    with _lock:
        found: MaxrfError | None = _troubles.get(examination_name(scan))
    return found


def elements_are_coming(scan: Scan) -> bool:
    """Return True if the elements of a scan are not known yet, but may be found."""
    return scan.axis.unit == "keV" and known_examination(scan) is None and known_trouble(scan) is None


def examined(
    scan: Scan,
    meanwhile: Callable[[], None] = lambda: None,
    coarsely: Callable[[CoarseElements], None] = lambda _found: None,
) -> Examination:
    """Return the examination of a scan; it is made, with progress, if nobody has done so.

    The visitor's next action ends the run of the page; the next run goes on waiting for the same work, which
    ends when no page does.

    Parameters
    ----------
    scan : Scan
    meanwhile : callable, optional
        Draws what is seen while it is made.
    coarsely : callable
        Draws the elements of a large scan above that, as soon as they and coarse maps of them are known.

    Raises
    ------
    CalibrationError
        If the scan has no energies, or no counts where elements have lines.
    BusyError
        If the server has too much to do.
    """
    # Always there, so that what follows on the page keeps its place.
    place, early, turn = st.empty(), st.empty(), st.empty()
    name, found = examination_name(scan), known_examination(scan)
    if found is None:
        with turn.container():
            meanwhile()
        told = watched(place, _("Finding the elements and making their maps …"), patience=0)

        drawn: list[CoarseElements] = []

        def went_on(fraction: float) -> None:
            told(fraction, "")
            coarse = None if drawn else known_coarsely(name)
            if coarse is not None:
                drawn.append(coarse)
                with early.container():
                    coarsely(coarse)

        def queued(before: int) -> None:
            told(0.0, "")
            place.info(library.waiting_in_words(before), icon=":material/hourglass:")

        try:
            while found is None:
                found = _work_on(name, scan).wait(went_on, queued)
        except BusyError:
            raise
        except MaxrfError as error:
            with _lock:
                _troubles[name] = error
            raise
        place.empty()
        early.empty()
        turn.empty()
    return _in_view(name, found, scan.ds.row_displacement)


def known_coarsely(name: Hashable) -> CoarseElements | None:
    """Return the elements of a scan and their coarse maps while its maps are being made; None if unknown."""
    with _lock:
        found: CoarseElements | None = _coarse.get(name)
    return found


def _work_on(name: Hashable, scan: Scan) -> BackgroundWork[Examination]:
    """Return the making of an examination, which is begun if nobody has done so."""
    with _lock:
        work = _begun.get(name)
        if work is None or not work.is_wanted:
            others = [each for each in _begun.values() if each.owner == owner()]
            make = partial(_examine, name, scan, choice().anode, choice().kv)
            work = _begun[name] = BackgroundWork(owner(), make, _examined, others)
        return work


def _examined(work: BackgroundWork[Examination], found: Examination | None) -> None:
    """Keep what was made, for all states of the file that it belongs to."""
    with _lock:
        for name in [name for name, each in _begun.items() if each is work]:
            del _begun[name]
            _coarse.pop(name, None)
            if found is not None:
                _kept[name] = found


def _in_view(name: Hashable, found: Examination, row_displacement: float) -> Examination:
    """Return an examination with its summaries as they are shown."""
    if row_displacement == 0:
        return found
    with _lock:
        view = _views.get((name, row_displacement))
        if view is None or view.maps is not found.maps or view.is_stored != found.is_stored:
            view = _views[name, row_displacement] = replace(found, row_displacement=row_displacement)
    return view


@contextmanager
def adding_to(scan: Scan, size: int, examination: Examination | None = None) -> Iterator[None]:
    """Reserve space while something is added to a scan's file on which its elements do not depend.

    The file is another one then, but its examination stays valid for it.

    Parameters
    ----------
    scan : Scan
    size : int
        Bytes that are added at most.
    examination : Examination, optional
        By default the one that is known.

    Raises
    ------
    MaxrfError
        If there is no space, or the server has too much to do.
    """
    examination, before = examination or known_examination(scan), examination_name(scan)
    with library.in_turn(), library.room_to_grow(scan.ds.path, size):
        yield
    after = examination_name(open_scan_of(scan.identifier))
    with _lock:
        if examination is not None:
            _kept[after] = replace(examination, row_displacement=0.0)
        elif before in _begun:
            _begun[after] = _begun[before]


def keep_displacement(scan: Scan, examination: Examination, row_displacement: float) -> None:
    """Store the displacement of odd rows in the scan's file.

    Raises
    ------
    MaxrfError
        If there is no space, or the file cannot be written.
    """
    with adding_to(scan, ATTRIBUTE_BYTES, examination):
        scan.ds.keep_row_displacement(row_displacement)


def keep_pixel_size(scan: Scan, width: float, height: float) -> None:
    """Store the size of a pixel in mm in the scan's file.

    Raises
    ------
    MaxrfError
        If a length makes no sense, there is no space, or the file cannot be written.
    """
    with adding_to(scan, ATTRIBUTE_BYTES):
        scan.ds.set_pixel_size(width, height)


def keep_in_scan(scan: Scan, examination: Examination) -> None:
    """Store the maps in the scan's file.

    Raises
    ------
    MaxrfError
        If there is no space, or the file cannot be written.
    """
    maps = examination.maps
    size = 2 * maps.net.nbytes + (1 + len(NAMES)) * maps.residual.nbytes
    with adding_to(scan, size, replace(examination, is_stored=True)):
        keep_element_maps(scan.ds, maps)


def examination_name(scan: Scan) -> Hashable:
    """Return what the elements of a scan depend on: its file, and the tube that the visitor states."""
    now = choice()
    return scan.version[:-1], now.anode, now.kv  # examined are the scan's own pixels


def _examine(
    name: Hashable, scan: Scan, anode: str | None, kv: float | None, progress: Progress
) -> Examination:
    def keep(identification: Identification, maps: CoarseMaps) -> None:
        coarse = CoarseElements.of(identification, maps)
        with _lock:
            _coarse[name] = coarse

    coarse = keep if scan.has_coarse_maps else None
    found = scan_elements(scan.ds.straightened(0), anode=anode, kv=kv, progress=progress, coarse=coarse)
    maps = found.maps
    live_time = scan_live_time(scan.ds, maps)
    kept = replace(maps, net=on_disk(maps.net), sigma=on_disk(maps.sigma))
    return Examination(found.identification, found.analysis, kept, found.is_stored, live_time=live_time)

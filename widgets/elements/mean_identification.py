"""Identification of a scan's elements by its mean spectrum, made in the background for all visitors.

It takes seconds, for which no page waits: a page shows what is known, and asks again until all is.
What nobody asks for any more is not made.
"""

import logging
import threading
import time
from collections.abc import Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from cachetools import LRUCache

from maxrf_core.datastack.datastack import SUM_SPECTRUM
from maxrf_core.datastack.scan_elements import shown_findings
from maxrf_core.datastack.scan_identify import examine_mean
from maxrf_core.elements.analysis import Analysis
from maxrf_core.elements.identify import Identification
from maxrf_core.errors import MaxrfError
from widgets.elements.examination import Examination, examination_name, known_examination
from widgets.session.choice import choice
from widgets.session.scan import Scan

MAX_KEPT = 8  # of all visitors; each takes about 10 MB
PATIENCE = 30.0  # seconds after which an identification that no page has asked for is given up

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Identified:
    """Elements of a scan without their maps.

    Attributes
    ----------
    analysis : Analysis
        Of the mean spectrum.
    identification : Identification
    name : hashable
        What it depends on.
    """

    analysis: Analysis
    identification: Identification
    name: Hashable

    @property
    def families(self) -> list[str]:
        """Families that are mapped: one of each element that is sure or possible."""
        return [finding.family for finding in shown_findings(self.identification)]


class _Making:
    """An identification that is being made, or waits for its turn."""

    def __init__(self) -> None:
        self.done: Future[None] = Future()
        self.asked = time.monotonic()

    @property
    def is_wanted(self) -> bool:
        return time.monotonic() - self.asked < PATIENCE


class _NotWantedError(Exception):
    """Cancels an identification."""


_kept: LRUCache[Hashable, Identified | None] = LRUCache(MAX_KEPT)
_begun: dict[Hashable, _Making] = {}
_lock = threading.Lock()
_worker = ThreadPoolExecutor(1, "identification")  # one at a time, so that pages have a processor left


def identified(scan: Scan) -> Identified | None:
    """Return what is known of a scan's elements; None while it is not, or if they cannot be found.

    That is the scan's examination, where it was made, which has looked at bright spots too; else the
    identification by the mean spectrum.
    """
    examined = known_examination(scan)
    name = examination_name(scan)
    if examined is not None:
        return known_by(scan, examined)
    with _lock:
        found: Identified | None = _kept.get(name)
    return found


def known_by(scan: Scan, examination: Examination) -> Identified:
    """Return what a scan's examination tells of its elements."""
    return Identified(examination.analysis, examination.identification, (examination_name(scan), "examined"))


def can_be_awaited(scan: Scan) -> bool:
    """Return True if a scan's elements are not known, and `identify_soon` may find them.

    Not if there are no energies or nothing to fit; nor without a mean spectrum in the file: then the whole
    cube would have to be read.
    """
    if scan.axis.unit != "keV" or known_examination(scan) is not None:
        return False
    with _lock:
        is_tried = examination_name(scan) in _kept
    return not is_tried and scan.spectrum(SUM_SPECTRUM) is not None


def identify_soon(scan: Scan) -> Future[None]:
    """Begin to identify the elements of a scan, or keep it going, in the background.

    Returns
    -------
    Future
        Done when it is made or given up.
    """
    name = examination_name(scan)
    with _lock:
        making = _begun.get(name)
        if making is None:
            making = _begun[name] = _Making()
            _worker.submit(_make, name, making, scan, choice().anode, choice().kv)
        making.asked = time.monotonic()
        return making.done


def _make(name: Hashable, making: _Making, scan: Scan, anode: str | None, kv: float | None) -> None:
    def told(_fraction: float, _words: str) -> None:
        if not making.is_wanted:
            raise _NotWantedError

    try:
        analysis, identification = examine_mean(scan.ds, anode=anode, kv=kv, progress=told)
        _keep(name, Identified(analysis, identification, name))
    except _NotWantedError:
        pass
    except MaxrfError:  # nothing to fit: peaks have no names
        _keep(name, None)
    except Exception:
        _log.exception("identification")
        _keep(name, None)
    finally:
        with _lock:
            del _begun[name]
        making.done.set_result(None)


def _keep(name: Hashable, found: Identified | None) -> None:
    with _lock:
        _kept[name] = found

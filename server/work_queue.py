"""Queue of heavy work: conversions, copies and rescues, in the order in which they came.

Each takes some hundred megabytes and a processor. A visitor who waits is told how many come before.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from maxrf_core.errors import MaxrfError
from maxrf_core.language import _

PLACES = 2  # pieces of work at a time
MAX_WORK_EACH = 2  # of one visitor, at work or waiting
MAX_WAITING = 20
POLL_INTERVAL = 0.5  # seconds after which a visitor who has left is noticed


class BusyError(MaxrfError):
    """More heavy work than the server takes on."""


@dataclass(frozen=True, eq=False)
class _Work:
    owner: str


class WorkQueue:
    """Pieces of work, of which only a few run at a time.

    Parameters
    ----------
    places : int
        How many are done at a time.

    Examples
    --------
    >>> queue = WorkQueue()
    >>> with queue.turn("a visitor", print):
    ...     print("at work")
    at work
    """

    def __init__(self, places: int = PLACES) -> None:
        self._places = places
        self._works: list[_Work] = []
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, owner: str, waiting: Callable[[int], object]) -> Iterator[None]:
        """Wait for a place.

        Parameters
        ----------
        owner : str
            Whose work it is.
        waiting : callable
            Called now and then with the number of pieces of work that come first; what it raises ends the
            waiting.

        Raises
        ------
        BusyError
            If too many are waiting, or this visitor has enough at work.
        """
        work = _Work(owner)
        with self._changed:
            if sum(each.owner == owner for each in self._works) >= MAX_WORK_EACH:
                raise BusyError(_("You have other long work under way; begin this when it is done."))
            if len(self._works) >= self._places + MAX_WAITING:
                raise BusyError(
                    _("Too many are waiting for their turn at the moment; please try again later.")
                )
            self._works.append(work)
        try:
            while before := self._before(work):
                waiting(before)
                with self._changed:
                    self._changed.wait(POLL_INTERVAL)
            yield
        finally:
            with self._changed:
                self._works.remove(work)
                self._changed.notify_all()

    def _before(self, work: _Work) -> int:
        with self._changed:
            return max(0, self._works.index(work) + 1 - self._places)


queue = WorkQueue()

"""Work of a minute in the background, for all pages that wait for its result.

A visitor's next act ends the run of a page, which then runs again: the work goes on meanwhile. It is given up
when no page has waited for it for some time, or as soon as its visitor begins other work of this kind.
"""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from maxrf_core.language import current_locale, in_locale
from maxrf_core.progress import Progress
from server.work_queue import queue

PATIENCE = 10.0  # seconds that work goes on without a page that waits for it
INTERVAL = 0.05  # seconds between two looks at its progress

Result = TypeVar("Result")


class _NotWantedError(Exception):
    """Ends work that nobody waits for."""


class BackgroundWork(Generic[Result]):
    """A piece of work in a thread of its own, which takes its turn in the server's queue of heavy work.

    Parameters
    ----------
    owner : str
        The visitor who has begun it.
    make : callable
        Return the result; its argument is the function to which progress is reported, and which raises if
        nobody wants the result any more.
    ended : callable
        Called in that thread with this work and its result, or None if there is none.
    after : sequence of BackgroundWork
        Work of the same visitor that ends first, unless pages wait for it.
    """

    def __init__(
        self,
        owner: str,
        make: Callable[[Progress], Result],
        ended: Callable[["BackgroundWork[Result]", Result | None], object],
        after: "list[BackgroundWork[Result]] | None" = None,
    ) -> None:
        self.owner = owner
        self._make, self._when_ended, self._after = make, ended, after or []
        self._fraction, self._before = 0.0, 0
        self._pages, self._left, self._is_given_up = 0, time.monotonic(), False
        self._ended, self._counting = threading.Event(), threading.Lock()
        self._result: Result | None = None
        self._error: Exception | None = None
        self._locale = current_locale()
        threading.Thread(target=self._run, name="background-work", daemon=True).start()

    def wait(self, told: Callable[[float], object], queued: Callable[[int], object]) -> Result | None:
        """Wait for the result; return None if the work was given up.

        Parameters
        ----------
        told : callable
            Called again and again with the fraction done; what it raises ends the waiting, not the work.
        queued : callable
            Called instead with the number of pieces of work of other visitors that come first.

        Raises
        ------
        Exception
            What went wrong with the work.
        """
        self._count(1)
        try:
            while not self._ended.wait(INTERVAL):
                if self._before:
                    queued(self._before)
                else:
                    told(self._fraction)
        finally:
            self._count(-1)
        if self._error is not None:
            raise self._error
        return self._result

    def give_up(self) -> bool:
        """End the work soon, unless a page waits for it; return True if it ends."""
        self._is_given_up = self._is_given_up or not self._pages
        return self._is_given_up

    @property
    def is_wanted(self) -> bool:
        """True while a page waits for it, or has done so a moment ago."""
        return not self._is_given_up and (self._pages > 0 or time.monotonic() - self._left < PATIENCE)

    def _count(self, pages: int) -> None:
        with self._counting:
            self._pages += pages
            self._left = time.monotonic()

    def _run(self) -> None:
        try:
            with in_locale(self._locale):
                for other in self._after:
                    while other.give_up() and not other._ended.wait(INTERVAL):
                        self._go_on()
                with queue.turn(self.owner, self._waits):
                    self._before = 0
                    self._result = self._make(self._told)
        except _NotWantedError:
            pass
        except Exception as error:  # raised again where a page waits
            self._error = error
        finally:
            self._when_ended(self, self._result)
            self._ended.set()

    def _waits(self, before: int) -> None:
        self._before = before
        self._go_on()

    def _told(self, fraction: float, _words: str) -> None:
        self._fraction = fraction
        self._go_on()

    def _go_on(self) -> None:
        if not self.is_wanted:
            raise _NotWantedError

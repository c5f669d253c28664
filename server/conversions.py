"""Conversions of raw scans in the background; each is known to the visitor alone who began it.

A conversion goes on when its visitor looks at another page, or closes the browser. The datastack appears
when it is complete, so that one that is stopped, or ends with the server, leaves nothing.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal

from maxrf_core.errors import MaxrfError
from maxrf_core.language import _, current_locale, in_locale
from maxrf_core.progress import Progress
from server.work_queue import queue

MAX_ENDED = 100  # conversions that have ended and are still told of, of all visitors
SHUTDOWN_PATIENCE = 10.0  # seconds for a conversion to remove its incomplete file

State = Literal["running", "done", "failed", "stopped"]
Work = Callable[[Path, Progress], object]
Place = AbstractContextManager[tuple[str, Path]]
"""Yields the identifier of a new datastack and its path."""

_log = logging.getLogger(__name__)


class _StoppedError(Exception):
    """Ends a conversion that its visitor has stopped."""


class Conversion:
    """A conversion that waits, runs or has ended.

    Parameters
    ----------
    owner : str
        Whose it is.
    name : str
        Of the datastack, for people.
    source : Path
        The file that is converted.

    Attributes
    ----------
    state : {"running", "done", "failed", "stopped"}
    fraction : float
        How much is done.
    doing : str
        The current step, in the visitor's language.
    identifier : str
        Of the datastack, once it is done.
    error : str
        What went wrong, in one sentence.
    notes : tuple of str
        What was found in the scan while it was converted, set by the work.
    """

    def __init__(self, owner: str, name: str, source: Path) -> None:
        self.owner, self.name, self.source = owner, name, source
        self.state: State = "running"
        self.fraction, self.doing, self.identifier, self.error = 0.0, "", "", ""
        self.notes: tuple[str, ...] = ()
        self._stopping, self._ended = threading.Event(), threading.Event()

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return not self._ended.is_set()

    def stop(self) -> None:
        """Stop it soon; nothing of it is left."""
        self._stopping.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it has ended; return False if that takes longer than so many seconds."""
        return self._ended.wait(seconds)

    def run(self, place: Place, work: Work, afterwards: Callable[[], object]) -> None:
        """Convert in this thread, as described for `Conversions.begin`."""
        try:
            with queue.turn(self.owner, self._wait_for_turn), place as (identifier, path):
                self._report(0.0, _("Starting …"))
                work(path, self._report)
            afterwards()
            self.identifier, self.state = identifier, "done"
        except _StoppedError:
            self.state = "stopped"
        except MaxrfError as error:
            self.error, self.state = str(error), "failed"
        except Exception:
            _log.exception("conversion")
            words = _("{name} could not be made; the server's log says why.")
            self.error, self.state = words.format(name=self.name), "failed"
        finally:
            self._ended.set()

    def _report(self, fraction: float, doing: str) -> None:
        if self._stopping.is_set():
            raise _StoppedError
        self.fraction, self.doing = min(fraction, 1.0), doing

    def _wait_for_turn(self, before: int) -> None:
        words = _("Waiting for other visitors' work: {count} before yours …")
        self._report(0.0, words.format(count=before))


class Conversions:
    """All visitors' conversions that are running, or have ended and are still told of."""

    def __init__(self) -> None:
        self._all: list[Conversion] = []
        self._lock = threading.Lock()

    def begin(
        self,
        conversion: Conversion,
        place: Place,
        work: Work,
        afterwards: Callable[[], object] = lambda: None,
    ) -> None:
        """Begin a conversion in a thread of its own, in its visitor's turn.

        Parameters
        ----------
        conversion : Conversion
        place : context manager
            Reserves the place of the new datastack; entered in that thread.
        work : callable
            Called with the path and a function that takes the progress.
        afterwards : callable
            Called when the datastack is complete.
        """
        with self._lock:
            ended = [each for each in self._all if not each.is_running]
            forgotten = ended[: max(0, len(ended) - MAX_ENDED)]
            self._all = [each for each in self._all if each not in forgotten] + [conversion]
        locale = current_locale()

        def run() -> None:
            with in_locale(locale):
                conversion.run(place, work, afterwards)

        # As a daemon, so that a server that is told to end does not wait for hours
        threading.Thread(target=run, name="conversion", daemon=True).start()

    def of(self, owner: str) -> list[Conversion]:
        """List a visitor's conversions, the oldest first, without those that were stopped."""
        with self._lock:
            return [each for each in self._all if each.owner == owner and each.state != "stopped"]

    def forget(self, conversion: Conversion) -> None:
        """Tell of a conversion no longer."""
        with self._lock:
            self._all = [each for each in self._all if each is not conversion]

    def stop_all(self) -> None:
        """Stop all conversions, and wait a little until they have removed their incomplete files."""
        with self._lock:
            running = [each for each in self._all if each.is_running]
        for each in running:
            each.stop()
        for each in running:
            each.wait(SHUTDOWN_PATIENCE)


conversions = Conversions()

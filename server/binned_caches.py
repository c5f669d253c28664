"""Making of binned counts for scans that hold none, in the background, one scan at a time.

Each is made by a process of low priority (`maxrf_core.datastack.binned_cache_making`), which ends with
this one. Nobody waits for it, so that nothing is said where it cannot be made.
"""

import logging
import os
import subprocess
import sys
import threading
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

from cachetools import LRUCache

from maxrf_core.atomic.changes import generation
from maxrf_core.atomic.journal import Generation
from maxrf_core.datastack.binned_cache import remove_orphaned_caches
from maxrf_core.datastack.binned_cache_making import needs_cache
from maxrf_core.errors import MaxrfError
from server.settings import HERE, data_folder, read_only, uploads

MAX_REMEMBERED = 1000  # states of files for which it has been tried
SIZE_SHARE = 5  # part of the datastack that the cache may take; 4 to 8 % were measured
SHUTDOWN_PATIENCE = 10.0  # seconds for the process to remove its incomplete file
_LOW_PRIORITY = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)  # Windows; else the process sets it

_log = logging.getLogger(__name__)


class BinnedCaches:
    """The caches of binned counts that are being made, or wait for their turn."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: LRUCache[tuple[Path, Generation], Future[None]] = LRUCache(MAX_REMEMBERED)
        self._waiting: deque[tuple[Path, Future[None]]] = deque()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_working = False

    def begin(self, path: Path) -> Future[None]:
        """Make the cache of a datastack soon if it needs one; once for each state of the file.

        Nothing is done for visitors' uploads, or where the data folder is read-only.

        Returns
        -------
        Future
            Done when the cache has been made, or will not be.
        """
        done: Future[None] = Future()
        if read_only() or uploads().owns(path) or not os.access(path.parent, os.W_OK):
            done.set_result(None)
            return done
        key = path, generation(path)
        with self._lock:
            if key in self._known:
                return self._known[key]
            self._known[key] = done
            self._waiting.append((path, done))
            begins, self._is_working = not self._is_working, True
        if begins:
            threading.Thread(target=self._work, name="binned-caches", daemon=True).start()
        return done

    def stop(self) -> None:
        """Stop the work, and wait a little until its incomplete file is removed."""
        with self._lock:
            waiting, process = [*self._waiting], self._process
            self._waiting.clear()
        for _path, done in waiting:
            done.set_result(None)
        if process is not None:
            _end(process)

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._is_working = False
                    return
                path, done = self._waiting.popleft()
            try:
                if needs_cache(path):
                    self._make(path)
            except MaxrfError:  # damaged, or no space
                pass
            except Exception:
                _log.exception("binning")
            finally:
                done.set_result(None)

    def _make(self, path: Path) -> None:
        command = [sys.executable, "-m", "maxrf_core.datastack.binned_cache_making", str(path)]
        with uploads().reserve_growth(path, path.stat().st_size // SIZE_SHARE):
            self._process = subprocess.Popen(
                command, cwd=HERE, creationflags=_LOW_PRIORITY, bufsize=0, stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            with self._process as process:
                _begin(process)
                process.wait()
        self._process = None


def _begin(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None
    with suppress(OSError, ValueError):  # it has ended already, or is to end
        process.stdin.write(b"\n")


def remove_orphans() -> None:
    """Remove the caches of datastacks that are gone from the data folder."""
    if not read_only():
        remove_orphaned_caches(data_folder())


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the process by the end of its input; one that does not heed it is killed."""
    assert process.stdin is not None
    with suppress(OSError):
        process.stdin.close()
    try:
        process.wait(SHUTDOWN_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()


binned_caches = BinnedCaches()

"""Who does the work, and in which order do the results come: this computer's processors, or a cluster's?"""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from threadpoolctl import threadpool_limits

from maxrf_core.errors import ClusterError

T = TypeVar("T")
R = TypeVar("R")

CONNECT_WITHIN = 10  # seconds
MOST_THREADS = 8  # each holds its own share of memory
GRAIN = 32  # a cluster takes a few milliseconds to hand over a piece of work
AHEAD = 2  # pieces of work to a worker: one that it does, and one that waits for it


@dataclass(frozen=True)
class Workers:
    """Some threads or processes that do work.

    Attributes
    ----------
    executor : Executor
        Takes the work.
    count : int
        How many pieces of work they do at a time.
    grain : int
        How many times as large their pieces of work are as those for this computer's own threads.
    """

    executor: Executor
    count: int
    grain: int = 1

    def in_order(self, work: Callable[[T], R], items: Iterable[T]) -> Iterator[tuple[T, R]]:
        """Do `work` on all items, some at a time; gives each item with its result, in the items' order.

        Few are begun ahead of what was taken, so that results do not pile up, that others who share the
        workers get their turn, and that a stop leaves little to wait for.
        """
        rest = iter(items)
        begun: deque[tuple[T, Future[R]]] = deque()
        try:
            while True:
                for item in islice(rest, AHEAD * self.count - len(begun)):
                    begun.append((item, self.executor.submit(work, item)))
                if not begun:
                    return
                item, future = begun.popleft()
                yield item, future.result()
        finally:  # after an error or a stop, what has not begun never begins
            for _, future in begun:
                future.cancel()


def scheduler_address() -> str | None:
    """Give the address of the scheduler that the operator wants to be used: MAXRF_SCHEDULER."""
    return os.environ.get("MAXRF_SCHEDULER", "").strip() or None


@contextmanager
def local_workers(count: int | None = None) -> Iterator[Workers]:
    """Work on this computer's processors, in threads: what is long here does without Python's lock."""
    count = count or min(MOST_THREADS, os.cpu_count() or 1)
    pool = ThreadPoolExecutor(count, thread_name_prefix="maxrf")
    try:
        yield Workers(pool, count)
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def cluster_workers(scheduler: str) -> Iterator[Workers]:
    """Work on a dask.distributed cluster that is running already.

    Parameters
    ----------
    scheduler : str
        Its scheduler's address, such as ``tcp://host:8786``. Its workers must have maxrf_core installed, in
        the same version, and find the scans under the same paths.

    Raises
    ------
    ClusterError
        Where no scheduler answers there, or it has no workers.
    """
    from distributed import Client  # takes a second, which few need

    try:
        client = Client(scheduler, timeout=CONNECT_WITHIN, set_as_default=False)
    except (OSError, ValueError, ImportError) as error:
        raise ClusterError(
            f"No dask scheduler answers at {scheduler}; see whether it runs and the address is right."
        ) from error
    with client:
        count = sum(client.nthreads().values())
        if not count:
            raise ClusterError(f"The dask scheduler at {scheduler} has no workers; start some and try again.")
        try:
            yield Workers(client.get_executor(pure=False), count, GRAIN)
        except ModuleNotFoundError as error:
            raise ClusterError(
                f"The workers of {scheduler} lack {error.name}; install the same version of maxrf_core there."
            ) from error


@contextmanager
def workers(scheduler: str | None = None) -> Iterator[Workers]:
    """Work on a cluster where the address of its scheduler is given, else on this computer."""
    with cluster_workers(scheduler) if scheduler else local_workers() as chosen:
        yield chosen


class _OneThreadEach:
    """Keeps matrix products to the thread that asks for them, as long as anybody wants that.

    With threads of its own, BLAS is slower where all processors are busy already, and sums in another order,
    so that results differ in their last digit.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted = 0
        self._limits: threadpool_limits | None = None

    @contextmanager
    def __call__(self) -> Iterator[None]:
        with self._lock:
            if not self._wanted:
                self._limits = threadpool_limits(1, user_api="blas")
            self._wanted += 1
        try:
            yield
        finally:
            with self._lock:
                self._wanted -= 1
                if not self._wanted and self._limits is not None:
                    self._limits.restore_original_limits()


one_thread_each = _OneThreadEach()

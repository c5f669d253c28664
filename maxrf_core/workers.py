"""Workers for parallel work: threads of this computer, or a dask cluster."""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TypeVar

from threadpoolctl import threadpool_limits

from maxrf_core.errors import ClusterError
from maxrf_core.language import _, call_in_locale, current_locale

T = TypeVar("T")
R = TypeVar("R")

CONNECT_TIMEOUT = 10  # seconds
MAX_THREADS = 8  # each needs memory
CLUSTER_GRAIN = 32  # a cluster needs a few milliseconds to submit a task
TASKS_PER_WORKER = 2  # one running, one waiting


@dataclass(frozen=True)
class Workers:
    """Threads or processes that run tasks.

    Attributes
    ----------
    executor : Executor
        Runs the tasks.
    count : int
        Number of tasks that run at a time.
    grain : int
        Size of a task relative to those for threads of this computer.
    """

    executor: Executor
    count: int
    grain: int = 1

    def in_order(self, work: Callable[[T], R], items: Iterable[T]) -> Iterator[tuple[T, R]]:
        """Run `work` on all items, several at a time; yield each item with its result, in order.

        Few tasks are submitted ahead, so that results do not accumulate, others who share the workers get
        their turn, and stopping is quick.
        """
        rest, translated = iter(items), partial(call_in_locale, current_locale(), work)
        submitted: deque[tuple[T, Future[R]]] = deque()
        try:
            while True:
                for item in islice(rest, TASKS_PER_WORKER * self.count - len(submitted)):
                    submitted.append((item, self.executor.submit(translated, item)))
                if not submitted:
                    return
                item, future = submitted.popleft()
                yield item, future.result()
        finally:  # after an exception or a stop, cancel the tasks that have not started
            for _, future in submitted:
                future.cancel()


def scheduler_address() -> str | None:
    """Return the address of the operator's dask scheduler, from MAXRF_SCHEDULER; None if it is not set."""
    return os.environ.get("MAXRF_SCHEDULER", "").strip() or None


@contextmanager
def local_workers(count: int | None = None) -> Iterator[Workers]:
    """Yield workers that are threads of this computer; the long work in this package releases the GIL."""
    count = count or min(MAX_THREADS, os.cpu_count() or 1)
    pool = ThreadPoolExecutor(count, thread_name_prefix="maxrf")
    try:
        yield Workers(pool, count)
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def cluster_workers(scheduler: str) -> Iterator[Workers]:
    """Yield the workers of a running dask.distributed cluster.

    Parameters
    ----------
    scheduler : str
        Address of its scheduler, such as ``tcp://host:8786``. The workers need the same version of
        maxrf_core, and the scans under the same paths.

    Raises
    ------
    ClusterError
        If no scheduler answers there, or it has no workers.
    """
    from distributed import Client  # imported here because it takes a second

    try:
        client = Client(scheduler, timeout=CONNECT_TIMEOUT, set_as_default=False)
    except (OSError, ValueError, ImportError) as error:
        raise ClusterError(
            _(
                "No dask scheduler answers at {scheduler}; check that it runs and that the address is right."
            ).format(scheduler=scheduler)
        ) from error
    with client:
        count = sum(client.nthreads().values())
        if not count:
            raise ClusterError(
                _("The dask scheduler at {scheduler} has no workers; start some and try again.").format(
                    scheduler=scheduler
                )
            )
        try:
            yield Workers(client.get_executor(pure=False), count, CLUSTER_GRAIN)
        except ModuleNotFoundError as error:
            raise ClusterError(
                _(
                    "The workers of {scheduler} lack {name}; install the same version of maxrf_core there."
                ).format(scheduler=scheduler, name=error.name)
            ) from error


@contextmanager
def workers(scheduler: str | None = None) -> Iterator[Workers]:
    """Yield the workers of a cluster if the address of its scheduler is given, else of this computer."""
    with cluster_workers(scheduler) if scheduler else local_workers() as chosen:
        yield chosen


class _OneThreadEach:
    """Context manager that limits BLAS to the calling thread while any thread is inside it.

    With its own threads BLAS is slower if all processors are busy, and sums in another order, so that results
    differ in the last digit.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._limits: threadpool_limits | None = None

    @contextmanager
    def __call__(self) -> Iterator[None]:
        with self._lock:
            if not self._users:
                self._limits = threadpool_limits(1, user_api="blas")
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if not self._users and self._limits is not None:
                    self._limits.restore_original_limits()


one_thread_each = _OneThreadEach()

"""Work is done in order by several workers, and stopping it begins no more of it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_info

from maxrf_core.workers import (
    MAX_THREADS,
    TASKS_PER_WORKER,
    Workers,
    local_workers,
    one_thread_each,
    scheduler_address,
    workers,
)


@given(st.integers(0, 60), st.integers(1, 5))
def test_results_come_in_order_and_few_tasks_are_submitted_ahead(n_items, count):
    submitted = []
    with ThreadPoolExecutor(count) as pool:
        results = Workers(pool, count).in_order(
            lambda item: item * item, submitted_as_drawn(n_items, submitted)
        )
        for number, (item, result) in enumerate(results):
            assert (item, result) == (number, number * number)
            assert len(submitted) <= number + TASKS_PER_WORKER * count
    assert submitted == list(range(n_items))


def submitted_as_drawn(n_items, submitted):
    for item in range(n_items):
        submitted.append(item)
        yield item


def test_an_error_of_one_task_is_raised_and_no_more_tasks_begin():
    begun = []

    def work(item):
        begun.append(item)
        if item == 3:
            raise ZeroDivisionError
        return item

    with local_workers(2) as crew:
        results = crew.in_order(work, range(1000))
        with pytest.raises(ZeroDivisionError):
            list(results)
    assert len(begun) <= 3 + 1 + TASKS_PER_WORKER * 2


def test_this_computers_workers_work_at_the_same_time():
    meeting = threading.Barrier(2, timeout=20)
    with local_workers(2) as crew:
        list(crew.in_order(lambda _: meeting.wait(), range(2)))  # one after the other they would never meet


def test_without_a_scheduler_the_threads_of_this_computer_do_the_work(monkeypatch):
    monkeypatch.setenv("MAXRF_SCHEDULER", "  ")
    assert scheduler_address() is None
    with workers(scheduler_address()) as crew:
        assert 1 <= crew.count <= MAX_THREADS
    monkeypatch.setenv("MAXRF_SCHEDULER", " tcp://host:8786 ")
    assert scheduler_address() == "tcp://host:8786"


def blas_threads():
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]


def test_blas_has_one_thread_while_any_worker_is_inside_and_its_own_number_after():
    import numpy  # noqa: F401 -- loads BLAS

    before = blas_threads()
    with one_thread_each():
        with one_thread_each():
            assert set(blas_threads()) <= {1}
        assert set(blas_threads()) <= {1}
    assert blas_threads() == before

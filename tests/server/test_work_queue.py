"""Heavy work waits for its turn, and its visitor is told."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from server.work_queue import MAX_WAITING, MAX_WORK_EACH, BusyError, WorkQueue


def test_pieces_of_work_take_turns_in_the_order_in_which_they_came():
    queue, at_work, most, began = WorkQueue(places=2), 0, 0, []
    lock, told = threading.Lock(), []
    entered = [threading.Event() for _ in range(6)]
    go = threading.Event()

    def work(number: int) -> None:
        nonlocal at_work, most

        def waiting(before: int) -> None:
            told.append(before)
            entered[number].set()

        with queue.turn(f"visitor {number}", waiting):
            with lock:
                at_work, began[len(began) :] = at_work + 1, [number]
                most = max(most, at_work)
            entered[number].set()
            go.wait(60)
            with lock:
                at_work -= 1

    with ThreadPoolExecutor(6) as pool:
        done = []
        for number in range(6):
            done.append(pool.submit(work, number))
            assert entered[number].wait(60)
        go.set()
        for each in done:
            each.result()
    assert most == 2
    assert sorted(began[:2]) == [0, 1]
    assert {1, 2, 3, 4} <= set(told)


def test_who_leaves_while_waiting_gives_up_the_turn():
    queue = WorkQueue(places=1)

    def leave(before: int) -> None:
        raise KeyboardInterrupt

    with queue.turn("Anna", print), pytest.raises(KeyboardInterrupt), queue.turn("Ben", leave):
        pass
    with queue.turn("Cleo", leave):
        pass


def test_a_visitor_and_all_together_have_only_so_much_under_way():
    queue = WorkQueue(places=MAX_WORK_EACH + MAX_WAITING)
    with queue.turn("Anna", print), queue.turn("Anna", print):
        with pytest.raises(BusyError, match="other long work"), queue.turn("Anna", print):
            pass
        with queue.turn("Ben", print):
            pass

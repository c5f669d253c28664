"""The large pictures of many visitors stay within the memory that is meant for them."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from widgets.session import image_cache as pictures
from widgets.session.image_cache import cached_array, one_at_a_time


def test_a_picture_is_made_once_for_all_who_wait_for_it():
    made = []

    def make() -> np.ndarray:
        made.append(threading.get_ident())
        return np.zeros(10)

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: cached_array("once", make), range(50)))
    assert len(made) == 1
    assert all(each is found[0] for each in found)


def test_nobody_works_on_a_large_picture_while_another_does():
    working = threading.Semaphore(1)

    def work(number: int) -> bool:
        with one_at_a_time():
            alone = working.acquire(blocking=False)
            cached_array(("inside", number), lambda: np.zeros(10))  # for one picture another may be needed
            if alone:
                working.release()
            return alone

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(work, range(200)))


def test_what_is_kept_stays_within_its_budget_and_the_oldest_goes():
    size = pictures.MEMORY // 4
    for number in range(20):
        cached_array(("large", number), lambda: np.empty(size, np.uint8))
    assert pictures._kept.currsize <= pictures.MEMORY
    assert pictures._find(("large", 19)) is not None
    assert pictures._find(("large", 0)) is None
    too_large = cached_array("too large", lambda: np.empty(pictures.MEMORY + 1, np.uint8))
    assert too_large.nbytes > pictures.MEMORY
    assert pictures._find("too large") is None

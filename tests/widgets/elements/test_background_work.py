"""Work in the background outlives the run of a page, and ends when nobody wants it."""

import threading
from collections.abc import Callable

import pytest

from maxrf_core.errors import CalibrationError
from maxrf_core.progress import Progress
from widgets.elements.background_work import BackgroundWork

LIMIT = 30  # seconds until a test that hangs fails


def begun(make: Callable[[Progress], str], after: list[BackgroundWork[str]] | None = None):
    return BackgroundWork("a visitor", make, lambda _work, _result: None, after)


def ignore(_told: object) -> None:
    pass


class LeftError(Exception):
    """The visitor has done something else."""


def leave(_fraction: float) -> None:
    raise LeftError


def test_the_result_is_there_for_all_pages_and_kept():
    kept: list[str | None] = []
    work = BackgroundWork("a visitor", lambda _told: "maps", lambda _work, result: kept.append(result))
    assert [work.wait(ignore, ignore) for _page in range(2)] == ["maps"] * 2
    assert kept == ["maps"]


def test_it_goes_on_when_the_visitors_next_act_ends_the_run_of_the_page():
    may_end, times = threading.Event(), []

    def make(told: Progress) -> str:
        times.append(1)
        while not may_end.wait(0.01):
            told(0.5, "")
        return "maps"

    work = begun(make)
    with pytest.raises(LeftError):
        work.wait(leave, ignore)
    may_end.set()
    assert work.wait(ignore, ignore) == "maps"
    assert len(times) == 1


def test_it_ends_when_its_visitor_has_left_it_for_other_work():
    ended, never = threading.Event(), threading.Event()

    def endless(told: Progress) -> str:
        while not never.wait(0.01):
            told(0.5, "")
        return ""

    first = BackgroundWork("a visitor", endless, lambda _work, _result: ended.set())
    with pytest.raises(LeftError):
        first.wait(leave, ignore)
    second = begun(lambda _told: "other maps", [first])
    assert second.wait(ignore, ignore) == "other maps"
    assert ended.wait(LIMIT)
    assert not first.is_wanted
    assert first.wait(ignore, ignore) is None


def test_what_goes_wrong_is_raised_where_a_page_waits():
    def fail(_told: Progress) -> str:
        raise CalibrationError("There are no counts.")

    with pytest.raises(CalibrationError, match="no counts"):
        begun(fail).wait(ignore, ignore)

"""Maps are made once, within a budget of memory; one that is given up leaves nothing behind."""

from collections.abc import Callable
from threading import Event, Thread

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core.errors import DatastackError
from maxrf_core.progress import Progress
from widgets.session import band_map_cache as band_maps
from widgets.session.band_map_cache import cached_map, prepare_map
from widgets.session.map_data import MapData


@pytest.fixture(autouse=True)
def nothing_recent():
    kept = band_maps._recent, band_maps._spare
    for maps in kept:
        maps.clear()
    yield
    for maps in kept:
        maps.clear()
    assert not band_maps._begun


def maker(made: list, shape: tuple[int, int] = (30, 40)) -> Callable:
    def make(progress: object) -> np.ndarray:
        made.append(shape)
        return np.ones(shape)

    return make


def test_a_recent_map_is_not_made_again():
    made: list = []
    first = cached_map("Fe", maker(made))
    assert cached_map("Fe", maker(made)) is first
    assert len(made) == 1


def test_the_least_recent_maps_make_room():
    made: list = []
    shape = (1000, 1000)
    room = band_maps.MEMORY // MapData(np.ones(shape), "any").max_bytes
    for number in range(room + 1):
        cached_map(number, maker(made, shape))
        cached_map(0, maker(made, shape))
    assert len(made) == room + 1
    assert band_maps._recent.currsize <= band_maps.MEMORY
    cached_map(1, maker(made, shape))
    assert len(made) == room + 2


def test_a_map_larger_than_the_budget_is_given_all_the_same(monkeypatch: pytest.MonkeyPatch):
    made: list = []
    monkeypatch.setattr(band_maps, "_recent", type(band_maps._recent)(100, getsizeof=lambda data: 200))
    assert cached_map("Fe", maker(made)).shape == (30, 40)


def test_a_map_that_was_given_up_leaves_nothing():
    class Overtaken(BaseException):
        pass

    def give_up(progress: object) -> np.ndarray:
        raise Overtaken

    with pytest.raises(Overtaken):
        cached_map("Fe", give_up)
    made: list = []
    cached_map("Fe", maker(made))
    assert len(made) == 1


def never(progress: Progress) -> np.ndarray:
    raise AssertionError("the map is made twice")


class Held:
    """Makes a map once it may, in a thread of its own, ahead of all pages."""

    def __init__(self, name: str, is_wanted: Callable[[], bool] = lambda: True) -> None:
        self.go_on, self._begun, self.found = Event(), Event(), []
        self._thread = Thread(target=lambda: self.found.append(prepare_map(name, self._make, is_wanted)))
        self._thread.start()
        assert self._begun.wait(60)

    def _make(self, progress: Progress) -> np.ndarray:
        self._begun.set()
        assert self.go_on.wait(60)
        progress(0.9, "reading")
        return np.ones((30, 40))

    def end(self) -> MapData | None:
        self.go_on.set()
        self._thread.join(60)
        (found,) = self.found
        return found


def test_a_map_that_was_made_ahead_is_at_hand():
    made: list = []
    ahead = prepare_map("Fe", maker(made), lambda: True)
    assert prepare_map("Fe", never, lambda: True) is ahead
    assert cached_map("Fe", never) is ahead
    assert cached_map("Fe", never) is ahead


def test_a_page_waits_for_a_map_that_is_being_made_and_not_given_up_then(monkeypatch: pytest.MonkeyPatch):
    ahead = Held("Fe", is_wanted=lambda: False)
    monkeypatch.setattr(band_maps, "watched", lambda place, doing: lambda fraction, words: ahead.go_on.set())
    assert cached_map("Fe", never) is ahead.end()


def test_a_page_that_waits_no_longer_ends_the_work(monkeypatch: pytest.MonkeyPatch):
    class Overtaken(BaseException):
        pass

    def overtaken(fraction: float, words: str) -> None:
        raise Overtaken

    ahead = Held("Fe")
    monkeypatch.setattr(band_maps, "watched", lambda place, doing: overtaken)
    with pytest.raises(Overtaken):
        cached_map("Fe", never)
    assert ahead.end() is None


def test_a_map_that_is_not_wanted_any_more_is_given_up_and_made_when_it_is():
    ahead = Held("Fe", is_wanted=lambda: False)
    assert ahead.end() is None
    made: list = []
    cached_map("Fe", maker(made))
    assert len(made) == 1


def test_one_of_two_wishes_keeps_a_map_that_both_get():
    first = Held("Fe", is_wanted=lambda: False)
    asked = Event()
    second: list = []

    def still_wanted() -> bool:
        asked.set()
        return True

    waits = Thread(target=lambda: second.append(prepare_map("Fe", never, still_wanted)))
    waits.start()
    assert asked.wait(60)
    data = first.end()
    waits.join(60)
    assert data is not None
    assert second == [data]


def test_only_some_maps_are_made_ahead_at_a_time():
    held = [Held(f"band {number}") for number in range(band_maps.MAX_PREPARED)]
    assert prepare_map("one more", never, lambda: True) is None
    assert all(one.end() is not None for one in held)


def test_maps_made_ahead_push_out_none_that_was_looked_at():
    made: list = []
    cached_map("Fe", maker(made, (1000, 1000)))
    for number in range(30):
        prepare_map(f"band {number}", maker(made, (1000, 1000)), lambda: True)
    assert band_maps._spare.currsize <= band_maps.SPARE_MEMORY
    cached_map("Fe", never)


def test_trouble_ahead_is_met_by_the_page_itself():
    def fail(progress: Progress) -> np.ndarray:
        raise DatastackError("scan.datastack does not exist.")

    with pytest.raises(DatastackError):
        prepare_map("Fe", fail, lambda: True)
    with pytest.raises(DatastackError):
        cached_map("Fe", fail)


def test_a_run_of_a_page_may_show_several_bars_of_progress():
    def page() -> None:
        import streamlit as st

        from widgets.session.band_map_cache import PATIENCE, watched

        for number in range(2):
            watched(st.empty(), f"Work {number}", patience=-PATIENCE)(0.5, "")

    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception
    assert [bar.proto.text for bar in app.get("progress")] == ["Work 0 50%", "Work 1 50%"]

"""Maps are made once, within a budget of memory; one that is given up leaves nothing behind."""

from collections.abc import Callable
from threading import Event, Thread

import numpy as np
import pytest

from maxrf_core.errors import DatastackError
from maxrf_core.progress import Progress
from widgets import band_maps
from widgets.band_maps import made_ahead, recent_or_new
from widgets.map_data import MapData


@pytest.fixture(autouse=True)
def nothing_recent():
    band_maps._recent.clear()
    yield
    band_maps._recent.clear()


def maker(made: list, shape: tuple[int, int] = (30, 40)) -> Callable:
    def make(progress: object) -> np.ndarray:
        made.append(shape)
        return np.ones(shape)

    return make


def test_a_recent_map_is_not_made_again():
    made: list = []
    first = recent_or_new("Fe", maker(made))
    assert recent_or_new("Fe", maker(made)) is first
    assert len(made) == 1


def test_the_least_recent_maps_make_room():
    made: list = []
    shape = (1000, 1000)
    room = band_maps.MEMORY // MapData(np.ones(shape), "any").most_bytes
    for number in range(room + 1):
        recent_or_new(number, maker(made, shape))
        recent_or_new(0, maker(made, shape))
    assert len(made) == room + 1
    assert band_maps._recent.currsize <= band_maps.MEMORY
    recent_or_new(1, maker(made, shape))
    assert len(made) == room + 2


def test_a_map_larger_than_the_budget_is_given_all_the_same(monkeypatch: pytest.MonkeyPatch):
    made: list = []
    monkeypatch.setattr(band_maps, "_recent", type(band_maps._recent)(100, getsizeof=lambda data: 200))
    assert recent_or_new("Fe", maker(made)).shape == (30, 40)


def test_a_map_that_was_given_up_leaves_nothing():
    class Overtaken(BaseException):
        pass

    def give_up(progress: object) -> np.ndarray:
        raise Overtaken

    with pytest.raises(Overtaken):
        recent_or_new("Fe", give_up)
    made: list = []
    recent_or_new("Fe", maker(made))
    assert len(made) == 1


def test_a_map_that_was_made_ahead_is_at_hand():
    made: list = []
    made_ahead("Fe", maker(made), lambda: True)
    made_ahead("Fe", maker(made), lambda: True)
    assert recent_or_new("Fe", maker(made)).shape == (30, 40)
    assert len(made) == 1


def test_a_page_waits_for_a_map_that_is_being_made_and_not_given_up_then(monkeypatch: pytest.MonkeyPatch):
    made: list = []
    begun, page_waits = Event(), Event()

    def make(progress: Progress) -> np.ndarray:
        begun.set()
        assert page_waits.wait(60)
        progress(0.9, "reading")
        return maker(made)(progress)

    monkeypatch.setattr(band_maps, "_watched", lambda place: lambda fraction, words: page_waits.set())
    ahead = Thread(target=made_ahead, args=("Fe", make, lambda: False))
    ahead.start()
    assert begun.wait(60)
    assert recent_or_new("Fe", maker(made)).shape == (30, 40)
    ahead.join(60)
    assert len(made) == 1


def test_a_map_that_is_not_wanted_any_more_is_given_up_and_made_when_it_is():
    made: list = []

    def make(progress: Progress) -> np.ndarray:
        progress(0.1, "reading")
        return maker(made)(progress)

    made_ahead("Fe", make, lambda: False)
    assert not made
    recent_or_new("Fe", maker(made))
    assert len(made) == 1


def test_trouble_ahead_is_met_by_the_page_itself():
    def fail(progress: Progress) -> np.ndarray:
        raise DatastackError("scan.datastack does not exist.")

    with pytest.raises(DatastackError):
        made_ahead("Fe", fail, lambda: True)
    with pytest.raises(DatastackError):
        recent_or_new("Fe", fail)

"""Undo and redo bring back what was on the bench."""

from maxrf_core.imaging.layers import LayerLook
from widgets.look.history import History
from widgets.session.choice import Choice


def test_what_was_done_is_undone_and_done_again():
    now, history = Choice(), History()
    history.note(now)
    now.bench.add(LayerLook("Fe-K"))
    history.note(now)
    now.pixels.append((3, 4))
    now.lo, now.hi = 6.2, 6.6
    history.note(now)
    history.note(now)  # nothing was done

    history.undo(now)
    assert (now.bench.keys, now.pixels, now.lo) == (["Fe-K"], [], None)
    history.undo(now)
    assert now.bench.keys == []
    history.undo(now)  # there is nothing before
    history.redo(now)
    history.redo(now)
    assert (now.bench.keys, now.pixels, now.hi) == (["Fe-K"], [(3, 4)], 6.6)


def test_after_something_new_nothing_can_be_redone():
    now, history = Choice(), History()
    history.note(now)
    now.pixels.append((3, 4))
    history.note(now)
    history.undo(now)
    now.pixels.append((5, 6))
    history.note(now)
    assert not history.future
    history.undo(now)
    assert now.pixels == []


def test_the_browser_takes_an_undone_look_for_newer_than_its_own():
    now, history = Choice(), History()
    now.bench.add(LayerLook("Fe-K"))
    history.note(now)
    now.bench.take_over({"number": 7, "layers": [{"key": "Fe-K", "opacity": 0.5}]})
    history.note(now)
    history.undo(now)
    assert now.bench.looks[0].opacity == 1
    assert now.bench.number > 7

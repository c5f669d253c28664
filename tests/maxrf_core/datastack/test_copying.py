"""A copy is one whole state of a datastack, also if others append to it meanwhile."""

import numpy as np
import pytest

from maxrf_core import DataStack, append
from maxrf_core.atomic import changes as atomic
from maxrf_core.datastack import copying
from maxrf_core.datastack.copying import copy
from maxrf_core.errors import DatastackError
from tests.maxrf_core.datastack.small_datastacks import digest, each_kind, our_kind  # noqa: F401


def test_a_copy_made_while_another_appends_is_the_state_before_or_after(path, monkeypatch):
    monkeypatch.setattr(copying, "COPY_BYTES", 4000)
    states, done = {digest(path)}, []

    def append_once(fraction, doing):
        assert 0 < fraction <= 1
        if not done:
            append(np.arange(5000), "map", path)
            states.add(digest(path))
        done.append(fraction)

    made = copy(path, path.with_name("copy.datastack"), progress=append_once)
    assert len(states) == 2
    assert digest(made) in states
    assert "maxrf_cube" in DataStack(made).names
    assert done[-1] == 1


def test_what_a_killed_program_left_of_a_change_is_not_copied(ours):
    before = ours.read_bytes()
    change = atomic.AtomicFile(ours)
    change.seek(0, 2)
    change.write(b"half of what was to be appended")
    change.close()
    assert copy(ours, ours.with_name("copy.datastack")).read_bytes() == before


def test_nothing_is_overwritten_and_a_stopped_copy_leaves_nothing(ours):
    out = ours.with_name("copy.datastack")

    def stop(fraction, doing):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy(ours, out, progress=stop)
    assert list(ours.parent.iterdir()) == [ours]
    out.write_bytes(b"mine")
    with pytest.raises(DatastackError, match=r"copy\.datastack exists already"):
        copy(ours, out)
    assert out.read_bytes() == b"mine"
    with pytest.raises(DatastackError, match=r"absent\.datastack does not exist"):
        copy(ours.with_name("absent.datastack"), ours.with_name("new.datastack"))

"""Conversions go on in the background, are seen by their visitor alone, and leave a whole file or none."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import DatastackError
from maxrf_core.readers import ArrayScan
from server.conversions import Conversion, Conversions

LIMIT = 60  # seconds, on a busy machine
COUNTS = np.random.default_rng(0).poisson(2, (70, 66, 20)).astype("u2")


@contextmanager
def place(folder: Path) -> Iterator[tuple[str, Path]]:
    yield "made.datastack", folder / "made.datastack"


def convert_counts(path: Path, report) -> None:
    convert(ArrayScan(COUNTS), path, progress=report)


@pytest.fixture
def all_of_them() -> Conversions:
    return Conversions()


def test_a_conversion_ends_with_the_datastack_and_its_identifier(all_of_them: Conversions, tmp_path: Path):
    begun = Conversion("me", "made", tmp_path / "scan.raw")
    done = []
    all_of_them.begin(begun, place(tmp_path), convert_counts, lambda: done.append(True))
    assert begun.wait(LIMIT)
    assert (begun.state, begun.fraction, begun.identifier) == ("done", 1.0, "made.datastack")
    assert done == [True]
    np.testing.assert_array_equal(DataStack(tmp_path / "made.datastack").read("maxrf_cube"), COUNTS)
    assert all_of_them.of("me") == [begun]
    assert all_of_them.of("another visitor") == []
    all_of_them.forget(begun)
    assert all_of_them.of("me") == []


@pytest.mark.parametrize("how", ["button", "server"])
def test_a_stopped_conversion_leaves_nothing(all_of_them: Conversions, tmp_path: Path, how: str):
    begun = Conversion("me", "made", tmp_path / "scan.raw")
    is_half_done, may_go_on = threading.Event(), threading.Event()

    def work(path: Path, report) -> None:
        def told(fraction: float, doing: str) -> None:
            if fraction > 0:
                is_half_done.set()
                may_go_on.wait(LIMIT)
            report(fraction, doing)

        convert(ArrayScan(COUNTS), path, progress=told)

    all_of_them.begin(begun, place(tmp_path), work, lambda: pytest.fail("it was not done"))
    assert is_half_done.wait(LIMIT)
    assert any(path.name.endswith(".partial") for path in tmp_path.iterdir())
    if how == "button":
        begun.stop()
        may_go_on.set()
    else:
        threading.Timer(0.1, may_go_on.set).start()
        all_of_them.stop_all()
    assert begun.wait(LIMIT)
    assert begun.state == "stopped"
    assert all_of_them.of("me") == []
    assert list(tmp_path.iterdir()) == []


def test_an_error_is_told_in_one_sentence(all_of_them: Conversions, tmp_path: Path):
    def refused(path: Path, report) -> None:
        raise DatastackError("It exists already.")

    def broken(path: Path, report) -> None:
        raise ZeroDivisionError

    told = []
    for work in (refused, broken):
        begun = Conversion("me", "made", tmp_path / "scan.raw")
        all_of_them.begin(begun, place(tmp_path), work)
        assert begun.wait(LIMIT)
        assert begun.state == "failed"
        told.append(begun.error)
    assert told == ["It exists already.", "made could not be made; the server's log says why."]


def test_only_the_newest_ends_of_conversions_are_kept(
    all_of_them: Conversions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("server.conversions.MAX_ENDED", 2)
    begun = [Conversion("me", str(number), tmp_path) for number in range(5)]
    for each in begun:
        all_of_them.begin(each, place(tmp_path), lambda *_: None)
        assert each.wait(LIMIT)
    assert all_of_them.of("me") == begun[-3:]  # the newest was added after the others had ended

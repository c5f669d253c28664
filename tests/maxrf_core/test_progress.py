"""The text of the time that is left."""

import itertools

import pytest

from maxrf_core import progress


@pytest.mark.parametrize(
    ("done", "after", "words"),
    [
        (1e9, 0.5, ""), (0, 10, ""), (2e9, 10, "200 MB/s, 40 s left"), (1e8, 10, "10 MB/s, 16 min left"),
        (1e10, 50, "200 MB/s, 0 s left"),
    ],
)  # fmt: skip
def test_pace_and_time_left(monkeypatch, done, after, words):
    clock = itertools.chain([100.0], itertools.repeat(100.0 + after))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    assert progress.Pace(1e10).text(done) == words

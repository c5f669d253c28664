"""The worker calls a case correct, refused, or a finding with its reason."""

import sys
from pathlib import Path

import pytest

from maxrf_core.errors import DatastackError
from tools.fuzz_cases import ORDER, WEIGHTS
from tools.fuzz_seeds import make_seeds

if sys.platform != "linux":
    pytest.skip("the worker limits its memory, which Linux alone does", allow_module_level=True)

from tools import fuzz_worker
from tools.fuzz_worker import outcome_of

POINTS = ORDER.index("points")  # a case of a format that is read in this process alone


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    return make_seeds(tmp_path_factory.mktemp("seeds"))


def test_a_case_of_every_format_ends_correct_or_refused(seeds: dict, tmp_path: Path):
    for kind in WEIGHTS:
        assert outcome_of(ORDER.index(kind) + len(ORDER), seeds, tmp_path) in ("correct", "refused"), kind


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (ZeroDivisionError("division"), "FINDING: ZeroDivisionError: 'division'"),
        (AssertionError("the axis does not fit"), "FINDING: AssertionError: 'the axis does not fit'"),
        (DatastackError("x.datastack\nTraceback"), "FINDING: no sentence for people"),
        (DatastackError("x.datastack cannot be opened; use a copy."), "refused"),
    ],
    ids=["other error", "wrong result", "no sentence", "sentence"],
)
def test_what_is_no_sentence_of_ours_is_a_finding(
    seeds: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, outcome: str
):
    def fail(path: Path, number: int) -> None:
        raise error

    monkeypatch.setitem(fuzz_worker.OPENERS, "points", fail)
    assert outcome_of(POINTS, seeds, tmp_path).startswith(outcome)


def test_a_case_that_takes_too_long_is_a_finding(
    seeds: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(fuzz_worker, "SECONDS", 0.0)
    assert outcome_of(POINTS, seeds, tmp_path).startswith("FINDING: took")

"""The benchmark runs: all alternatives are measured, answers compared and tables written."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from benchmarks import chart, report
from benchmarks.cubes import Density
from benchmarks.measure import Effort, Result, measure
from benchmarks.questions import MAIN, Truths
from benchmarks.ways import WAYS, Files, Maxrf4u
from benchmarks.workfolder import check_room

FEW = Density("sparse", 40)


@pytest.fixture(scope="module", autouse=True)
def no_page_as_main_program() -> Iterator[None]:
    """Put aside what tests of pages leave as the main program: new processes would run it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "__main__", ModuleType("__main__"))
        yield


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    effort = Effort(rounds=1, patience=60, theirs_at=10**9)
    return measure("L", (70, 66, 256), FEW, tmp_path_factory.mktemp("bench"), effort, lambda what: None)


def test_every_way_answers_every_question_and_all_answers_are_compared(result: Result):
    places = 5 * 5 + 1
    assert result.compared == places * len(WAYS) + 1  # and our map of smoothed counts
    for times in result.warm.values():
        assert {way.name for way in WAYS} <= set(times)


def test_what_is_left_out_is_told(tmp_path: Path):
    effort = Effort(rounds=1, patience=60, theirs_at=0)
    result = measure("full", (70, 66, 256), FEW, tmp_path, effort, lambda what: None)
    assert Maxrf4u.name not in result.memory
    assert "maxrf4u" in report.text(report.Run.of_this_machine([result]))


def test_a_cube_too_large_for_the_disk_is_refused(tmp_path: Path):
    with pytest.raises(SystemExit, match="GB free"):
        check_room(Files(tmp_path, "huge"), (10**5, 10**5, 4096), True)


def test_a_wrong_answer_stops_the_benchmark():
    right = Truths((1, 1, 3), {(False, "pixel", (0, 0)): np.array([1.0, 2.0, 3.0])})
    with pytest.raises(AssertionError, match="a liar: pixel"):
        right.check(np.array([1.0, 2.0, 4.0]), False, "pixel", (0, 0), "a liar")


def test_the_page_and_the_chart_are_written_from_what_was_saved(result: Result, tmp_path: Path):
    page, picture, saved = tmp_path / "page.md", tmp_path / "chart.svg", tmp_path / "saved.json"
    page.write_text(f"before\n{report.BEGIN}\nof yesterday\n{report.END}\nafter\n")
    report.save(report.Run.of_this_machine([result]), saved)
    run = report.load(saved)
    report.write_page(run, page)
    chart.write(run, picture)
    written = page.read_text()
    assert written.startswith("before")
    assert written.endswith("after\n")
    assert "of yesterday" not in written
    assert MAIN in written
    assert all(f"| {way.name} |" in written for way in WAYS)
    assert picture.stat().st_size < 60_000
    assert MAIN in report.text(run)

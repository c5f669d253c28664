"""The benchmark runs: all alternatives are measured, answers compared and tables written."""

from pathlib import Path

from benchmarks import report
from benchmarks.alternatives import Maxrf4u
from benchmarks.compared import ALTERNATIVES
from benchmarks.cubes import Density
from benchmarks.measure import Effort, Result, measure


def test_every_alternative_answers_every_query_and_all_answers_are_compared(result: Result):
    places = 5 * 5 + 1
    measured = [alternative for alternative in ALTERNATIVES if alternative.is_available()]
    assert result.compared == places * len(measured) + 1  # and our map of smoothed counts
    for times in result.warm.values():
        assert {alternative.name for alternative in measured} <= set(times)


def test_what_is_left_out_is_told(tmp_path: Path):
    effort = Effort(rounds=1, patience=60, theirs_at=0)
    result = measure("full", (70, 66, 256), Density("sparse", 40), tmp_path, effort, lambda what: None)
    assert Maxrf4u.name not in result.memory
    assert "maxrf4u" in report.text(report.Run.of_this_machine([result]))

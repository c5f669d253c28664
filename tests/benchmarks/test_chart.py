"""The chart shows every alternative and every query, and a run is always drawn the same."""

from pathlib import Path

from benchmarks import chart, report
from benchmarks.compared import ALTERNATIVES
from benchmarks.measure import Result


def test_every_alternative_and_query_is_in_the_chart(result: Result, tmp_path: Path):
    picture, again = tmp_path / "chart.svg", tmp_path / "again.svg"
    run = report.Run.of_this_machine([result])
    chart.write(run, picture)
    drawn = picture.read_text(encoding="utf-8")
    assert all(each.name in drawn for each in chart.SHOWN if each.is_available())
    assert all(query in drawn for query in result.warm)
    assert picture.stat().st_size < 60_000
    chart.write(run, again)
    assert again.read_bytes() == picture.read_bytes()


def test_the_cube_that_most_alternatives_were_measured_on_is_drawn(result: Result, tmp_path: Path):
    huge = Result("full", "sparse", (9000, 9000, 4096))  # without maxrf4u, for which it is too large
    huge.memory = {ALTERNATIVES[0].name: 1}
    chart.write(report.Run.of_this_machine([huge, result]), tmp_path / "chart.svg")
    assert report.title(result) in (tmp_path / "chart.svg").read_text(encoding="utf-8")

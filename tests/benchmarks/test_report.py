"""The report is written from a saved run, between the marks of the page."""

import re
from pathlib import Path

import pytest

from benchmarks import report
from benchmarks.compared import ALTERNATIVES
from benchmarks.measure import Result
from benchmarks.queries import MAIN


def test_the_page_is_written_from_what_was_saved(result: Result, tmp_path: Path):
    page, saved = tmp_path / "page.md", tmp_path / "saved.json"
    page.write_text(
        f"before\n{report.BEGIN_BEST}\n{report.END_BEST}\n{report.BEGIN}\nof yesterday\n{report.END}\nafter\n"
    )
    report.save(report.Run.of_this_machine([result]), saved)
    run = report.load(saved)
    report.write_page(run, page)
    written = page.read_text()
    assert written.startswith("before")
    assert written.endswith("after\n")
    assert "of yesterday" not in written
    assert MAIN in written
    assert all(
        f"| {alternative.name} |" in written for alternative in ALTERNATIVES if alternative.is_available()
    )
    assert re.search(
        rf"\| {MAIN} \| [\w ,+:.-]+ ms \| [\d.]+ ms \|", written
    )  # the best way, and this project
    text = report.text(run)
    assert MAIN in text
    assert re.search(r"one pixel \d+\.\d\d \(aim 0\.35\)", text)
    assert re.search(
        r"file \d\.\d\d \(aim 1\), processors' time of a conversion \d+\.\d\d \(aim 1\.3\)", text
    )
    assert re.search(r"without loss in less than \d+\.\d MB on average", text)
    assert re.search(r"of binned counts takes \d+\.\d\d of the exact one's time \(aim 0\.15\)", text)


def test_a_page_without_the_marks_is_left_as_it_is(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text("no marks here")
    with pytest.raises(SystemExit, match=r"page\.md lacks the lines"):
        report.write_between(page, report.BEGIN, report.END, "tables")
    assert page.read_text() == "no marks here"


def test_a_run_keeps_what_an_earlier_one_measured_on_other_cubes():
    earlier = report.Run(
        "old", "1", "2020-01-01", [Result("S", "sparse", (1, 1, 1)), Result("L", "dense", (2, 2, 2))]
    )
    now = report.Run("new", "2", "2021-01-01", [Result("S", "sparse", (3, 3, 3))])
    both = now.with_others_of(earlier)
    assert both.machine == "new"
    assert both.result("S", "sparse").shape == (3, 3, 3)
    assert both.result("L", "dense").shape == (2, 2, 2)


@pytest.mark.parametrize(
    ("seconds", "written"), [(2.0, "2 s"), (0.0123, "12.3 ms"), (123.4, "123 s"), (0.9996, "1e+03 ms")]
)
def test_seconds_are_written_with_three_digits(seconds: float, written: str):
    assert report.duration(seconds) == written


def test_tables_are_aligned_for_a_terminal_and_in_markdown():
    rows = [["", "time"], ["ours", "1 s"]]
    assert report.plain(rows) == "      time\nours   1 s"
    assert report.markdown(rows) == "|  | time |\n|---|---:|\n| ours | 1 s |"

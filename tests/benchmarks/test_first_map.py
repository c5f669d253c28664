"""The medians of all times but the first are told; the steps to the first map are added up."""

import subprocess
from pathlib import Path

from benchmarks.first_map import ALL, ELEMENTS, FIRST_MAP, FIRST_PAGE, START, Times, rows, write_command


def measured(start: float) -> Times:
    seconds = {START: start, FIRST_PAGE: 2.0, FIRST_MAP: 3.0, ELEMENTS: 50.0}
    return Times(seconds, {step: took / 2 for step, took in seconds.items()}).total()


def test_the_steps_to_the_first_map_are_added_up_and_the_first_time_stands_apart():
    table = rows(measured(90.0), [measured(1.0), measured(2.0), measured(4.0)])
    assert table[1:3] == [[START, "2 s", "1 s", "90 s"], [FIRST_PAGE, "2 s", "1 s", "2 s"]]
    assert table[4:] == [[ALL, "7 s", "3.5 s", "95 s"], [ELEMENTS, "50 s", "25 s", "50 s"]]


def test_the_command_is_that_of_an_installation(tmp_path: Path):
    told = subprocess.run([write_command(tmp_path), "--version"], capture_output=True, text=True, check=True)
    assert told.stdout.startswith("maxrf4all ")

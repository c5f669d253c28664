"""The long trials of `make reliability` can be run: each is tried as briefly as it goes."""

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests import reliability


@pytest.mark.parametrize("program", [reliability.HUGE_UPLOAD, reliability.TWENTY_VISITORS])
def test_the_programs_of_the_longest_trials_exist(program: str):
    assert find_spec(program) is not None


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither SIGKILL nor a limit to the size of files")
@pytest.mark.parametrize("trial", [reliability.random_kills, reliability.full_disks, reliability.rescues])
def test_a_trial_gives_its_rows_of_the_table(trial, tmp_path: Path):
    rows = list(trial(tmp_path, kills=10 if trial is reliability.full_disks else 3, seconds=1))
    assert rows
    assert all(len(row) == 3 and all(row) for row in rows)
    assert reliability.as_table(rows).count("\n") == len(rows) + 1


def test_the_page_has_the_marks_between_which_the_table_goes():
    text = reliability.PAGE.read_text(encoding="utf-8")
    assert 0 < text.index(reliability.BEGIN) < text.index(reliability.END)

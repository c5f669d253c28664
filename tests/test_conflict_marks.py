"""No file still holds both sides of a merge."""

import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]


def test_no_file_holds_the_marks_of_an_unfinished_merge():
    if not (PROJECT / ".git").exists():
        pytest.skip("not a checkout of git, so its files are not known")
    marks = ["<" * 7 + " ", ">" * 7 + " "]  # not written out: this file is searched too
    patterns = [word for mark in marks for word in ("-e", f"^{mark}")]
    found = subprocess.run(
        ["git", "grep", "-I", "-l", *patterns], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert found.stderr == ""
    assert found.stdout == ""

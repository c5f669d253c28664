"""CONTRIBUTING.md sends its readers to files that exist and hold what is meant."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
TEXT = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
TASKS = re.findall(r"^\| ([A-Z][^|]+) \| `([^`]+)` \| `([^`]+)` \|$", TEXT, re.MULTILINE)


def test_ten_common_tasks_are_listed():
    assert len(TASKS) == 10


@pytest.mark.parametrize(("task", "file", "word"), TASKS, ids=[task for task, _, _ in TASKS])
def test_the_file_of_a_task_exists_and_holds_the_word_to_look_for(task: str, file: str, word: str):
    assert word in (PROJECT / file).read_text(encoding="utf-8")


def test_every_path_that_is_named_exists():
    named = set(re.findall(r"`((?:docs|maxrf_core|pages|server|tests|tools|widgets)/[\w./]*)`", TEXT))
    named -= {"maxrf_core/locale/nl/LC_MESSAGES/maxrf4all.po"}  # the example of a translation to come
    assert named
    assert [path for path in sorted(named) if not (PROJECT / path).exists()] == []

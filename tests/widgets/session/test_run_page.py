"""A page that cannot go on says why in one sentence, and no work is lost."""

import subprocess
import sys
from pathlib import Path

import pytest

from maxrf_core.errors import DatastackError
from tests.pages.conftest import start
from widgets.session import library
from widgets.session.choice import Choice

PROJECT = Path(__file__).resolve().parents[3]


def test_an_error_on_a_page_is_one_sentence_and_work_is_saved(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    def fail() -> list[str]:
        raise DatastackError("The data folder is *not* there; mount its disk.")

    monkeypatch.setattr(library, "datastacks", fail)
    app = start(choice=Choice("demo.datastack", pixels=[(3, 4)]))
    assert [each.value for each in app.error] == ["The data folder is \\*not\\* there; mount its disk\\."]
    [saved] = (data_folder / ".work").glob("*/*/*.json")
    assert "[3, 4]" in saved.read_text()


def test_the_choice_stands_in_the_address(data_folder: Path):
    app = start(choice=Choice("demo.datastack", lo=6.1, hi=6.7))
    assert app.query_params == {"stack": "demo.datastack", "lo": "6.1", "hi": "6.7"}


def test_a_setting_that_becomes_invalid_is_one_sentence_and_work_is_saved(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MAXRF_UPLOAD_TTL", "a week")  # as st.secrets does when its file is changed
    app = start(choice=Choice("demo.datastack", pixels=[(3, 4)]))
    [shown] = app.error
    assert shown.value.startswith("MAXRF\\_UPLOAD\\_TTL is 'a week'")
    [saved] = (data_folder / ".work").glob("*/*/*.json")
    assert "[3, 4]" in saved.read_text()


def test_what_an_open_scan_is_shown_with_loads_nothing_slow_that_its_first_map_does_not_need():
    program = """
import sys
from widgets.session.run_page import prepare_what_comes_next
prepare_what_comes_next()
print(*sys.modules)
"""
    command = [sys.executable, "-c", program]
    told = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout.split()
    assert {"widgets.parts.elements_part", "widgets.parts.bench_part"} <= set(told)
    assert not {"scipy", "dask", "matplotlib", "zarr"} & set(told)

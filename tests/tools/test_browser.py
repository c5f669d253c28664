"""A Chromium is taken only if it starts, and one from the system before Playwright's own."""

import os
from pathlib import Path

import pytest

from tools import browser

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the programs made here are shell scripts")


def program(folder: Path, name: str, status: int) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\nexit {status}\n")
    path.chmod(0o755)
    return path


def test_the_first_program_that_starts_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    program(tmp_path, "chromium", 1)  # as Ubuntu's stub that only names a snap
    works = program(tmp_path, "google-chrome", 0)
    assert browser.find_chromium() == works
    first = program(tmp_path, "chromium-browser", 0)
    assert browser.find_chromium() == first


def test_a_program_that_cannot_be_run_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    program(tmp_path, "chromium", 0).write_bytes(b"\x7fELF, but not really")
    works = program(tmp_path, "google-chrome", 0)
    assert browser.find_chromium() == works


def test_without_one_a_program_ends_and_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(browser, "find_chromium", lambda: None)
    with pytest.raises(SystemExit, match="apt install chromium"):
        browser.required_chromium()

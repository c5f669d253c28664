"""The rescue of a broken upload saves what is there, and leaves nothing behind if it fails."""

import os
from pathlib import Path

import pytest

from maxrf_core import DataStack
from maxrf_core.errors import DatastackError
from maxrf_core.untrusted.check import check_untrusted
from server.rescue_process import rescue_in_process


def test_what_was_rescued_gets_its_name_after_it_was_checked(
    tmp_path: Path, demo: Path, monkeypatch: pytest.MonkeyPatch
):
    broken, out = tmp_path / "cut.datastack", tmp_path / "cut_rescued.datastack"
    broken.write_bytes(demo.read_bytes()[:-1000])
    seen: list[bool] = []

    def check(path: Path) -> None:
        seen.append(out.exists())
        check_untrusted(path)

    monkeypatch.setattr("server.rescue_process.check_untrusted", check)
    assert rescue_in_process(broken, out)
    assert seen == [False]
    assert DataStack(out).shape == DataStack(demo).shape


def test_a_file_with_nothing_to_save_ends_in_a_sentence_and_leaves_nothing(tmp_path: Path):
    broken, out = tmp_path / "noise.datastack", tmp_path / "noise_rescued.datastack"
    broken.write_bytes(os.urandom(5000))
    with pytest.raises(DatastackError, match=r"noise\.datastack"):
        rescue_in_process(broken, out)
    assert list(tmp_path.iterdir()) == [broken]

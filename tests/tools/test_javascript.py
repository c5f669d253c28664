"""The scripts are checked by one version of eslint; without node this says so and does not fail."""

import json
import re
from pathlib import Path

import pytest

from tools import javascript

PROJECT = Path(__file__).resolve().parents[2]


def test_scripts_are_checked_by_one_version_of_eslint():
    wanted = json.loads((PROJECT / "package.json").read_text())["devDependencies"]["eslint"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", wanted)
    assert javascript.wanted_version("eslint") == wanted


def test_where_node_is_absent_the_check_says_so_and_does_not_fail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(javascript.shutil, "which", lambda _: None)
    assert javascript.main() == 0
    assert "JavaScript was not checked: node is not on this machine" in capsys.readouterr().out


def test_a_package_that_is_there_in_the_wanted_version_is_not_fetched_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(javascript, "PACKAGES", tmp_path)
    monkeypatch.setattr(javascript.shutil, "which", lambda _: None)
    assert javascript.fetched("axe-core") is None
    folder = tmp_path / "node_modules" / "axe-core"
    folder.mkdir(parents=True)
    for version, found in ((javascript.wanted_version("axe-core"), folder), ("1.0.0", None)):
        (folder / "package.json").write_text(json.dumps({"version": version}))
        assert javascript.fetched("axe-core") == found

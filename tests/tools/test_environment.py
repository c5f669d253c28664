"""The virtual environment is made where it is missing, and what fails is said in a sentence."""

import os
import subprocess
from pathlib import Path

import pytest

from tools import environment


def test_an_old_python_is_named_and_nothing_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(environment, "VERSION", (3, 9))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer, and .* is Python 3\.9"):
        environment.main(str(tmp_path / "venv"), "requirements.lock")
    assert list(tmp_path.iterdir()) == []


def test_an_environment_is_made_once_and_a_failed_installation_is_reported(tmp_path: Path):
    folder, none, wrong = tmp_path / "venv", tmp_path / "none.txt", tmp_path / "wrong.txt"
    none.write_text("# nothing\n")
    wrong.write_text(f"{tmp_path}/there-is-no-such-package\n")
    environment.main(str(folder), str(none))
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    assert subprocess.run([python, "-c", "import pip"], check=False).returncode == 0
    made = (folder / "pyvenv.cfg").stat().st_mtime_ns
    with pytest.raises(SystemExit, match=r"pip could not install .*wrong\.txt"):
        environment.main(str(folder), str(wrong))
    assert (folder / "pyvenv.cfg").stat().st_mtime_ns == made


@pytest.mark.skipif(os.name == "nt", reason="Windows has no apt-get")
def test_debian_packages_are_installed_by_root_only(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert not environment.may_use_apt()

"""What takes long to make is made once, whoever of a test run asks for it first."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.once import made_once

ASK = """
import pytest
from tests.once import made_once

@pytest.mark.parametrize("which", range(4))
def test_ask(tmp_path_factory, which):
    folder = made_once(tmp_path_factory, "shared", lambda empty: (empty / str(which)).write_text("made"))
    assert len(list(folder.iterdir())) == 1
    (tmp_path_factory.getbasetemp() / f"{which}").write_text(str(folder))
"""


def test_processes_of_one_run_share_what_one_of_them_made(tmp_path: Path):
    (tmp_path / "test_asking.py").write_text(ASK)
    base = tmp_path / "base"
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", f"--basetemp={base}", f"--rootdir={tmp_path}"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment["PYTHONPATH"] = str(Path(__file__).resolve().parents[1])
    ran = subprocess.run(
        [*command, "--import-mode=importlib", str(tmp_path)],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = {path.parent.name: path.read_text() for path in base.glob("popen-*/[0-3]")}
    assert set(told.values()) == {str(base / "made-once" / "shared")}


def test_what_could_not_be_made_is_tried_again(tmp_path_factory, tmp_path: Path):
    def stop(folder: Path) -> None:
        (folder / "half").write_text("half")
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        made_once(tmp_path_factory, tmp_path.name, stop)
    folder = made_once(tmp_path_factory, tmp_path.name, lambda empty: (empty / "whole").write_text(""))
    assert [path.name for path in folder.iterdir()] == ["whole"]

"""What the app's scripts compute, tested by node where it is installed."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
TESTS = sorted((PROJECT / "tests" / "js").glob("*.test.js"))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name.removesuffix(".test.js"))
def test_what_the_scripts_compute(path: Path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not on this machine, so the scripts' own tests were not run")
    run = subprocess.run([node, "--test", str(path)], cwd=PROJECT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(r"^# pass [1-9]|^ℹ pass [1-9]", run.stdout, re.MULTILINE), run.stdout


def test_every_import_of_a_script_is_a_file_that_is_there():
    for path in (PROJECT / "widgets").rglob("*.js"):
        for name in re.findall(r'(?:from|import) "([^"]+)"', path.read_text(encoding="utf-8")):
            assert (path.parent / name).is_file(), f"{path.relative_to(PROJECT)} imports {name}"

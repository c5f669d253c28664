"""A file is checked in a process that may crash, with little memory and no right to write."""

import subprocess
import sys

import pytest

from maxrf_core.errors import DatastackError
from maxrf_core.untrusted import check as untrusted
from maxrf_core.untrusted.check import check_untrusted
from maxrf_core.untrusted.child import MAX_SECONDS, seconds_for
from tests.maxrf_core.datastack.small_datastacks import our_kind  # noqa: F401

CHILDREN = {
    "a crash": ("import os; os.abort()", "breaks the programs"),
    "a kill": ("import os, signal; os.kill(os.getpid(), 9)", "breaks the programs"),
    "nonsense": ("print('nonsense')", "breaks the programs"),
    "an exit": ("raise SystemExit(3)", "breaks the programs"),
    "no memory": ('print(\'{"error": "memory"}\')', "fill the memory"),
    "a hang": ("import select; select.select([], [], [])", "takes too long"),
}


@pytest.mark.parametrize("what", CHILDREN)
def test_any_end_of_the_child_process_gives_a_one_sentence_error(ours, tmp_path, monkeypatch, what):
    code, reason = CHILDREN[what]
    child = tmp_path / "child.py"
    child.write_text(code)
    monkeypatch.setattr(untrusted, "_CHILD", child)
    with pytest.raises(DatastackError, match=reason):
        check_untrusted(ours, seconds=1 if what == "a hang" else 60)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory dependably")
@pytest.mark.parametrize("greed", ["bytearray(2 * 10**9)", "os.write(os.open('of-a-stranger', 65), b'x')"])
def test_the_child_gets_little_memory_and_writes_nothing(tmp_path, greed):
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[1]); import child\n"
        f"child._limit(child.MIN_MEMORY, 10)\ntry:\n  {greed}\nexcept (MemoryError, OSError): pass\n"
        "else: sys.exit(5)"
    )
    folder = untrusted._CHILD.parent
    done = subprocess.run([sys.executable, "-c", code, folder], cwd=tmp_path, check=False)
    assert done.returncode == 0


def test_a_larger_file_has_more_time_up_to_a_limit(tmp_path):
    path = tmp_path / "scan.datastack"
    times = []
    for size in (0, 10**9, 10**12):
        with open(path, "wb") as file:
            file.truncate(size)
        times.append(seconds_for(path))
    assert times[0] < times[1] < times[2] == MAX_SECONDS

"""The memory of a process and its children is counted while it is held."""

import mmap
import os
import subprocess
import sys

import numpy as np
import pytest

from benchmarks.process_memory import family_of, memory_of, watched

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it reads Linux's /proc")
SIZE = 60_000_000


def test_memory_that_was_held_during_a_step_is_counted():
    before = memory_of(os.getpid())[0]
    with watched(os.getpid()) as use:
        # New pages: an array may get what this process has freed
        pages = mmap.mmap(-1, SIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        held = np.frombuffer(pages, np.uint8)
        held[:] = 1
        now = memory_of(os.getpid())[0]
    assert now - before > 0.9 * SIZE
    assert use.anonymous >= now - SIZE // 10
    assert use.all_memory >= use.anonymous
    assert held.size == SIZE


def test_children_count_too():
    program = "import sys; sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE) as child:
        assert child.pid in family_of(os.getpid())
        assert memory_of(child.pid)[0] > 0
        child.communicate()

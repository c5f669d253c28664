"""Freed memory goes back to the system."""

import subprocess
import sys

import pytest

# Sixteen threads allocate at the same time; then glibc lists its pools.
PROGRAM = """
import ctypes, threading
from server.allocator import limit_freed_memory
{call}
libc = ctypes.CDLL(None, use_errno=True)
libc.malloc.restype = ctypes.c_void_p
meet = threading.Barrier(16)
def allocate():
    meet.wait()
    assert libc.malloc(1000)
    meet.wait()
threads = [threading.Thread(target=allocate) for _ in range(16)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc.fdopen.restype = ctypes.c_void_p
stream = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, stream)
libc.fflush(stream)
"""


def pools(call: str) -> int:
    command = [sys.executable, "-c", PROGRAM.format(call=call)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.count("<heap nr=")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have another C library")
def test_threads_share_two_pools_of_memory():
    if pools("pass") <= 2:
        pytest.skip("this C library keeps no pool for each thread")
    assert pools("limit_freed_memory()") <= 2


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch):
    from server.allocator import limit_freed_memory

    monkeypatch.setattr(sys, "platform", "darwin")
    limit_freed_memory()

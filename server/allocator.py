"""Settings of the memory allocator, so that freed memory goes back to the system.

The C library of most Linux systems keeps freed memory in a pool for each of many threads, and Streamlit runs
every page in its own thread. With twenty visitors the pools kept 300 MB of unused memory.
"""

import ctypes
import sys

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # as malloc.h of glibc numbers them
LARGE = 1 << 20  # bytes; what is larger goes back as soon as it is freed
POOLS = 2


def limit_freed_memory() -> None:
    """Limit the freed memory that glibc keeps; do nothing with another C library."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        for option, value in ((M_ARENA_MAX, POOLS), (M_MMAP_THRESHOLD, LARGE), (M_TRIM_THRESHOLD, LARGE)):
            mallopt(option, value)

"""How does memory that the app needed for a moment return to the system?

The C library of most Linux systems keeps what was freed, in a pool for each of many threads, and Streamlit
runs every page in a thread of its own. With twenty visitors the pools kept 300 MB that nobody used.
"""

import ctypes
import sys

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # as malloc.h of glibc numbers them
LARGE = 1 << 20  # bytes; what is larger goes back as soon as it is freed
POOLS = 2


def return_what_is_free() -> None:
    """Let the C library keep little; where it is another than glibc, nothing happens."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        for option, value in ((M_ARENA_MAX, POOLS), (M_MMAP_THRESHOLD, LARGE), (M_TRIM_THRESHOLD, LARGE)):
            mallopt(option, value)

"""Progress of long work: callbacks, which can also stop it, and the time left."""

import sys
import time
from collections.abc import Callable

from maxrf_core.language import _

Progress = Callable[[float, str], None]
"""Called with the fraction done, 0 to 1, and a description; any exception that it raises stops the work."""

BAR_WIDTH = 20  # characters


def silent(fraction: float, description: str) -> None:
    """Report nothing."""


def show_on_terminal(fraction: float, description: str) -> None:
    """Draw a progress bar if standard error is a terminal."""
    if sys.stderr.isatty():
        end = "\n" if fraction >= 1 else ""
        bar = "█" * round(BAR_WIDTH * fraction)
        print(
            f"\r{bar:·<{BAR_WIDTH}} {fraction:4.0%} {description:<60}", end=end, file=sys.stderr, flush=True
        )


class Pace:
    """Speed of work, and the time left.

    Parameters
    ----------
    size : float
        Total number of bytes.
    """

    def __init__(self, size: float) -> None:
        self._size = size
        self._begun = time.monotonic()

    def text(self, done: float) -> str:
        """Return speed and time left once `done` bytes are done, such as "210 MB/s, 2 min left"."""
        elapsed = time.monotonic() - self._begun
        if done <= 0 or elapsed < 1:  # too early for an estimate
            return ""
        left = duration(elapsed * max(0.0, self._size - done) / done)
        return _("{speed:.0f} MB/s, {duration} left").format(speed=done / elapsed / 1e6, duration=left)


def duration(seconds: float) -> str:
    """Return a time as text.

    Examples
    --------
    >>> duration(45.2), duration(400)
    ('45 s', '7 min')
    """
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"

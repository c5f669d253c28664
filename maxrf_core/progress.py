"""How does long work tell how far it is, and how is it stopped?"""

import sys
import time
from collections.abc import Callable

Progress = Callable[[float, str], None]
"""Takes the fraction done, 0 to 1, and what is being done; whatever it raises stops the work."""

BAR = 20  # characters


def silent(fraction: float, doing: str) -> None:
    """Report nothing."""


def show_on_terminal(fraction: float, what: str) -> None:
    """Draw a bar, if somebody watches the terminal."""
    if sys.stderr.isatty():
        end = "\n" if fraction >= 1 else ""
        bar = "█" * round(BAR * fraction)
        print(f"\r{bar:·<{BAR}} {fraction:4.0%} {what:<60}", end=end, file=sys.stderr, flush=True)


class Pace:
    """How fast work goes, and how long it will still take.

    Parameters
    ----------
    size : float
        Bytes in all.
    """

    def __init__(self, size: float) -> None:
        self._size = size
        self._begun = time.monotonic()

    def words(self, done: float) -> str:
        """Tell it for people, once `done` bytes are: "210 MB/s, 2 min left"."""
        elapsed = time.monotonic() - self._begun
        if done <= 0 or elapsed < 1:  # too early to tell
            return ""
        left = elapsed * max(0.0, self._size - done) / done
        duration = f"{left:.0f} s" if left < 90 else f"{left / 60:.0f} min"
        return f"{done / elapsed / 1e6:.0f} MB/s, {duration} left"

"""Memory and processor time of a process and its children while it works, from Linux's ``/proc``."""

import contextlib
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

INTERVAL = 0.05  # seconds between two looks; what is held for a shorter time may be missed
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Use:
    """What processes used during a step.

    Attributes
    ----------
    anonymous, all_memory : int
        Most bytes at a time. Anonymous memory is what programs allocate; all memory also counts the pages of
        files, those of large arrays in temporary files too, which the system can take back at any time. A
        page that several processes share counts once (PSS).
    cpu : float
        Seconds of processors.
    """

    anonymous: int = 0
    all_memory: int = 0
    cpu: float = 0.0


def family_of(pid: int) -> list[int]:
    """Return the numbers of a process and of its children, their children too."""
    found = [pid]
    for each in found:  # the list grows meanwhile
        for listed in Path(f"/proc/{each}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += [int(child) for child in listed.read_text().split()]
    return found


def memory_of(pid: int) -> tuple[int, int]:
    """Return the bytes of anonymous memory and of all memory that a process and its children hold."""
    anonymous = everything = 0
    for each in family_of(pid):
        with contextlib.suppress(OSError):  # it has just ended
            told = _kilobytes(Path(f"/proc/{each}/smaps_rollup").read_text())
            anonymous += told.get("Pss_Anon", told.get("Anonymous", 0))
            everything += told.get("Pss", 0)
    return 1024 * anonymous, 1024 * everything


def cpu_of(pid: int) -> float:
    """Return the processors' seconds that a process and its children have taken, ended children too."""
    ticks = 0
    for each in family_of(pid):
        with contextlib.suppress(OSError):
            told = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(int(number) for number in told[11 : 15 if each == pid else 13])
    return ticks / TICKS


@contextlib.contextmanager
def watched(pid: int) -> Iterator[Use]:
    """Note what a process and its children use until the block ends."""
    use, ended, before = Use(), threading.Event(), cpu_of(pid)

    def look() -> None:
        is_last = False
        while not is_last:
            is_last = ended.wait(INTERVAL)  # what is held at the end is looked at too
            anonymous, everything = memory_of(pid)
            use.anonymous = max(use.anonymous, anonymous)
            use.all_memory = max(use.all_memory, everything)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield use
    finally:
        ended.set()
        watcher.join()
        use.cpu = cpu_of(pid) - before


def _kilobytes(told: str) -> dict[str, int]:
    """Return the lines "name: number kB" of a file of ``/proc``."""
    lines = (line.partition(":") for line in told.splitlines()[1:])
    return {name: int(value.split()[0]) for name, _colon, value in lines if value.strip()}

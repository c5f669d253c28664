"""Rescue of a broken upload in a process of its own, as HDF5 may crash on it.

The result is checked like any upload before it gets its name.
"""

import os
import secrets
import subprocess
import sys
from pathlib import Path

from maxrf_core.errors import DatastackError
from maxrf_core.language import VARIABLE, _, current_locale
from maxrf_core.untrusted.check import check_untrusted
from server.settings import HERE

MEMORY = 4_000_000_000  # bytes
SECONDS = 3600.0


def rescue_in_process(broken: Path, out: Path) -> list[str]:
    """Write what a broken datastack still holds to a new one.

    Parameters
    ----------
    broken, out : Path
        The broken file, which is only read, and the one to make.

    Returns
    -------
    list of str
        One line for each array that says what was saved of it.

    Raises
    ------
    DatastackError
        If nothing can be saved; nothing is left then.
    """
    made = out.with_name(f".{out.name}.{secrets.token_hex(4)}.partial")  # as `atomic.remove_partials` tidies
    try:
        lines = _rescued(broken, made)
        check_untrusted(made)
        os.replace(made, out)
    except OSError as error:
        words = _("{name:.80} cannot be kept: {reason}.")
        raise DatastackError(words.format(name=out.name, reason=error.strerror)) from error
    finally:
        made.unlink(missing_ok=True)
    return lines


def _rescued(broken: Path, out: Path) -> list[str]:
    command = [sys.executable, "-m", "maxrf_core", "rescue", str(broken), "-o", str(out)]
    process = subprocess.Popen(
        command, cwd=HERE, env=os.environ | {VARIABLE: current_locale()}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        _limit(process.pid)
        try:
            told, complaint = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            told, complaint = "", ""
    if process.returncode == 0:
        return told.splitlines()[:-1]  # the last line tells paths
    for left in out.parent.glob(f".{out.name}.*.partial*"):
        left.unlink(missing_ok=True)
    own = complaint.strip().removeprefix("maxrf_core rescue: ") if process.returncode == 2 else ""
    words = _("Nothing can be saved from {name:.80}; use a copy made earlier.")
    raise DatastackError(own or words.format(name=broken.name))


def _limit(pid: int) -> None:
    """Limit the process's memory, if the system supports that."""
    try:
        import resource

        resource.prlimit(pid, resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, AttributeError, OSError):
        return

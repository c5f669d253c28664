"""Check of an uploaded file in a separate process, which may crash.

Started by `maxrf_core.untrusted.check` with a check and a path; prints one line of JSON: empty, or the error,
or the size and the shape of a small copy of a photograph, whose pixels follow.
"""

import importlib
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

MIN_MEMORY, PICTURE_MEMORY = 1_000_000_000, 1_500_000_000  # bytes in addition to the program itself
SECONDS, MAX_SECONDS = 10, 120  # of processor time, for a small file and for any file
BYTES_A_SECOND = 20_000_000  # of a file; arrays are unpacked ten times as fast
PICTURE_CHECK = "imaging.read:check_picture"
TIFF_CHECK = "untrusted.tiff:check_tiff"  # of a picture or a stack


def main(arguments: Sequence[str]) -> int:
    """Check one file and print the result as JSON."""
    check, path = arguments[0], Path(arguments[1])
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # an isolated Python has no folder of ours
    errors = importlib.import_module("maxrf_core.errors")
    answer: dict[str, Any] = {}
    pixels = b""
    try:
        looked = examine(path, check, limited=True)
        if looked is not None:
            answer, pixels = {"size": looked.size, "shape": looked.pixels.shape}, looked.pixels.tobytes()
    except errors.MaxrfError as error:
        answer = {"error": type(error).__name__, "sentence": str(error)}
    except MemoryError:
        answer = {"error": "memory"}
    print(json.dumps(answer), flush=True)
    sys.stdout.buffer.write(pixels)
    return 0


def examine(path: Path, check: str, limited: bool = False) -> Any:
    """Check a file of any kind in this process, which a crafted file may crash.

    Parameters
    ----------
    path : Path
    check : str
        As `maxrf_core.readers.Format.untrusted_check`.
    limited : bool
        Limit this process's memory and time after the imports. This cannot be undone.

    Returns
    -------
    maxrf_core.imaging.quick_look.QuickLook or None
        Of a large photograph.

    Raises
    ------
    MaxrfError
        If the file is refused.
    """
    module, function = check.split(":")
    look = getattr(importlib.import_module(f"maxrf_core.{module}"), function)
    if limited:
        _limit(PICTURE_MEMORY if check in (PICTURE_CHECK, TIFF_CHECK) else MIN_MEMORY, seconds_for(path))
    return look(path)


def seconds_for(path: Path) -> int:
    """Return the limit of processor time for a file: all arrays except the cube are read whole."""
    return min(MAX_SECONDS, SECONDS + os.path.getsize(path) // BYTES_A_SECOND)


def _limit(memory: int, seconds: int) -> None:
    """Limit this process's resources, if the system supports it (Linux; macOS in part; not Windows)."""
    try:
        import resource
    except ImportError:
        return
    limits = {"RLIMIT_CPU": seconds, "RLIMIT_FSIZE": 0, "RLIMIT_CORE": 0}
    try:
        with open("/proc/self/statm") as file:
            limits["RLIMIT_AS"] = int(file.read().split()[0]) * resource.getpagesize() + memory
    except OSError:
        pass
    for name, value in limits.items():
        try:
            resource.setrlimit(getattr(resource, name), (value, value))
        except (OSError, ValueError):  # stricter limits hold already
            continue


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

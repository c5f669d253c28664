"""Names of files as browsers send them, made harmless."""

import re
from pathlib import Path, PurePosixPath

from maxrf_core.names import MAX_NAME_LENGTH, RESERVED_NAMES, check_file_name


def safe_name(file_name: str) -> str:
    """Return a name from a browser as one that is valid in every system.

    Examples
    --------
    >>> safe_name("../../Susanna & the elders.DATASTACK")
    'Susanna _ the elders.datastack'
    """
    last = re.split(r"[/\\]", file_name)[-1]
    cleaned = PurePosixPath(re.sub(r"[^\w .()+-]", "_", last).strip(" ."))
    ending = cleaned.suffix.lower()[:20]
    stem = cleaned.stem.encode(errors="ignore")[: MAX_NAME_LENGTH - len(ending.encode())].decode(
        errors="ignore"
    )
    stem = stem.strip(" .") or "upload"
    if stem.partition(".")[0].upper() in RESERVED_NAMES:
        stem = f"upload {stem}"
    return check_file_name(stem + ending)


def free_number(folder: Path, names: list[str]) -> int:
    """Return the smallest number with which no file in a folder has one of these names, `numbered`."""
    number = 1
    while any((folder / numbered(name, number)).exists() for name in names):
        number += 1
    return number


def numbered(name: str, number: int) -> str:
    """Add a number to a file's name; the first one stays as it is.

    Examples
    --------
    >>> numbered("scan.datastack", 1), numbered("scan.datastack", 2)
    ('scan.datastack', 'scan_2.datastack')
    """
    if number == 1:
        return name
    path, added = PurePosixPath(name), f"_{number}"
    room = MAX_NAME_LENGTH - len((added + path.suffix).encode())
    stem = path.stem.encode(errors="ignore")[:room].decode(errors="ignore")
    return check_file_name(stem + added + path.suffix)

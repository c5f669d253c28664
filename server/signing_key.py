"""The key with which the server signs what browsers keep for it, across restarts."""

import os
import secrets
from contextlib import suppress
from functools import cache
from pathlib import Path

from itsdangerous import Signer

from server.settings import uploads_folder

NAME = ".key"
LENGTH = 32  # bytes


def signer(purpose: str) -> Signer:
    """Return a signer for one purpose; what it signs is of no use for another.

    Parameters
    ----------
    purpose : str
    """
    return Signer(_key(uploads_folder()), salt=purpose, key_derivation="hmac")


@cache
def _key(folder: Path) -> bytes:
    """Read the key, or make it; where it cannot be kept, one that holds until the server ends."""
    path, key = folder / NAME, secrets.token_bytes(LENGTH)
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = path.with_name(f"{NAME}.{secrets.token_hex(4)}")
        made.touch(mode=0o600)
        made.write_bytes(key)
        with suppress(FileExistsError):  # of an earlier start, or another process was faster
            os.link(made, path)
        made.unlink()
        kept = path.read_bytes()
        return kept if len(kept) == LENGTH else key
    return key

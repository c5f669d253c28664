"""What takes long to make, made once in a test run."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that the first process of a test run fills, and that all of them share.

    Parameters
    ----------
    factory : TempPathFactory
        The fixture ``tmp_path_factory``.
    name : str
        Name of the folder; whoever asks for the same name gets the same folder.
    make : callable
        Called with an empty folder to fill it. If it raises, the next one who asks tries again.

    Returns
    -------
    Path
        The folder. Tests that write take copies, since others read in it.
    """
    run = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        run = run.parent  # the folders of all workers are in it
    folder = run / "made-once" / name
    folder.parent.mkdir(exist_ok=True)
    with FileLock(folder.with_name(f"{name}.lock")):
        if not folder.exists():
            being_made = factory.mktemp(name)
            make(being_made)
            being_made.rename(folder)
    return folder

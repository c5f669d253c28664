"""A data folder at one place for many tests, each of which finds in it what it expects.

What was checked and computed of a scan then serves the next test too, and an app that runs can go on running.
"""

import os
import shutil
import sys
from pathlib import Path
from uuid import uuid4

State = tuple[int, int, int]


class DemoFolder:
    """A folder that holds copies of files; what a test has changed or added is not there for the next.

    Files that were only read stay the same files. On Windows, where open files cannot be moved, the folder is
    a new one each time.

    Parameters
    ----------
    parent : Path
        An empty folder, for the folder and what is moved out of it.

    Attributes
    ----------
    path : Path
        The folder.
    """

    def __init__(self, parent: Path) -> None:
        self._parent = parent
        self.path = parent / "data"
        self.path.mkdir()
        self._held = parent  # no copies of its files are there
        self._copies: dict[tuple[Path, str], tuple[Path, State]] = {}  # where they wait, and how they were

    def hold(self, source: Path) -> None:
        """Let the folder hold the files of another one, and nothing else."""
        if sys.platform == "win32":
            self.path = shutil.copytree(source, self._parent / uuid4().hex)
            return
        for each in self.path.iterdir():
            waiting, state = self._copies.get((self._held, each.name), (None, None))
            if waiting is None or state != _state(each):
                self._copies.pop((self._held, each.name), None)
                os.replace(each, self._parent / uuid4().hex)
            elif source != self._held:
                os.replace(each, waiting)
        self._held = source
        for file in source.iterdir():
            here = self.path / file.name
            if not here.exists():
                os.replace(self._copy(file), here)

    def _copy(self, file: Path) -> Path:
        """Return a copy of a file outside the folder: the one of before if it is still as it was."""
        waiting, _ = self._copies.get((file.parent, file.name), (None, None))
        if waiting is None or not waiting.exists():
            waiting = self._parent / uuid4().hex
            shutil.copy2(file, waiting)
            self._copies[file.parent, file.name] = waiting, _state(waiting)
        return waiting


def _state(file: Path) -> State:
    """Return what is another when a file was changed."""
    state = file.lstat()
    return state.st_ino, state.st_size, state.st_mtime_ns

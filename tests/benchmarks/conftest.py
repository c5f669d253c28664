"""Fixtures of the benchmarks' tests: one small cube, measured once in each module that needs it."""

import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from benchmarks.cubes import Density
from benchmarks.measure import Effort, Result, measure

FEW = Density("sparse", 40)


@pytest.fixture(scope="module", autouse=True)
def no_page_as_main_program() -> Iterator[None]:
    """Hide the main program that tests of pages leave behind: new processes would run it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "__main__", ModuleType("__main__"))
        yield


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    effort = Effort(rounds=1, patience=60, theirs_at=10**9)
    return measure("L", (70, 66, 256), FEW, tmp_path_factory.mktemp("bench"), effort, lambda what: None)

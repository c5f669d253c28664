"""What all tests share: the folder of real data, which is absent on a stranger's machine."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from maxrf_core.demo.make import make_demo

# Speed is measured in benchmarks/; a test never fails because the machine is busy.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def made_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the demo scan once, with its photograph and its points, in a folder of which tests take copies."""
    folder = tmp_path_factory.mktemp("demo")
    make_demo(folder / "demo.datastack")
    return folder


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """Give the path of a file in the shared folder, or skip the test where that folder is absent."""

    def path_of(name: str) -> Path:
        path = SHARED / name
        if not path.exists():
            pytest.skip(f"the test data {path} is not on this machine")
        return path

    return path_of

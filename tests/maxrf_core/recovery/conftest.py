"""Fixtures of the tests of recovery: datastacks of each kind."""

from pathlib import Path

import numpy as np
import pytest

from tests.maxrf_core.datastack.small_datastacks import KINDS
from tests.maxrf_core.recovery.broken_files import (
    content,
    full,
)


@pytest.fixture(params=KINDS)
def stack(request, tmp_path) -> Path:
    return full(request.param, tmp_path / "scan.datastack")


@pytest.fixture(scope="module", params=KINDS)
def sound(request, tmp_path_factory) -> tuple[bytes, dict[str, np.ndarray]]:
    """Return the bytes of a datastack of each kind, and its arrays."""
    path = full(request.param, tmp_path_factory.mktemp("sound") / "scan.datastack")
    return path.read_bytes(), content(path)

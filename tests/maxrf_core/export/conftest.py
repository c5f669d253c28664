"""Fixtures of exports: a small scan, made once."""

import pytest

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.scan_elements import ScanElements, scan_elements
from tests.maxrf_core.export.known_elements import known_scan


@pytest.fixture(scope="session")
def known(tmp_path_factory: pytest.TempPathFactory) -> tuple[DataStack, ScanElements]:
    """Return a scan that is only read, and its elements."""
    ds = known_scan(tmp_path_factory.mktemp("known"))
    return ds, scan_elements(ds)

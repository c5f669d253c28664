"""A small scan whose elements are known, in the app's data folder."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.readers import ArrayScan
from tests.demo_folder import DemoFolder
from tests.maxrf_core.elements.made_scan import CALIBRATION, made_counts
from tests.once import made_once
from tests.pages.conftest import come_to

NAME = "made.datastack"
PATIENCE = 120  # seconds; the elements are found at the first visit


def make_scan(path: Path, counts: np.ndarray | None = None) -> DataStack:
    """Write the scan, or one with other counts, with its tube stated."""
    ds = DataStack(
        convert(ArrayScan(made_counts() if counts is None else counts), path, calibration=CALIBRATION)
    )
    ds.set_tube({"tube_kV": 50.0, "tube_anode": "Rh"})
    return ds


@pytest.fixture
def examined_folder(tmp_path_factory: pytest.TempPathFactory, demo_folder: DemoFolder) -> Path:
    """Return a folder with the scan, whose elements are examined once unless a test changes it."""
    demo_folder.hold(made_once(tmp_path_factory, "examined", lambda folder: make_scan(folder / NAME)))
    return demo_folder.path


def open_made(page: str, **address: str) -> AppTest:
    """Open a page on the scan, which is in the app's data folder."""
    return come_to(page, {"stack": NAME, **address}, PATIENCE)

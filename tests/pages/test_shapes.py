"""Every page opens scans of every shape: single pixels, lines, few channels, very long ones."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core.conversion.convert import convert
from maxrf_core.readers import ArrayScan
from maxrf_core.spectrum.calibration import Calibration
from tests.pages.conftest import Open, choice_of, go_to

PAGES = ("maps", "spectra", "register", "compare", "contents", "open")
SHAPES = [
    (1, 1, 1),
    (1, 1, 2),
    (2, 1, 3),
    (1, 2, 4096),
    (3, 4, 7),
    (4, 3, 8),
    (120, 1, 20),
    (1, 120, 9),
    (1000, 10, 5),
    (3, 4000, 16),
    (6000, 50, 6),
    (20, 30, 64),
]


def make(folder: Path, shape: tuple[int, int, int], calibration: Calibration | None, kind: str) -> None:
    counts = np.random.default_rng(0).poisson(3, shape)
    counts[:, :, shape[2] // 2] += 20
    values = np.zeros(shape, np.uint8) if kind == "empty" else counts.astype(np.uint16)
    if kind == "missing":
        values = np.full(shape, np.nan)
    convert(ArrayScan(values), folder / "scan.datastack", calibration=calibration, overwrite=True)


def choose(app: AppTest, pixels: list, regions: list) -> None:
    choice_of(app).pixels, choice_of(app).regions = pixels, regions


def open_all(app: AppTest, pages: Sequence[str]) -> None:
    for page in pages:
        go_to(app, page)
        assert not app.exception, page
        assert not app.error, page


@pytest.mark.parametrize("calibration", [None, Calibration(0.02, -0.1)], ids=["channels", "keV"])
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "×".join(map(str, shape)))
def test_every_page_opens_a_scan_of_any_shape(
    open_page: Open, data_folder: Path, shape: tuple[int, int, int], calibration: Calibration | None
):
    make(data_folder, shape, calibration, "counts")
    app = open_page(PAGES[0], "scan.datastack")
    height, width, _ = shape
    choose(app, [(0, 0), (width - 1, height - 1)], [(0, 0, width - 1, height - 1)])
    open_all(app, PAGES)


@pytest.mark.parametrize("kind", ["empty", "missing"])
@pytest.mark.parametrize("shape", [(1, 1, 1), (5, 6, 40)], ids=lambda shape: "×".join(map(str, shape)))
def test_every_page_opens_a_scan_in_which_there_is_nothing(
    open_page: Open, data_folder: Path, shape: tuple[int, int, int], kind: str
):
    make(data_folder, shape, Calibration(0.02, -0.1), kind)
    app = open_page(PAGES[0], "scan.datastack")
    choose(app, [(0, 0)], [(0, 0, 0, 0)])
    open_all(app, PAGES)


def test_a_file_that_a_smaller_one_replaces_while_it_is_open_leaves_the_pages_usable(
    open_page: Open, data_folder: Path
):
    make(data_folder, (20, 30, 64), Calibration(0.02, -0.1), "counts")
    app = open_page("spectra", "scan.datastack")
    choose(app, [(2, 3), (29, 19)], [(1, 1, 2, 2), (5, 5, 29, 10)])
    app.run()
    make(data_folder, (10, 12, 40), Calibration(0.02, -0.1), "counts")
    app.run()
    assert not app.exception
    assert (choice_of(app).pixels, choice_of(app).regions) == ([(2, 3)], [(1, 1, 2, 2)])
    open_all(app, PAGES)


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 4, 7)], ids=lambda shape: "×".join(map(str, shape)))
def test_energies_can_be_set_for_a_few_channels(
    open_page: Open, data_folder: Path, shape: tuple[int, int, int]
):
    make(data_folder, shape, None, "counts")
    app = open_page("open", "scan.datastack")
    app.segmented_control(key="open-task").set_value("energies").run()
    assert not app.exception
    app.segmented_control(key="energies-way").set_value("typed").run()
    assert not app.exception

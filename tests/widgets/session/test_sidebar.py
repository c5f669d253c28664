"""The sidebar says which scan is open, how large it is, and what it lacks."""

from pathlib import Path

import numpy as np
import pytest

from maxrf_core.conversion.convert import convert
from maxrf_core.readers import ArrayScan
from tests.pages.conftest import choice_of, start


def test_the_open_scan_is_named_with_its_size(data_folder: Path):
    side = start("demo.datastack").sidebar
    assert [each.value for each in side.header] == ["demo"]
    [caption] = side.caption
    size = (data_folder / "demo.datastack").stat().st_size / 1e6
    assert caption.value.split("  \n") == ["280 × 300 pixels", "2048 channels", f"{size:.1f} MB on disk"]


def test_a_scan_without_energies_is_told_with_the_page_that_sets_them(data_folder: Path):
    convert(ArrayScan(np.ones((5, 6, 1), np.uint8)), data_folder / "a_b.datastack")
    side = start("a_b.datastack").sidebar
    assert [each.value for each in side.header] == ["a\\_b"]
    about, missing = side.caption
    assert "1 channel  \n" in about.value
    assert "Set them on the page *Open*" in missing.value


@pytest.mark.parametrize("content", [None, b"", b"no datastack"])
def test_a_scan_that_cannot_be_read_is_told_and_others_can_be_chosen(
    data_folder: Path, content: bytes | None
):
    if content is not None:
        (data_folder / "old.datastack").write_bytes(content)
    app = start("old.datastack")
    assert [each.value for each in app.sidebar.caption] == ["The scan that was open cannot be read."]
    assert "open-demo.datastack" in [button.key for button in app.button]


def test_without_a_scan_the_sidebar_is_the_menu_alone(data_folder: Path):
    app = start()
    assert choice_of(app).stack is None
    assert not app.sidebar.caption
    assert not app.sidebar.header

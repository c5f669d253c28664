"""Opening a scan leads to the page that shows what is in it."""

from pathlib import Path

import pytest

from maxrf_core.conversion.convert import convert
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.elements.made_scan import made_counts
from tests.pages.conftest import Open, choice_of
from tests.pages.elements_scan import make_scan


@pytest.fixture
def folder(data_folder: Path) -> Path:
    """Return a data folder with a scan that has energies, one that has none, and a damaged one."""
    make_scan(data_folder / "calibrated.datastack")
    convert(ArrayScan(made_counts()), data_folder / "plain.datastack")
    (data_folder / "damaged.datastack").write_bytes(b"")
    return data_folder


@pytest.mark.parametrize(
    ("name", "page"), [("calibrated", "Elements"), ("plain", "Maps"), ("damaged", "Maps")]
)
def test_a_scan_opens_on_its_elements_if_it_has_energies(open_page: Open, folder: Path, name: str, page: str):
    app = open_page("open", stack=None)
    app.button(key=f"open-{name}.datastack").click().run(timeout=120)
    assert not app.exception
    assert [title.value for title in app.title] == [page]
    assert choice_of(app).stack == f"{name}.datastack"
    assert len(app.error) == (name == "damaged")

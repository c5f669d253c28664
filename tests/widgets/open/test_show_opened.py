"""Opening a scan leads to the page that shows what is in it."""

from pathlib import Path

import pytest

from maxrf_core.conversion.convert import convert
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.elements.made_scan import made_counts
from tests.pages.conftest import Open, choice_of, labels
from tests.pages.elements_scan import make_scan


@pytest.fixture
def folder(data_folder: Path) -> Path:
    """Return a data folder with a scan that has energies, one that has none, and a damaged one."""
    make_scan(data_folder / "calibrated.datastack")
    convert(ArrayScan(made_counts()), data_folder / "plain.datastack")
    (data_folder / "damaged.datastack").write_bytes(b"")
    return data_folder


@pytest.mark.parametrize(
    ("name", "page", "part"),
    [("calibrated", "Look", "elements"), ("plain", "Open a scan", "bench"), ("damaged", "Look", "bands")],
)
def test_a_scan_opens_on_its_elements_or_on_its_energies_if_it_has_none(
    open_page: Open, folder: Path, name: str, page: str, part: str
):
    app = open_page("open", stack=None)
    app.button(key=f"open-{name}.datastack").click().run(timeout=120)
    assert not app.exception
    assert [title.value for title in app.title] == [page]
    assert choice_of(app).part == part
    assert choice_of(app).stack == f"{name}.datastack"
    assert len(app.error) == (name == "damaged")
    assert ("Yes, use these energies" in labels(app)) == (name == "plain")


def test_where_energies_cannot_be_set_the_maps_are_shown_in_channels(
    open_page: Open, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MAXRF_READ_ONLY", "1")
    app = open_page("open", stack=None)
    app.button(key="open-plain.datastack").click().run(timeout=120)
    assert app.segmented_control(key="look-part").value == "bands"

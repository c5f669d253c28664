"""Questions about elements and pigments are answered truly, also on scans without what is asked for."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core import DataStack, make_demo
from maxrf_core.demo.make import TRUTH
from tests.pages.conftest import choice_of, come_to, texts
from tests.pages.elements_scan import PATIENCE

SIZE = {"height": 150, "width": 140}
WITHOUT = {  # names of scans
    "whole": (),
    "no iron": ("Fe", "Pb", "Ti"),
    "no zinc": ("Zn", "As", "Ba", "Hg"),
}

TITANIUM = "Titanium is (there for sure|possible).*"
# Scan, question, what the answer begins with, element that is shown: another than the case before it shows
CASES = [
    ("whole", "where is iron", "Iron is there for sure", "Fe"),
    (
        "whole",
        "lead white or zinc white",
        "Lead white may be there: its lead is sure; zinc white may be there: its zinc is sure.",
        "Pb",
    ),
    (
        "whole",
        "titanium or barium",
        f"{TITANIUM}; barium is there for sure",
        "Ti",
    ),
    ("whole", "lead or arsenic", "Lead is there for sure.*; arsenic is there for sure", "Pb"),
    (
        "whole",
        "vermilion",
        "Vermilion may be there: its mercury and sulfur is sure.|Vermilion is possible",
        "Hg",
    ),
    ("whole", "Blei", "Lead is there for sure", "Pb"),
    ("whole", "Zinkweiß", "Zinc white may be there: its zinc is sure.", "Zn"),
    ("whole", "blanc de titane", "Titanium white (may be there|is possible)", "Ti"),
    ("no iron", "where is iron", "Iron is not found: nothing above noise.", "Fe"),
    (
        "no iron",
        "lead white or zinc white",
        "Lead white is not found: no lead above noise; zinc white may be there: its zinc is sure.",
        "Pb",
    ),
    ("no iron", "titanium or barium", "Titanium is not found: .*; barium is there for sure", "Ti"),
    ("no iron", "lead or arsenic", "Lead is not found: .*; arsenic is there for sure", "Pb"),
    ("no iron", "blanc de titane", "Titanium white is not found: no titanium above noise.", "Ti"),
    ("no iron", "Blei", "Lead is not found: nothing above noise.", "Pb"),
    (
        "no zinc",
        "lead white or zinc white",
        "Lead white may be there: its lead is sure; zinc white is not found: no zinc above noise.",
        "Pb",
    ),
    (
        "no zinc",
        "titanium or barium",
        f"{TITANIUM}; barium is not found",
        "Ti",
    ),
    ("no zinc", "lead or arsenic", "Lead is there for sure.*; arsenic is not found", "Pb"),
    ("no zinc", "vermilion", "Vermilion is not found: no mercury above noise.", "Hg"),
    ("no zinc", "Zinkweiß", "Zinc white is not found: no zinc above noise.", "Zn"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with demos that lack some elements, and the whole one."""
    made = tmp_path_factory.mktemp("questions")
    for name, without in WITHOUT.items():
        make_demo(made / f"{name}.datastack", **SIZE, without=without)
    return made


@pytest.fixture(scope="module")
def opened(folder: Path) -> Iterator[Callable[[str], AppTest]]:
    """Return a function that gives the app with the elements of a scan, opened once for all questions."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAXRF_DATA", str(folder))
        yield cache(lambda scan: come_to("elements", {"stack": f"{scan}.datastack"}, PATIENCE))


@pytest.mark.parametrize(("scan", "question", "answer", "shown"), CASES)
def test_the_answer_is_true(
    opened: Callable[[str], AppTest], scan: str, question: str, answer: str, shown: str
):
    app = opened(scan)
    app.text_input(key="elements-query").set_value(question).run()
    assert not app.exception
    [told] = [each.value.replace("\\", "") for each in app.info if each.icon == ":material/search:"]
    assert re.match(answer, told), told
    assert choice_of(app).element == shown
    assert f"({shown}): " in app.header[0].value
    assert ("Nothing above noise." in texts(app).replace("\\", "")) == (shown in WITHOUT[scan])


@pytest.mark.parametrize("scan", WITHOUT)
def test_the_maps_agree_with_the_truth(folder: Path, scan: str):
    ds = DataStack(folder / f"{scan}.datastack")
    truth = dict(zip(ds.attributes(TRUTH)["names"], ds.read(TRUTH).astype(float), strict=True))
    asked = [symbol for symbol in ("Fe", "Pb", "Zn", "Ti", "Ba", "As", "Hg") if symbol in truth]
    maps = ds.element_maps(asked, keep=False)
    for symbol in asked:
        net = maps.net[maps.index(symbol)]
        assert np.corrcoef(net.ravel(), truth[symbol].ravel())[0, 1] > 0.85, symbol
    if {"Pb", "As"} <= truth.keys():  # the lines coincide, and the map of arsenic does not show the lead
        only_lead = (truth["Pb"] > 60) & (truth["As"] < 1)
        arsenic = maps.net[maps.index("As")]
        assert abs(arsenic[only_lead].mean()) < 0.03 * truth["Pb"][only_lead].mean()

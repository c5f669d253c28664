"""The periodic table and the wall of maps say in words what they show by their look."""

from tests.maxrf_core.elements.made_scan import COUNTS
from tests.widgets.elements.made_examination import made_examination
from widgets.elements.overview import cell, residual_tile, tile
from widgets.elements.residual import Residual


def test_each_status_has_its_words():
    labels = {symbol: cell(symbol, made_examination()) for symbol in ("Fe", "As", "Rh", "Rn")}
    assert {symbol: each["status"] for symbol, each in labels.items()} == {
        "Fe": "sure",
        "As": "absent",
        "Rh": "tube",
        "Rn": "none",
    }
    assert labels["Fe"]["label"] == "Fe, iron: sure"
    assert labels["As"]["label"] == "As, arsenic: not found"
    assert labels["Rh"]["label"] == "Rh, rhodium: anode of the tube"
    assert labels["Rn"]["label"] == "Rn, radon: no line in this scan"


def test_the_wall_holds_all_that_is_there_with_its_strongest_counts():
    examination = made_examination()
    tiles = [tile(symbol, examination, "viridis") for symbol in examination.summaries]
    there = {family.partition("-")[0] for family in COUNTS}
    assert there <= {each["symbol"] for each in tiles}
    statuses = [each["status"] for each in tiles]
    assert statuses == sorted(statuses, key=("sure", "possible").index)
    for each in tiles:
        if each["symbol"] not in there:
            continue
        strongest = examination.map_of(each["symbol"])[0].max()
        assert each["note"] == f"up to {strongest:,.0f} net counts"
        assert each["image"].startswith("data:image/png")


def test_the_last_tile_is_what_no_element_explains():
    found = residual_tile(Residual.of(made_examination().maps.residual), "viridis")
    assert (found["symbol"], found["title"]) == ("residual", "Residual")
    assert found["note"].endswith("noise alone is 1")
    assert found["image"].startswith("data:image/png")

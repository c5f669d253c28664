"""The layers on the bench are compared as they look there, without a photograph too."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from maxrf_core import DataStack
from maxrf_core.imaging.layers import LayerLook
from tests.pages.conftest import choice_of, go_to, pictures, texts, viewer_data
from tests.pages.elements_scan import examined_folder, open_made
from widgets.look.bench_layers import layer_of, photo_keys
from widgets.look.compared_layers import viewer_layer
from widgets.session.scan import open_scan_of

__all__ = ["examined_folder"]


def test_two_maps_are_compared_without_a_photograph_and_the_bench_stays(
    examined_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MAXRF_DATA", str(examined_folder))
    app = open_made("look")
    looks = [
        LayerLook("Fe-K", high=30, colour="#ff8000"),
        LayerLook("band:6.2:6.6", high=3, colour="#0080ff", scale="equalised", opacity=0.5),
    ]
    choice_of(app).bench.show(looks)
    app.run()
    assert not app.button(key="look-compare").disabled
    go_to(app, "compare")
    [pane] = viewer_data(app)[0]["panes"]
    assert pane["chips"] == ["6.2–6.6 keV", "Fe"]
    assert (pane["over"], pane["base"]) == ("band:6.2:6.6", "Fe-K")
    assert pane["legend"]["limits"] == ["0", "30"]
    assert all(pictures(app)[f"{look.key}-whole"] for look in looks)
    app.segmented_control(key="compare-layers-way").set_value("beside").run()
    assert [each["title"] for each in viewer_data(app)[0]["panes"]] == ["6.2–6.6 keV", "Fe"]

    # Edges and Difference, too; the latter says what it means
    app.segmented_control(key="compare-layers-way").set_value("edges").run()
    assert viewer_data(app)[0]["panes"][0]["title"] == "Edges of 6.2–6.6 keV on Fe"
    assert pictures(app)["edges-whole"]
    app.segmented_control(key="compare-layers-way").set_value("difference").run()
    [pane] = viewer_data(app)[0]["panes"]
    assert pane["title"] == "6.2–6.6 keV less Fe, each by its contrast"
    assert pictures(app)["difference-whole"]
    assert "this is no difference of counts or amounts" in texts(app)
    go_to(app, "look")
    assert choice_of(app).bench.looks == looks


def test_a_hidden_layer_takes_no_part(examined_folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MAXRF_DATA", str(examined_folder))
    app = open_made("look")
    looks = [LayerLook(key, high=30, colour="#ff8000") for key in ("Fe-K", "Ca-K", "Cu-K")]
    looks[2] = replace(looks[2], visible=False)
    choice_of(app).bench.show(looks)
    app.run()
    assert not app.button(key="look-compare").disabled
    go_to(app, "compare")
    assert app.selectbox(key="compare-above").options == ["Ca", "Fe"]
    assert "hidden on the bench take no part" in texts(app)
    app.segmented_control(key="compare-layers-way").set_value("beside").run()
    assert [each["title"] for each in viewer_data(app)[0]["panes"]] == ["Ca", "Fe"]
    go_to(app, "look")
    looks[1] = replace(looks[1], visible=False)
    choice_of(app).bench.show(looks)
    app.run()
    assert app.button(key="look-compare").disabled


def test_a_photograph_has_the_opacity_that_it_has_on_the_bench(ds: DataStack):
    scan = open_scan_of("demo.datastack")
    layer = layer_of(scan, None, photo_keys(scan)[0])
    assert layer is not None
    full, half = (viewer_layer(scan, layer, LayerLook(layer.key, opacity=opacity)) for opacity in (1.0, 0.5))
    assert full.look != half.look
    brightness = [np.asarray(each.draw(each.whole), float).mean() for each in (full, half)]
    assert brightness[1] == pytest.approx(brightness[0] / 2, rel=0.02)

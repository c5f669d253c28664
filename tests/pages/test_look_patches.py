"""Patches on the page Look: drawn, listed, compared, kept in the scan and undone."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core import DataStack
from maxrf_core.patches.patch import Patch
from tests.maxrf_core.elements.made_scan import COUNTS, SHAPE, truth
from tests.pages.conftest import choice_of, press, texts
from tests.pages.elements_scan import NAME, examined_folder, open_made
from tests.shown_charts import curves_in, figure_of

__all__ = ["examined_folder"]

IRON = truth()[list(COUNTS).index("Fe-K")] > 0


@pytest.fixture
def app(examined_folder: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the page with its patches beside the picture, on a copy of the scan."""
    monkeypatch.setenv("MAXRF_DATA", str(examined_folder))
    app = open_made("look")
    app.segmented_control(key="look-side-shown").set_value("patches").run()
    assert not app.exception
    return app


def saved_sittings(folder: Path) -> list[Path]:
    """Return the files of work that a killed server would leave to go on with."""
    return list(folder.glob(".work/*/*/*.json"))


def test_two_patches_are_compared_as_soon_as_they_are_there_and_kept_and_undone(
    app: AppTest, examined_folder: Path
):
    with_iron = Patch("iron", "#e69f00", IRON)
    choice_of(app).patches = (with_iron, Patch("none", "#56b4e9", ~IRON))
    app.run()
    assert not app.exception
    told = texts(app)
    assert "no Fe that is seen" in told
    assert f"{with_iron.pixels} pixels" in told
    table = app.dataframe[0].value
    iron = table[table["Element"] == "Fe-K"].iloc[0]
    assert iron["Differs"] == "clearly"
    mean = float(iron["iron, per pixel"].split(" ± ")[0])
    assert mean == pytest.approx(COUNTS["Fe-K"], rel=0.05)
    assert set(curves_in(figure_of(app, "look-spectrum"))) == {"iron", "none"}

    app.segmented_control(key="look-patch-curves").set_value("difference").run()
    assert set(curves_in(figure_of(app, "look-spectrum"))) == {"none less iron"}

    assert saved_sittings(examined_folder)
    app.button(key="look-patches-keep").click().run()
    app.run()
    assert not saved_sittings(examined_folder)  # nothing is left that could be lost
    kept = DataStack(examined_folder / NAME).patches()
    assert [patch.name for patch in kept] == ["iron", "none"]
    assert np.array_equal(kept[0].mask, IRON)

    app.button(key="look-patch-delete-none").click().run()
    assert saved_sittings(examined_folder)
    assert [patch.name for patch in choice_of(app).patches] == ["iron"]
    app.button(key="look-undo").click().run()
    assert [patch.name for patch in choice_of(app).patches] == ["iron", "none"]
    app.text_input(key="look-patch-name-none").set_value("ground").run()
    assert [patch.name for patch in choice_of(app).patches] == ["iron", "ground"]
    app.text_input(key="look-patch-name-ground").set_value("iron").run()  # there is one already
    assert [patch.name for patch in choice_of(app).patches] == ["iron", "ground"]
    app.button(key="look-patch-eye-ground").click().run()
    assert not app.exception
    assert "Two patches or more" in texts(app)


def test_a_rectangle_is_made_of_typed_corners(app: AppTest):
    app.number_input(key="look-patch-x0").set_value(3)
    press(app, "Make the patch")
    assert not choice_of(app).patches  # three numbers are missing
    for name, value in {"x0": 3, "y0": 2, "x1": 1, "y1": 4}.items():
        app.number_input(key=f"look-patch-{name}").set_value(value)
    press(app, "Make the patch")
    [patch] = choice_of(app).patches
    rows, columns = np.nonzero(patch.mask)
    assert (columns.min(), columns.max(), rows.min(), rows.max()) == (1, 3, 2, 4)
    assert len(rows) == 9


def test_all_above_the_lower_limits_of_the_layers_is_a_patch(app: AppTest):
    now = choice_of(app)
    layer = now.bench.keys[0]
    now.bench.looks = [now.bench.looks[0].__class__(layer, low=COUNTS[layer] / 2, high=COUNTS[layer])]
    app.segmented_control(key="look-patch-tool").set_value("alike").run()
    app.button(key="look-patch-above").click().run()
    assert not app.exception
    [patch] = choice_of(app).patches
    expected = truth()[list(COUNTS).index(layer)] > 0
    assert patch.mask.shape == SHAPE
    assert np.mean(patch.mask == expected) > 0.98

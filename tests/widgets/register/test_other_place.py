"""Two places at which a photograph fits are drawn, one can be taken, and the stored record says so."""

import json
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core import DataStack, convert
from maxrf_core.imaging.write import write_picture
from maxrf_core.readers import open_maps
from maxrf_core.transform.homography import Homography, homography
from tests.maxrf_core.autoalign.repeating_drawing import STEP, repeating
from tests.maxrf_core.autoalign.seen_drawing import rough_clicks
from tests.pages.conftest import choice_of, come_to, press, texts


@pytest.fixture
def on_repeats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[AppTest, Homography]:
    """Return the page Register with a photograph and a map of a motif that repeats, and the truth."""
    photo, map_, truth = repeating()
    write_picture(tmp_path / "weave_Fe.tif", map_.astype(np.float32))
    convert(open_maps(tmp_path / "weave_Fe.tif"), tmp_path / "weave.datastack")
    write_picture(tmp_path / "photo.png", photo.astype(np.uint8))
    monkeypatch.setenv("MAXRF_DATA", str(tmp_path))
    app = come_to("register", {"stack": "weave.datastack"}, patience=120)
    choice_of(app).photo = str(tmp_path / "photo.png")
    app.run()
    return app, truth


def is_disabled(app: AppTest, letter: str) -> bool:
    return app.button(key=f"take-place-{letter}").disabled


def steps_off(app: AppTest, truth: Homography) -> np.ndarray:
    """Return by how many repeats the points are off: whole numbers at any place that fits."""
    src, dst = map(np.array, choice_of(app).pairs.placed())
    return (dst - truth.apply(src)).mean(axis=0) / STEP


def test_the_other_place_of_a_proposal_is_taken_and_stored_as_chosen(on_repeats: tuple[AppTest, Homography]):
    app, truth = on_repeats
    press(app, "Propose four points")
    assert "B**, dashed line: the photograph fits equally well" in texts(app)
    assert is_disabled(app, "A")
    first = steps_off(app, truth)
    press(app, "Put the points at B")
    second = steps_off(app, truth)
    assert is_disabled(app, "B")
    for found in (first, second):
        np.testing.assert_allclose(found, found.round(), atol=0.05)
    assert np.abs(first - second).max() > 0.9
    assert "You have chosen B" in texts(app)
    dst = np.array(choice_of(app).pairs.placed()[1])
    assert (dst > 0).all()  # the points of the other place lie on the map, where they can be checked
    press(app, "Save to the scan")
    stack = DataStack(Path(str(choice_of(app).photo)).with_name("weave.datastack"))
    record = json.loads(stack.attributes("imvis_points")["refinement"])["proposed"]
    assert record["sure"] is False
    assert record["chosen_by_user"]["place"] == "rival"
    press(app, "Undo")
    np.testing.assert_allclose(steps_off(app, truth), first)
    assert is_disabled(app, "A")


def test_refine_draws_both_places_and_moves_the_points_only_as_chosen(
    on_repeats: tuple[AppTest, Homography],
):
    app, truth = on_repeats
    src, dst = rough_clicks(truth, 5)
    pairs = choice_of(app).pairs
    pairs.set_pairs(src, np.add(dst, (STEP[0] / 2, 0)))
    app.run()
    app.number_input(key="refine-error").set_value(25.0).run()
    before = pairs.placed()
    press(app, "Refine")
    assert choice_of(app).pairs.placed() == before
    assert "The points are" in texts(app)
    assert not is_disabled(app, "A")
    press(app, "Put the points at A")
    src, dst = map(np.array, choice_of(app).pairs.placed())
    assert np.abs(steps_off(app, truth) - steps_off(app, truth).round()).max() < 0.05
    assert np.linalg.cond(homography(src, dst).matrix) < 1e9
    choice_of(app).pairs.move("dst", 0, tuple(dst[0] + 3))
    app.run()
    assert "dashed line" not in texts(app)  # the points are the visitor's again

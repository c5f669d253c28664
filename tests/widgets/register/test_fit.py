"""The fit says which pairs are wrong, in which order they lie, and how the photograph is deformed."""

import json
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core import DataStack
from maxrf_core.registration.register import homography
from tests.pages.conftest import Open, choice_of, labels, press, set_demo_points, texts
from tests.shown_charts import figure_of
from widgets.register.fit import MAX_ARROW, fit_points, residual_arrows


def test_points_that_fold_the_picture_are_told_and_nothing_is_offered(open_page: Open, data_folder: Path):
    app = open_page("register")
    set_demo_points(app, data_folder)
    pairs = choice_of(app).pairs
    pairs.replace(dst=[pairs.dst[1], pairs.dst[0], *pairs.dst[2:]])
    app.run()
    assert not app.exception
    assert len(app.warning) == 1
    assert "Save to the scan" not in labels(app)
    press(app, "Put the points in order")
    assert "Save to the scan" in labels(app)


def test_more_pairs_tell_which_one_is_wrong(open_page: Open, data_folder: Path):
    app = open_page("register")
    set_demo_points(app, data_folder)
    points = json.loads((data_folder / "demo_points.json").read_text())
    exact = homography(points["src_points"], points["dst_points"])
    src = [(x, y) for y in (200, 500, 800) for x in (200, 500, 800)]
    dst = exact.apply(src) + np.sin(np.arange(18).reshape(9, 2)) / 5
    dst[4] += (0, 9)
    choice_of(app).pairs.set_pairs(src, dst.tolist())
    app.run()
    assert not app.exception
    assert "Pair 5 is probably set wrongly" in texts(app)
    app.toggle(key="fit-robust").set_value(True).run()
    assert not app.exception
    assert "Left out, as they do not agree with the others: 5" in texts(app)
    press(app, "Save to the scan")
    assert DataStack(data_folder / "demo.datastack").read("imvis_points").shape == (8, 2, 2)


@pytest.mark.parametrize("model", ["affine", "similarity", "thin-plate-spline", "piecewise-affine"])
def test_another_kind_of_transform_is_fitted_and_kept(open_page: Open, data_folder: Path, model: str):
    app = open_page("register")
    set_demo_points(app, data_folder)
    app.run()
    app.selectbox(key="fit-model").select(model).run()
    assert not app.exception
    app.selectbox(key="keep-kind").select("imir").run()
    press(app, "Save to the scan")
    ds = DataStack(data_folder / "demo.datastack")
    assert ds.attributes("imir_points")["model"] == model


def lines_of_the_preview(app: AppTest) -> list[dict]:
    traces = figure_of(app, "register-preview")["data"]
    return [trace for trace in traces if trace.get("mode") == "lines"]


def test_the_grid_is_there_on_request_only(open_page: Open, data_folder: Path):
    app = open_page("register")
    set_demo_points(app, data_folder)
    app.run()
    press(app, "Show the overlay")
    assert not lines_of_the_preview(app)
    next(each for each in app.toggle if each.label == "Grid").set_value(True).run()
    assert not app.exception
    assert len(lines_of_the_preview(app)) == 2  # dark, and light upon it


def test_arrows_are_long_enough_to_be_seen_and_say_by_how_much_they_are_enlarged():
    src = tuple((float(x), float(y)) for y in (20, 150, 280) for x in (20, 140, 260))
    off = np.sin(np.arange(18.0).reshape(9, 2)) / 10
    dst = tuple((x + dx, y + dy) for (x, y), (dx, dy) in zip(src, off.tolist(), strict=True))
    fit = fit_points(src, dst, [0, 1, 2, 3, 5, 6, 7, 8, 9], (300, 280))
    arrows, times = residual_arrows(fit, 10, 280)
    assert np.isnan(arrows[4]).all()  # the pair that is not set
    drawn = np.delete(arrows, 4, axis=0)
    np.testing.assert_allclose(drawn, fit.quality.vectors * times)
    longest = np.hypot(*drawn.T).max()
    assert 0.3 * MAX_ARROW * 280 < longest <= MAX_ARROW * 280


def test_there_are_no_arrows_where_all_points_fit():
    src = ((0.0, 0.0), (200.0, 0.0), (200.0, 200.0), (0.0, 200.0))
    assert residual_arrows(fit_points(src, src, [0, 1, 2, 3], (300, 280)), 4, 280) is None

"""A region of the scatter plot of two maps becomes a patch of the picture."""

import numpy as np

from tests.maxrf_core.elements.made_scan import COUNTS, truth
from tests.pages.conftest import choice_of
from tests.pages.elements_scan import examined_folder
from tests.pages.test_look_patches import app
from tests.shown_charts import figure_of
from widgets.charts import component, joint_chart

__all__ = ["app", "examined_folder"]


def test_what_is_drawn_around_points_becomes_a_patch(app, monkeypatch):
    drawn = {}
    show = component.show_chart
    monkeypatch.setattr(
        joint_chart,
        "show_chart",
        lambda *shown, **others: (drawn.update(acts=shown[3]), show(*shown, **others)),
    )
    app.segmented_control(key="look-side-shown").set_value("together").run()
    app.selectbox(key="look-two-maps-x").set_value("Fe-K").run()
    app.selectbox(key="look-two-maps-y").set_value("Pb-L").run()
    assert not app.exception
    assert figure_of(app, "look-two-maps")["layout"]["dragmode"] == "lasso"
    low, high = COUNTS["Fe-K"] / 2, 10 * COUNTS["Fe-K"]
    drawn["acts"].box(low, high, -1e4, 1e4)
    app.run()
    assert not app.exception
    [patch] = choice_of(app).patches
    iron = truth()[list(COUNTS).index("Fe-K")] > 0
    assert np.mean(patch.mask == iron) > 0.98

"""A group becomes a patch under its elements, with one click; the correlations stand above."""

from tests.maxrf_core.elements.made_scan import COUNTS, SHAPE
from tests.pages.conftest import choice_of, texts
from tests.pages.elements_scan import examined_folder
from tests.pages.test_look_patches import app

__all__ = ["app", "examined_folder"]


def test_the_scan_is_divided_and_a_group_becomes_a_patch(app):
    app.segmented_control(key="look-side-shown").set_value("together").run()
    assert not app.exception
    elements = {family.partition("-")[0] for family in COUNTS}
    assert elements <= set(app.dataframe[0].value.columns)
    app.selectbox(key="look-group-count").set_value(3).run()
    app.button(key="look-groups-find").click().run(timeout=120)
    assert not app.exception
    assert "called after the elements" in texts(app)
    app.button(key="look-group-0").click().run()
    app.button(key="look-group-0").click().run()  # once more: under another name
    first, again = choice_of(app).patches
    assert set(first.name.split(", ")) <= elements
    assert again.name == f"{first.name} 2"
    assert 0 < first.pixels < SHAPE[0] * SHAPE[1]

"""Markers leave the point itself visible, whatever its place."""

from tests.pages.conftest import Open, choice_of


def test_a_typed_point_far_away_is_taken_calmly(open_page: Open):
    app = open_page("register")
    choice_of(app).pairs.edit({("src", 0, 0): 1e300, ("src", 0, 1): -1e9})
    app.run()
    assert not app.exception

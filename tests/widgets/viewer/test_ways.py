"""Every way to compare has a title of its own and says what to do."""

from widgets.viewer.ways import DIFFERENCE, WAYS


def test_every_way_has_a_name_and_says_what_to_do():
    assert len({way.title for way in WAYS.values()}) == len(WAYS)
    assert all(way.hint.endswith(".") for name, way in WAYS.items() if name != DIFFERENCE)

"""The inspector shows the pair that was set last, in both pictures."""

from streamlit.testing.v1 import AppTest

from widgets.session.point_pairs import PointPairs


def inspector_of(pairs: PointPairs) -> AppTest:
    def page(pairs):
        import numpy as np

        from widgets.register.inspector import inspector
        from widgets.register.point_picker import of_photo
        from widgets.session.choice import Look

        def picture():
            return of_photo(np.zeros((80, 100, 3), np.uint8))

        inspector({"src": (picture, Look()), "dst": (picture, Look())}, pairs, pairs.revision)

    app = AppTest.from_function(page, args=(pairs,)).run()
    assert not app.exception
    return app


def test_both_magnifiers_show_the_point_that_was_set_last():
    pairs = PointPairs()
    pairs.replace([(50.0, 40.0), (7.0, 8.0), None, None], [(20.0, 30.0), None, None, None])
    pairs.move("src", 0, (51.0, 40.0))
    captions = [each.value for each in inspector_of(pairs).caption]
    assert captions == ["x 51.00, y 40.00", "x 20.00, y 30.00"]


def test_choosing_a_point_changes_both_and_says_where_it_is_not_set():
    pairs = PointPairs()
    pairs.replace([(50.0, 40.0), (7.0, 8.0), None, None], [(20.0, 30.0), None, None, None])
    app = inspector_of(pairs)
    app.segmented_control(key="magnifier-point-dst").set_value(1).run()
    assert [each.value for each in app.caption] == [
        "x 7.00, y 8.00",
        "Point 2 is not set in the map yet.",
    ]


def test_without_a_point_it_says_what_will_be_there():
    [caption] = inspector_of(PointPairs()).caption
    assert "A point that is set" in caption.value

"""A component of ours brings its script by an address, and the style sheet beside it."""

from streamlit.testing.v1 import AppTest

from server.assets import asset_url


def page() -> None:
    from widgets.session.own_component import own_component

    own_component("with_style", "viewer/viewer.js")(key="with-style", data={"number": 1})
    own_component("without_style", "session/decimal_comma.js")(key="without-style")


def test_script_and_style_of_a_component_are_those_of_its_name():
    app = AppTest.from_function(page).run()
    assert not app.exception
    styled, plain = (each.proto for each in app.get("bidi_component"))
    assert asset_url("viewer/viewer.js") in styled.js_content
    assert ".maxrf-views" in styled.css_content
    assert asset_url("session/decimal_comma.js") in plain.js_content
    assert not plain.css_content
    assert not styled.isolate_styles

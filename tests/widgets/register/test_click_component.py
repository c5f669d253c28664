"""A picture to click in reaches the browser as it is, or as a small JPEG, in a page that waits for it."""

import base64
import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from widgets.register.click_component import PAGE


def sent(kind: str, stretch: bool, **options: int) -> tuple[dict[str, Any], np.ndarray, np.ndarray]:
    """Show a picture; return what the page in the browser gets, the pixels in it, and the true ones."""

    def page(kind, stretch, options):
        import numpy as np
        import streamlit as st

        from widgets.register.click_component import clickable_picture

        pixels = np.zeros((40, 60, 3), np.uint8)
        pixels[10:30, 20:50] = 250, 120, 10
        st.session_state["true"] = pixels
        clickable_picture("it", pixels, stretch=stretch, kind=kind, on_click=lambda: None, **options)

    app = AppTest.from_function(page, args=(kind, stretch, options)).run()
    assert not app.exception
    [component] = app.get("component_instance")
    data = json.loads(component.proto.json_args)
    head, _, content = data["src"].partition(",")
    assert head == f"data:image/{kind.lower()};base64"
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(content))))
    return data, shown, app.session_state["true"]


def test_enlarged_pixels_are_sent_exactly():
    _, shown, true = sent("PNG", stretch=False)
    np.testing.assert_array_equal(shown, true)


def test_a_jpeg_is_of_the_quality_that_is_asked_for():
    off = {}
    for quality in (10, 95):
        data, shown, true = sent("JPEG", stretch=True, quality=quality)
        off[quality] = np.abs(shown.astype(int) - true).mean(), len(data["src"])
    assert off[95][0] < off[10][0]
    assert off[95][1] > off[10][1]


@pytest.mark.parametrize(("stretch", "width"), [(True, "stretch"), (False, "content")])
def test_a_picture_is_as_wide_as_its_column_on_request_only(stretch: bool, width: str):
    assert sent("PNG", stretch)[0]["width"] == width


def test_the_page_of_the_component_is_there_and_asks_no_other_computer():
    text = PAGE.read_text(encoding="utf-8")
    assert "image" in text
    assert "http://" not in text
    assert "https://" not in text

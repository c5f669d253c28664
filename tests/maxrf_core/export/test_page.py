"""Pages escape every text that is not HTML of ours."""

import base64
import io

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from maxrf_core.export.page import Markup, document, element, facts, jpeg_address, table


@given(st.text())
def test_no_text_becomes_an_element(text: str):
    made = element("p", text, title=text)
    assert made.count("<") == 2
    assert not set(made) & {"\0", "\x1b"}


def test_what_is_not_known_is_left_out_and_tables_name_their_rows():
    assert facts([("Step", ""), ("Tube", None)]) == ""
    made = table(["a"], [["<b>", 1]])
    assert '<th scope="row">&lt;b&gt;</th><td>1</td>' in made
    assert isinstance(made, Markup)


def test_what_is_clear_becomes_white():
    data = jpeg_address(np.zeros((8, 8, 4), np.uint8)).partition(",")[2]
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))
    assert pixels.min() > 250


def test_a_document_prints():
    assert "@media print" in document("a", "b")

"""Each format of a transform has its button, and a word where it does not hold the transform exactly."""

import numpy as np
from streamlit.testing.v1 import AppTest

from maxrf_core.registration.exchange.write import TRANSFORM_KINDS
from maxrf_core.registration.photo_transform import PhotoTransform
from widgets.register.transform_files import notes_on_formats

CORNERS = np.array([[0.0, 0], [80, 0], [80, 60], [0, 60]])
PERSPECTIVE = CORNERS / 4 + [[0, 0], [0, 0], [2, 1], [0, 0]]


def placed(dst: np.ndarray, model: str) -> PhotoTransform:
    return PhotoTransform.of_points(CORNERS, dst, model, (61, 81), (16, 21))


def page() -> None:
    from dataclasses import replace

    from tests.widgets.register.test_transform_files import CORNERS, placed
    from widgets.register.transform_files import offer_transform_files

    def complete(transform):
        return replace(transform, attributes={"photo_sha256": "0123456789abcdef"})

    offer_transform_files(placed(CORNERS / 4, "affine"), "a_on_b", "save", complete)


def test_a_button_makes_the_file_of_its_format_only_when_it_is_taken():
    app = AppTest.from_function(page).run()
    assert not app.exception
    files = app.session_state["offered-files"].files
    assert set(files) == {f"save-{kind}" for kind in TRANSFORM_KINDS}
    assert all(file.name.startswith("a_on_b_") for file in files.values())
    assert b"0123456789abcdef" in files["save-json"].make()
    assert b"AffineTransform" in files["save-itk"].make()


def test_only_formats_that_lack_something_are_commented_on():
    exact = notes_on_formats("affine", placed(CORNERS / 4, "affine"))
    assert set(exact) == {"IIIF"}  # which always needs an address
    bent = notes_on_formats("homography", placed(PERSPECTIVE, "homography"))
    assert "off by up to" in bent["World file"]
    assert "elastix points" not in bent

"""maxrf4u's helper for points: markers in a notebook, a sentence elsewhere."""

import base64

import cv2
import numpy as np
import pytest

from maxrf_core import ImageRegistrationHelper
from maxrf_core.errors import PictureError, RegistrationError

PHOTO = np.random.default_rng(3).integers(0, 255, (300, 200, 3), dtype=np.uint8)
MAP = np.arange(40.0 * 30).reshape(40, 30)
CORNERS = [[0, 0], [29, 0], [0, 39], [29, 39]]


def test_the_markers_begin_in_the_corners_or_where_the_points_are(capsys):
    given = [[78.5, 204.6], [140.104, 80.4], [176.99, 24.0], [110.1, 66.3]]
    src, dst = ImageRegistrationHelper(PHOTO, MAP, src_points=given).get_marker_coordinates()
    assert src == [[78.5, 204.6], [140.1, 80.4], [176.99, 24.0], [110.1, 66.3]]
    assert dst == CORNERS
    assert capsys.readouterr().out == f"src_points = {src}\ndst_points = {dst}\n"


def test_verbose_false_prints_nothing(capsys):
    ImageRegistrationHelper(PHOTO, MAP).get_marker_coordinates(verbose=False)
    assert capsys.readouterr().out == ""


def test_without_a_notebook_a_sentence_tells_of_the_app(capsys):
    assert ImageRegistrationHelper(PHOTO, MAP).show() is None
    said = capsys.readouterr().out
    assert "only in a Jupyter notebook" in said
    assert "maxrf4all" in said


@pytest.mark.parametrize("points", [[[1, 2]], "four", [[1, 2]] * 3 + [[1, np.nan]], [[1, 2], [3]]])
def test_points_that_are_not_four_are_refused(points):
    with pytest.raises(RegistrationError, match="dst_points has to be 4 pairs"):
        ImageRegistrationHelper(PHOTO, MAP, dst_points=points)


def test_an_array_that_is_no_picture_is_refused():
    with pytest.raises(PictureError):
        ImageRegistrationHelper(np.zeros(5), MAP)


def run_in_kernel(*cells: str) -> list[dict]:
    """Run cells in a real kernel of Jupyter and return all outputs."""
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("anywidget")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    return [output for cell in notebook.cells for output in cell.outputs]


MAKE = """
import numpy as np
from maxrf_core import ImageRegistrationHelper
photo = np.zeros((300, 200, 3), np.uint8); photo[:, :, 0] = 250
helper = ImageRegistrationHelper(photo, np.arange(40.0 * 30).reshape(40, 30), dst_points=[[1, 2]] * 4)
widget = helper.show()
widget
"""


def test_a_notebook_shows_the_markers_and_reads_where_they_were_dragged():
    outputs = run_in_kernel(
        MAKE,
        "print(widget.src_size, widget.dst_size, helper.show() is widget, widget.src_url)",
        # As the browser does it: a message on the widget's channel
        "widget.set_state({'src_points': [[1, 2.004], [3, 4], [5, 6], [7.5, 8]]})\n"
        "src, dst = helper.get_marker_coordinates()",
    )
    shown = next(output for output in outputs if output.output_type == "execute_result")
    assert "application/vnd.jupyter.widget-view+json" in shown.data
    printed = "".join(output.text for output in outputs if output.output_type == "stream").splitlines()
    *told, url = printed[0].split()
    assert told == ["[200,", "300]", "[30,", "40]", "True"]
    picture = cv2.imdecode(np.frombuffer(base64.b64decode(url.partition(",")[2]), np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape == (45, 30, 3)  # scaled down to the map's width
    assert picture[..., 2].mean() > 200 > 50 > picture[..., 0].mean()
    assert printed[1] == "src_points = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.5, 8.0]]"
    assert printed[2] == "dst_points = [[1.0, 2.0], [1.0, 2.0], [1.0, 2.0], [1.0, 2.0]]"


def test_a_notebook_without_anywidget_is_told_what_to_install():
    hidden = "import sys; sys.modules['anywidget'] = None\n"  # as Python marks what cannot be imported
    outputs = run_in_kernel(hidden + MAKE)
    assert "pip install maxrf4all[notebook]" in outputs[0].text

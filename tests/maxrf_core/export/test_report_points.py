"""A report shows the pairs of points of a registration on the photograph and in a table."""

import numpy as np
import pytest

from maxrf_core import ArrayScan, DataStack, convert
from maxrf_core.export.report_pictures import photograph
from maxrf_core.export.report_points import RegisteredPoints, points_table, with_points
from maxrf_core.imaging.colormaps import MARK_COLOURS
from maxrf_core.registration.register import register

CORNERS = np.array([[2, 2], [50, 3], [49, 55], [3, 54], [25, 19], [31, 40]], float)
ON_MAP = CORNERS / 2 + [[0, 0], [0.3, 0], [0, 0], [0, 0], [0, 0.2], [0, 0]]


@pytest.fixture
def ds(tmp_path) -> DataStack:
    scan = DataStack(convert(ArrayScan(np.ones((30, 28, 16), np.uint8)), tmp_path / "scan.datastack"))
    made = register(np.full((60, 56, 3), 90, np.uint8), (30, 28), CORNERS, ON_MAP)
    scan.append(made.arrays, made.attributes)
    return scan


def test_each_ring_lies_around_its_point_in_its_colour():
    black = np.zeros((200, 300, 3), np.uint8)
    places = np.array([[60.0, 50], [240, 150], [500, 20]])  # the last one is outside
    found = with_points(black, places)
    for place, colour in zip(places[:2].astype(int), MARK_COLOURS, strict=False):
        x, y = place
        np.testing.assert_array_equal(found[y, x], [0, 0, 0])  # what lies at the point stays visible
        ring = (found[y - 14 : y + 15, x - 14 : x + 15] == colour).all(axis=2)
        rows, columns = np.nonzero(ring)
        assert (rows.mean(), columns.mean()) == pytest.approx((14, 14), abs=0.6)
    assert not (found == MARK_COLOURS[2]).all(axis=2).any()


def test_of_many_points_the_places_alone_are_drawn():
    places = np.random.default_rng(1).uniform(10, 190, (80, 2))
    found = with_points(np.zeros((200, 200, 4), np.uint8), places)
    assert 0 < (found[..., :3] != 0).any(axis=2).mean() < 0.4


def test_the_table_has_both_places_and_both_errors(ds):
    points = RegisteredPoints.of(ds, "imvis_points")
    text = points_table(points)
    notes = ds.attributes("imvis_points")
    assert text.count("<tr>") == 7
    assert "<td>50.0</td><td>3.0</td><td>25.30</td><td>1.50</td>" in text
    assert f"<td>{notes['residuals'][4]:.2f}</td><td>{notes['leave_one_out'][4]:.2f}</td>" in text


def test_the_photograph_of_a_report_is_marked(ds):
    assert "Rings are the pairs of points" in photograph(ds)


@pytest.mark.parametrize(
    "odd", [np.zeros((0, 2, 2)), np.full((4, 2, 2), np.nan), np.zeros((4, 4)), np.array(["a"])]
)
def test_points_of_other_programs_that_make_no_sense_are_left_out(ds, odd):
    name = ds.append({"imvis_points": odd})["imvis_points"]
    assert RegisteredPoints.of(DataStack(ds.path), name) is None
    assert RegisteredPoints.of(ds, None) is None


def test_errors_that_were_not_kept_have_no_column(ds):
    name = ds.append({"imvis_points": np.stack([CORNERS, ON_MAP], axis=1)})["imvis_points"]
    points = RegisteredPoints.of(DataStack(ds.path), name)
    assert (points.residuals, points.leave_one_out) == (None, None)
    assert "Deviation" not in points_table(points)

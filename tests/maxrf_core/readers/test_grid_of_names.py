"""Numbers in the names of files tell rows and columns, or a running number; otherwise there is no grid."""

import numpy as np
import pytest

from maxrf_core.readers.grid_of_names import grid_of_positions, grid_of_width, grids_of, like_named

PIXELS = [(row, column) for row in range(4) for column in range(6)]


@pytest.mark.parametrize(
    ("pattern", "keys"),
    [
        ("scan_{r:03}_{c:03}", ["rows-columns", "columns-rows"]),
        ("{r}-{c}", ["rows-columns", "columns-rows"]),
        ("7_{n:05}_{r}_{c}", ["rows-columns", "columns-rows"]),  # a running number beside them
        ("a_x{c}_y{r}", ["columns-rows"]),
        ("Line {r} Col {c}", ["rows-columns"]),
        ("row{r:02}col{c:02}_20240105", ["rows-columns"]),
        ("x{x}_y{y}", ["columns-rows"]),  # micrometres
    ],
)
def test_rows_and_columns_are_found(pattern, keys):
    names = [
        pattern.format(r=row, c=column, n=6 * row + column, x=500 + 250 * column, y=100 * row)
        for row, column in PIXELS
    ]
    grids = grids_of(names)
    assert [grid.key for grid in grids] == keys
    best = grids[0]
    assert (best.height, best.width) == (4, 6)
    assert list(zip(best.rows.tolist(), best.columns.tolist(), strict=True)) == PIXELS
    if len(grids) > 1:
        assert (grids[1].height, grids[1].width) == (6, 4)


def test_a_running_number_offers_widths_and_any_width_can_be_asked_for():
    grids = grids_of([f"spectrum{n:04}" for n in range(1, 25)])
    assert [grid.key for grid in grids] == ["6x4", "4x6", "8x3", "3x8", "12x2", "2x12", "24x1", "1x24"]
    assert grids[0].rows.tolist() == sorted([0, 1, 2, 3] * 6)
    assert grid_of_width(24, "5x5") == (5, 5)
    assert grid_of_width(24, "4x5") is None
    assert grid_of_width(24, "999999x999999") is None


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["a1", "a2", "a3"],
        [f"a{n}" for n in range(15)],
        [f"a{n * n}" for n in range(20)],
        [f"{n}_{n + 1}" for n in range(20)],  # a diagonal
        ["a1_1", "a1_01", "a2_1", "a2_2", "a2_3"],  # two files for one pixel
        [f"{10**18 * n}_{n % 2}{10**18}" for n in range(8)],
    ],
)
def test_what_makes_no_grid_is_none(names):
    assert grids_of(names) == []


def test_other_names_are_left_out():
    assert like_named(["b_1.txt", "readme.txt", "b_10.txt", "a_1_2.txt"]) == ["b_1.txt", "b_10.txt"]


def test_positions_make_a_grid_if_their_steps_are_even():
    rng = np.random.default_rng(3)
    places = [(10 - 0.5 * column, 3 + 0.25 * row) for row, column in PIXELS]
    near = [(x + dx, y + dy) for (x, y), (dx, dy) in zip(places, rng.normal(0, 0.01, (24, 2)), strict=True)]
    grid, steps = grid_of_positions(near)
    assert (grid.height, grid.width) == (4, 6)
    assert steps == pytest.approx((0.5, 0.25), rel=0.1)
    assert grid.columns.tolist() == [5 - column for _row, column in PIXELS]
    assert grid_of_positions(places[:3]) is None
    assert grid_of_positions(list(map(tuple, rng.random((24, 2))))) is None

"""Numbers and sizes are read as people write them, or refused in words."""

import argparse

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.cli.arguments import lines, number, rectangle, size, with_points
from maxrf_core.cli.main import main
from maxrf_core.datastack.datastack import DataStack
from tests.maxrf_core.cli.small_scan import COUNTS


@pytest.mark.parametrize("memory", ["0", "500MB", "2 GB", "1.5G"])
def test_the_memory_of_a_conversion_can_be_chosen(folder, memory):
    assert main(["convert", "scan.rpl", "-o", "new.datastack", "--memory", memory]) == 0
    np.testing.assert_array_equal(DataStack("new.datastack").read("maxrf_cube"), COUNTS)


def test_an_invalid_memory_size_is_reported(folder, capsys):
    with pytest.raises(SystemExit):
        main(["convert", "scan.rpl", "-o", "new.datastack", "--memory", "much"])
    assert "much is no size such as 800MB or 2GB" in capsys.readouterr().err


@given(st.integers(-(10**6), 10**6), st.integers(0, 999), st.sampled_from(".,"))
def test_a_decimal_comma_means_what_a_point_does(whole, thousandths, sign):
    text = f"{whole}{sign}{thousandths:03d}"
    if sign == "," and len(str(abs(whole))) <= 3 and whole:
        return  # 1,234 could mean two things
    value = float(text.replace(",", "."))
    assert number(text) == value
    assert float(with_points(["--offset", text])[1].replace(",", ".")) == value
    if whole < 0:  # else argparse would take it for an option
        assert "," not in with_points(["--offset", text])[1]


@pytest.mark.parametrize("text", ["much", "", "1.234,5", "1e400x", "five"])
def test_what_is_no_number_or_size_is_refused_by_name(text):
    with pytest.raises(argparse.ArgumentTypeError):
        number(text)
    with pytest.raises(argparse.ArgumentTypeError, match="is no size such as"):
        size(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("800MB", 8e8), ("1,5 GB", 1.5e9), ("2G", 2e9), ("64k", 64e3), ("1000", 1000), ("7 B", 7)],
)
def test_sizes_are_in_powers_of_a_thousand(text, value):
    assert size(text) == value


def test_file_names_and_options_stay_as_they_are():
    typed = ["band", "-o", "-a,b.png", "--offset", "-0,96", "1,5"]
    assert with_points(typed) == ["band", "-o", "-a,b.png", "--offset", "-0.96", "1,5"]


@pytest.mark.parametrize("text", ["", "1-", "a", "3,,4", "-2", "1.5", "9-7"])
def test_what_names_no_rows_or_corners_is_refused_by_name(text):
    with pytest.raises(argparse.ArgumentTypeError, match="names no rows or columns"):
        lines(text)
    with pytest.raises(argparse.ArgumentTypeError, match="is no rectangle"):
        rectangle(text)


def test_rows_are_named_as_numbers_and_runs():
    assert lines("12, 20-22,5") == (12, 20, 21, 22, 5)

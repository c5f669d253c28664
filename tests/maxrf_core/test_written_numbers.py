"""Numbers with a decimal comma are read, ambiguous ones are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.written_numbers import read_number, split_unit


@given(st.floats(allow_nan=False))
def test_every_number_is_read_with_a_point_or_a_comma(number):
    assert read_number(repr(number)) == number
    assert read_number(f" {number!r} ".replace(".", ",")) == number


@pytest.mark.parametrize(
    "text", ["", "1,234.5", "1.234,5", "1,2,3", "1_000", "6 1", "0x10", "ten", ",", "--1", "6,1 keV"]
)
def test_anything_else_is_refused_rather_than_guessed(text):
    with pytest.raises(ValueError, match=r"no number such as 6\.1 or 6,1"):
        read_number(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6,1 keV", (6.1, "keV")),
        ("-5", (-5, "")),
        ("1e-3 m", (0.001, "m")),
        ("\N{MINUS SIGN}0,5", (-0.5, "")),
    ],
)
def test_the_unit_after_a_number_is_separated(text, expected):
    assert split_unit(text) == expected

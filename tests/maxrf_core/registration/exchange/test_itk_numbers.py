"""Lists of numbers from strangers are bounded."""

import pytest

from maxrf_core.errors import RegistrationError
from maxrf_core.registration.exchange.itk_numbers import MAX_NUMBERS, joined, linear_transform, read_all


def test_numbers_come_back_with_all_digits():
    assert read_all(joined([0.1, 1 / 3, -2e-9]).split()) == [0.1, 1 / 3, -2e-9]


def test_more_numbers_than_any_file_holds_are_refused():
    with pytest.raises(RegistrationError, match="more than 100000 numbers"):
        read_all(["1"] * (MAX_NUMBERS + 1))


def test_a_quarter_turn_leads_x_to_y():
    turned = linear_transform("EulerTransform", [1.5707963267948966, 0, 0], [])
    assert turned.apply([[1, 0]]).round(9).tolist() == [[0, 1]]

"""Axes of other programs' files: energies and steps are taken only if their unit is known or evident."""

import numpy as np
import pytest

from maxrf_core.language import translated
from maxrf_core.readers.axes import axis_orders, energies_of, step_in_mm

RISING = np.linspace(-0.96, 40, 2048)


@pytest.mark.parametrize(
    ("values", "unit", "first"),
    [
        (RISING, "keV", -0.96),
        (RISING * 1000, "eV", -0.96),
        (RISING[::-1], "keV", 40),  # they fall: the scan is turned round when it is read
        (RISING, "", -0.96),
        (RISING * 1000, "", -0.96),
        (np.arange(2048), "", None),  # numbers of channels
        (np.arange(2048) * 0.02, "mm", None),
        (np.sin(RISING), "keV", None),
        (RISING[:-1], "keV", None),
        (np.where(RISING > 20, np.nan, RISING), "keV", None),
    ],
)
def test_energies_are_taken_if_they_can_be_nothing_else(values, unit, first):
    energies, notes = energies_of(values, unit, 2048, "an axis")
    assert (energies is None) == (first is None)
    if energies is not None:
        assert energies[0] == pytest.approx(first)
    assert bool(notes) == (energies is not None and not unit)
    assert all("states no unit" in translated(note) for note in notes)


def test_uneven_positions_give_no_step():
    assert step_in_mm([0, 0.5, 1.0, 1.5], "mm") == pytest.approx(0.5)
    assert step_in_mm([0, 0.5, 3, 3.1], "mm") is None
    assert step_in_mm([1.5], "mm") is None


@pytest.mark.parametrize(
    ("shape", "said", "best"),
    [
        ((1692, 1592, 4096), "", "yxc"),
        ((4096, 1692, 1592), "", "cyx"),
        ((20, 30, 2000), "", "yxc"),
        ((1692, 1592, 700), "spectrum", "yxc"),
        ((700, 1692, 1592), "image", "cyx"),
        ((11, 11, 4, 2000), "", "yxdc"),
        ((4, 2048, 11, 9), "", "dcyx"),
        ((3, 4, 5), "", None),
    ],
)
def test_the_axis_of_the_channels_is_guessed(shape, said, best):
    assert next(iter(axis_orders(shape, said)), None) == best

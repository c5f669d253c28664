"""The tables of registration count every trial once, with an interval."""

import numpy as np

from benchmarks.registration_tables import (
    table_of_gate,
    table_of_proposed,
    table_of_refined,
    table_of_told,
)
from benchmarks.registration_trials import Proposed, Refined

TRIALS = [
    Refined("made", "one", 15, True, 9.0, 0.5, 0.5, 0.25, 1.0),
    Refined("made", "two", 15, True, 0.5, 9.0, 9.0, 0.3, 1.0),  # moved away
    Refined("made", "three", 15, False, 9.0, 9.0, 9.0, np.inf, 1.0),
    Refined("hopeless", "four", 15, False, 9.0, 9.0, 9.0, np.inf, 1.0),
]
PROPOSALS = [
    Proposed("real", "a", True, 0.4, 0.4, 0.4, 1.0),
    Proposed("real", "a", True, 40.0, 40.0, 0.2, 1.0),
    Proposed("real", "a", False, 0.4, 0.4, 0.4, 1.0),
    Proposed("hopeless", "b", False, 90.0, 90.0, np.inf, 1.0),
]


def test_wrong_answers_are_counted_as_wrong():
    made, hopeless = table_of_gate(TRIALS)[1:]
    assert made[:3] == ["made", "15 px", "3"]
    assert [cell.split(" (")[0] for cell in made[3:]] == ["33.3 %", "33.3 %", "1", "33.3 %"]
    assert hopeless[-1].startswith("100.0 %")
    real, hopeless = table_of_proposed(PROPOSALS)[1:]
    assert [cell.split(" (")[0] for cell in real[2:6]] == ["33.3 %", "33.3 %", "33.3 %", "1"]
    assert real[6] == "0.40"
    assert hopeless[4].startswith("100.0 %")


def test_errors_are_those_of_accepted_points():
    assert table_of_refined(TRIALS)[1][4] == "4.75"
    assert table_of_refined(TRIALS)[2][4] == "–"


def test_told_errors_are_compared_where_something_was_told():
    rows = table_of_told(TRIALS, PROPOSALS)[1:]
    assert [row[:4] for row in rows] == [
        ["made", "15 px", "2", "16.00"],
        ["real", "none", "2", "100.50"],
        ["all of these", "", "4", "16.00"],
    ]
    assert rows[0][5].startswith("50.0 %")

"""The benchmark of refining and proposing runs and counts errors as errors."""

import numpy as np

from benchmarks.registration import BEGIN, END, PAGE, measure, table_of_gate, table_of_proposed
from benchmarks.registration_trials import Proposed, Refined
from benchmarks.report import markdown, write_between


def test_a_few_scenes_are_tried_and_told(shared, tmp_path):
    shared("data/susanna")
    refined, gate, proposed = measure(quick=True)
    assert refined[-1][0] == "**all real**"
    assert float(refined[-1][3]) <= 0.5  # the median error, in map pixels, that was aimed at
    assert gate[-1][-1] == "1"  # the hopeless one was refused
    assert {row[4] for row in proposed[1:]} == {"0"}  # nothing wrong was proposed as sure
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write_between(page, BEGIN, END, markdown(refined))
    text = page.read_text()
    assert "real: K" in text
    assert "old" not in text
    assert text.startswith("before")
    assert text.endswith("after\n")


def test_the_page_has_the_marks_between_which_the_tables_go():
    text = PAGE.read_text(encoding="utf-8")
    assert 0 < text.index(BEGIN) < text.index(END)


def test_wrong_answers_are_counted_as_wrong():
    far, near = np.full(49, 9.0), np.full(49, 0.5)
    trials = [
        Refined("one", 15, True, far, near, 0.3, 1.0),
        Refined("two", 15, True, near, far, 0.3, 1.0),  # moved away
        Refined("three", 15, False, far, far, np.inf, 1.0),
    ]
    assert table_of_gate(trials, [])[1] == ["good, clicks 15 px off", "3", "2", "1", "1", "1"]
    rows = table_of_proposed(
        [Proposed("a", True, 0.4, 1.0), Proposed("a", True, 40.0, 1.0), Proposed("a", False, 0.4, 1.0)],
        [Proposed("b", False, 90.0, 1.0)],
    )
    assert rows[1][1:6] == ["1", "1", "1", "1", "0.40"]

"""Texts of other programs fit into a header."""

from maxrf_core.writers.one_line import one_line


def test_texts_are_on_one_line():
    assert one_line("a\tb\n c") == "a b c"
    assert one_line(5) == ""

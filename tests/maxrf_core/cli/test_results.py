"""The result of each file is printed; an error is one line, and the last line counts them."""

from pathlib import Path

import pytest

from maxrf_core.cli.results import one_line, print_results
from maxrf_core.errors import MaxrfError, ScanError


def test_each_result_and_each_error_is_a_line(capsys):
    outcomes = [("a.rpl", Path("a.datastack")), ("b.rpl", ScanError("It is\n  damaged."))]
    with pytest.raises(MaxrfError, match="1 of 2 failed"):
        print_results(outcomes)
    said = capsys.readouterr()
    assert (said.out, said.err) == ("a.rpl: a.datastack\n", "b.rpl: It is damaged.\n")


def test_an_error_of_the_system_names_the_file():
    assert one_line(FileNotFoundError(2, "No such file", "a.rpl")) == "a.rpl: No such file"

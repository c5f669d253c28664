"""A name from a browser becomes one that is valid on every system."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.names import MAX_NAME_LENGTH, check_file_name
from server.file_names import free_number, numbered, safe_name


@given(st.text(max_size=300))
def test_any_name_of_a_visitor_becomes_one_that_a_file_may_have(name: str):
    assert check_file_name(safe_name(name))


@given(st.sampled_from(["CON", "nul.datastack", "..", ".hidden.raw", "a/b\\c.rpl", "é" * 200 + ".datastack"]))
def test_names_that_systems_keep_become_others(name: str):
    assert check_file_name(safe_name(name))


def test_the_files_of_a_scan_get_the_first_number_that_is_free_for_all_of_them(tmp_path: Path):
    names = ["scan.rpl", "scan.raw"]
    assert free_number(tmp_path, names) == 1
    (tmp_path / "scan.raw").touch()
    (tmp_path / "scan_2.rpl").touch()
    assert free_number(tmp_path, names) == 3
    assert numbered("scan.raw", 3) == "scan_3.raw"


@given(st.text(max_size=300), st.integers(2, 10**6))
def test_a_number_keeps_the_ending_and_the_length(name: str, number: int):
    name = safe_name(name)
    made = numbered(name, number)
    assert Path(made).suffix == Path(name).suffix
    assert len(made.encode()) <= MAX_NAME_LENGTH

"""Names of arrays: refused names, versions, and the message for an absent array."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.errors import ArrayNotFoundError, DatastackError
from maxrf_core.names import (
    MAX_NAME_LENGTH,
    check_name,
    find,
    newest,
    next_free,
    next_names,
    older_versions,
    plain,
)

NAMES = st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=1, max_size=8)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a/b",
        "..",
        ".",
        ".hidden",
        "../a",
        "a\\b",
        "x" * 200,
        "a\nb",
        "a\x00",
        "a\x7f",
        " a",
        "a ",
        "_",
        "__",
    ],
)
def test_a_name_that_could_hurt_a_file_is_refused_in_one_line(name):
    with pytest.raises(DatastackError) as refusal:
        check_name(name)
    assert str(refusal.value).isprintable()


@pytest.mark.parametrize(
    "name", ["imvis_reg", "Fe Kα", "été", "x" * MAX_NAME_LENGTH, "_private", "a.b", "墨"]
)
def test_a_name_in_any_language_is_accepted(name):
    assert check_name(name) == name


def test_a_name_that_is_no_text_is_refused():
    with pytest.raises(DatastackError):
        check_name(7)  # type: ignore[arg-type]


@given(NAMES, st.integers(0, 6))
def test_each_version_gets_one_more_underscore_and_the_last_is_the_newest(name, times):
    names: list[str] = []
    for number in range(times + 1):
        names.append(next_free(name, names))
        assert names[-1] == name + "_" * number
        assert newest(name, names) == names[-1]


def test_a_new_result_is_the_newest_also_where_the_plain_name_is_free():
    assert next_free("imvis_reg", ["imvis_reg_"]) == "imvis_reg__"
    assert next_free("imvis_reg_", ["imvis_reg"]) == "imvis_reg_"
    assert next_free("imvis_reg_", ["imvis_reg__"]) == "imvis_reg___"


@given(st.lists(NAMES, min_size=1, max_size=4, unique=True), st.lists(st.tuples(NAMES, st.integers(0, 5))))
def test_arrays_of_one_append_get_one_suffix_and_each_becomes_the_newest(names, versions):
    existing = [name + "_" * number for name, number in versions]
    stored = next_names(names, existing)
    suffixes = {stored[name].removeprefix(name) for name in names}
    assert len(suffixes) == 1
    assert not set(stored.values()) & set(existing)
    for name in names:
        assert newest(name, [*existing, *stored.values()]) == stored[name]
    if not any(other.rstrip("_") in names for other in existing):
        assert suffixes == {""}


def test_versions_with_a_gap_between_them_are_still_versions():
    names = ["imvis_reg", "imvis_reg_", "imvis_points", "imvis_points__", "imvis_reg__"]
    assert older_versions(names) == ["imvis_points", "imvis_reg", "imvis_reg_"]


def test_a_longer_name_is_not_taken_for_a_version():
    names = ["imvis_reg", "imvis_reg_highres", "imvis_reg_highres_"]
    assert newest("imvis_reg", names) == "imvis_reg"
    assert next_free("imvis_reg", names) == "imvis_reg_"


def test_a_version_of_the_longest_name_is_refused_rather_than_cut():
    with pytest.raises(DatastackError, match="1 to 100 characters"):
        next_free("x" * MAX_NAME_LENGTH, ["x" * MAX_NAME_LENGTH])


@pytest.mark.parametrize("latest", [True, False])
def test_an_absent_name_is_answered_with_the_nearest_and_with_all_there_are(latest):
    with pytest.raises(ArrayNotFoundError) as answer:
        find("maxrf_qube", ["maxrf_energies", "maxrf_cube"], latest)
    expected = "There is no array 'maxrf_qube'. Did you mean 'maxrf_cube'? The datastack holds: "
    assert str(answer.value) == expected + "maxrf_cube, maxrf_energies."
    with pytest.raises(ArrayNotFoundError, match="none at all"):
        find("anything", [], latest)


def test_exactly_this_name_is_not_answered_with_another_version():
    with pytest.raises(ArrayNotFoundError):
        find("a", ["a_"], latest=False)
    assert find("a", ["a", "a_"], latest=False) == "a"


@pytest.mark.parametrize("value", [None, {"a": 1}, [[1], [1, 2]], 1j, object(), b"bytes", np.longdouble(1)])
def test_what_cannot_be_kept_beside_an_array_is_refused(value):
    with pytest.raises(DatastackError, match="cannot be stored"):
        plain(value)

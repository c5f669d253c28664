"""Any text is read, or refused in one sentence: names, points, headers."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from maxrf_core.errors import MaxrfError
from maxrf_core.names import MAX_NAME_LENGTH, check_file_name, check_name
from maxrf_core.readers.rpl_header import parse_header
from maxrf_core.registration.register import load_points

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


def one_line_or_fine(call, *arguments):
    try:
        return call(*arguments)
    except MaxrfError as error:
        assert "\n" not in str(error)  # noqa: PT017
        return None


@given(st.text(max_size=2 * MAX_NAME_LENGTH))
@example("CON.txt")
@example("..")
def test_a_name_is_safe_on_every_system_or_refused(name):
    for check in (check_name, check_file_name):
        if one_line_or_fine(check, name) is not None:
            assert 0 < len(name) <= MAX_NAME_LENGTH
            assert name.isprintable()
            assert not set(name) & set("/\\\0\n")
            assert not name.startswith(".")


@pytest.mark.parametrize(
    "name", ["nul", "COM1.datastack", "a:b", "a?", "what*", "end.", ".hidden", "a" * 101, 7]
)
def test_a_file_name_invalid_on_some_system_is_refused(name):
    with pytest.raises(MaxrfError):
        check_file_name(name)
    assert check_file_name("Fe Kα (2).datastack") == "Fe Kα (2).datastack"


@settings(max_examples=200)
@given(JSON, JSON)
def test_any_json_gives_points_or_a_one_sentence_error(src, dst):
    found = one_line_or_fine(load_points, json.dumps({"src_points": src, "dst_points": dst}))
    assert found is None or found[0].shape == found[1].shape


@settings(max_examples=200)
@given(
    st.dictionaries(
        st.sampled_from(["width", "height", "depth", "data-length", "data-type", "offset", "depth-scale",
                         "depth-origin", "byte-order", "record-by"]),
        st.integers().map(str) | st.floats().map(str) | st.text(max_size=9)
        | st.sampled_from(["unsigned", "float", "vector", "image", "2", "4"]),
    )
)  # fmt: skip
def test_any_header_is_read_or_gives_a_one_sentence_error(values):
    header = one_line_or_fine(parse_header, "\n".join(f"{key}\t{value}" for key, value in values.items()))
    assert header is None or min(header.shape) >= 1

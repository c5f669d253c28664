"""Every error is one that the app and the commands show as a sentence."""

import inspect

import pytest

from maxrf_core import errors
from maxrf_core.errors import ArrayNotFoundError, DatastackError, MaxrfError, refusal

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_is_caught_as_a_maxrf_error_and_shows_its_sentence_unchanged(kind):
    with pytest.raises(MaxrfError) as told:
        raise kind("There is no array 'map'.")
    assert str(told.value) == "There is no array 'map'."


def test_a_missing_array_is_also_a_key_error_as_in_any_mapping():
    with pytest.raises(KeyError):
        raise ArrayNotFoundError("There is no array 'map'.")


def test_a_refusal_names_the_file_the_reason_and_what_to_do_however_long_the_name_is():
    told = refusal("a" * 500 + ".datastack", "it holds a link")
    assert isinstance(told, DatastackError)
    assert str(told).startswith("a" * 80 + " is refused: it holds a link. Convert the scan again")
    assert len(str(told)) < 250

"""A conservator finds an element by what it is called where he or she works."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.elements.search import MAX_MATCHES, search


@pytest.mark.parametrize(
    ("query", "elements"),
    [
        ("Fe", ["Fe"]),
        ("fe", ["Fe"]),
        ("lead", ["Pb"]),
        ("Blei", ["Pb"]),
        ("plomb", ["Pb"]),
        ("piombo", ["Pb"]),
        ("plomo", ["Pb"]),
        ("lood", ["Pb"]),
        ("KWIK", ["Hg"]),
        ("Quecksilber", ["Hg"]),
        ("estano", ["Sn"]),
        ("étain", ["Sn"]),
        ("tin", ["Sn"]),
        ("or", ["Au"]),
        ("sulphur", ["S"]),
        ("aluminum", ["Al"]),
        ("titan", ["Ti"]),
        ("mangan", ["Mn"]),
        ("manganes", ["Mn"]),
    ],
)
def test_symbols_and_names_in_six_languages(query: str, elements: list[str]):
    [match] = search(query)
    assert list(match.elements) == elements
    assert not match.is_pigment


@pytest.mark.parametrize(
    ("query", "name", "elements"),
    [
        ("zinc white", "zinc white", ("Zn",)),
        ("Zinkweiß", "zinc white", ("Zn",)),
        ("Bleiweiss", "lead white", ("Pb",)),
        ("vermilion", "vermilion", ("Hg", "S")),
        ("Zinnober", "vermilion", ("Hg", "S")),
        ("vermi", "vermilion", ("Hg", "S")),
        ("Prussian blue", "Prussian blue", ("Fe", "K")),
        ("lead-tin yellow", "lead-tin yellow", ("Pb", "Sn")),
        ("jaune de plomb et d'étain", "lead-tin yellow", ("Pb", "Sn")),
        ("lithopone", "lithopone", ("Zn", "Ba", "S")),
    ],
)
def test_pigments_stand_for_their_elements(query: str, name: str, elements: tuple[str, ...]):
    [match] = search(query)
    assert (match.name, match.elements, match.is_pigment) == (name, elements, True)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("where is iron", ["iron"]),
        ("Where is the iron?", ["iron"]),
        ("Wo ist Eisen?", ["iron"]),
        ("où est le fer ?", ["iron"]),
        ("waar is ijzer", ["iron"]),
        ("lead white or zinc white", ["lead white", "zinc white"]),
        ("titanium or barium", ["titanium", "barium"]),
        ("lead or arsenic?", ["lead", "arsenic"]),
        ("plomb ou arsenic", ["lead", "arsenic"]),
        ("Ti, Ba, Ti", ["titanium", "barium"]),
        ("La or Ce", ["lanthanum", "cerium"]),
    ],
)
def test_questions_name_what_is_asked_for(query: str, names: list[str]):
    assert [match.name for match in search(query)] == names


@pytest.mark.parametrize("query", ["", "   ", "?", "unobtainium", "x", "no such thing", "c"])
def test_what_nobody_knows_has_no_answer(query: str):
    assert search(query) == ()


@given(st.text(max_size=300))
def test_any_text_is_searched(query: str):
    assert len(search(query)) <= MAX_MATCHES

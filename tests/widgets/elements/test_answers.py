"""Answers are true sentences, also where the element that is asked for was left out of the scan."""

import re

import pytest

from maxrf_core.elements.maps import DETECTION
from maxrf_core.elements.search import search
from maxrf_core.elements.summary import summary_of
from tests.widgets.elements.made_examination import made_examination
from widgets.elements.answers import answer, explanation, pigment_note, place_sentence


def answered(query: str, without: tuple[str, ...] = ()) -> str:
    """Return the answer to a question about the made scan."""
    told = answer(search(query), made_examination(without))
    return re.sub(r" \(seen in [\d.]+% of the pixels\)", "", told)


def test_lead_and_arsenic_are_told_apart_with_lead_and_without():
    assert answered("lead or arsenic") == (
        "Lead is there for sure; arsenic is not found: nothing above noise."
    )
    without = answered("lead or arsenic", ("Pb-L",))
    assert "lead is there for sure" not in without.lower()
    assert "arsenic is there for sure" not in without


def test_titanium_and_barium_are_told_apart_with_barium_and_without():
    assert answered("titanium or barium") == "Titanium is there for sure; barium is there for sure."
    without = answered("titanium or barium", ("Ba-L",))
    assert without.startswith("Titanium is there for sure; barium is ")
    assert not without.endswith("barium is there for sure.")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("red ochre", "Red ochre may be there: its iron is sure."),
        ("zinc white", "Zinc white is not found: no zinc above noise."),
        ("emerald green", "Emerald green is doubtful: no arsenic above noise."),
        ("Egyptian blue", "Egyptian blue is doubtful: no silicon above noise."),
    ],
)
def test_a_pigment_is_judged_by_its_elements_and_never_proved(query: str, sentence: str):
    assert answered(query) == sentence
    assert "do not prove a pigment" in pigment_note(search(query))
    assert pigment_note(search("iron")) == ""


def test_where_an_element_is_seen_is_told_by_the_share_of_the_pixels():
    examination = made_examination()
    share = (examination.map_of("Fe")[0] > DETECTION * examination.map_of("Fe")[1]).mean()
    said = answer(search("where is iron"), examination)
    assert said == f"Iron is there for sure (seen in {share:.0%} of the pixels)."


def test_an_element_without_a_line_is_not_called_absent():
    assert "cannot tell whether it is there" in explanation("Rn", made_examination())
    assert "Nothing above noise." in explanation("As", made_examination())


def test_the_place_of_an_element_is_its_strongest_pixel():
    examination = made_examination()
    net, sigma = examination.map_of("Fe")
    x, y = examination.summaries["Fe"].place
    assert net[y, x] == net.max()
    assert f"x {x}, y {y}" in place_sentence(examination.summaries["Fe"])
    nothing = summary_of(0 * net, sigma)
    assert "No single pixel stands out" in place_sentence(nothing)

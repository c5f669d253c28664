"""The bench: a second map gives both a hue, what the browser tells is checked."""

import pytest

from maxrf_core.imaging.bench_view import MAX_LAYERS
from maxrf_core.imaging.layers import HUES, LayerLook
from widgets.session.bench import Bench


def with_layers(*keys):
    made = Bench()
    for key in keys:
        made.add(LayerLook(key))
    return made


def test_one_map_has_a_colour_map_and_two_have_hues():
    made = with_layers("Ca-K")
    assert not made.looks[0].is_light
    made.add(LayerLook("Fe-K"))
    assert [look.colour for look in made.looks] == list(HUES[:2])


def test_the_photograph_lies_below_and_changes_no_colours():
    made = with_layers("Ca-K", "photo:imvis_reg")
    assert made.keys == ["photo:imvis_reg", "Ca-K"]
    assert not made.looks[1].is_light


def test_a_map_that_is_left_alone_has_a_colour_map_again():
    made = with_layers("Ca-K", "Fe-K")
    made.remove("Ca-K")
    assert [look.colour for look in made.looks] == ["viridis"]


def test_a_layer_is_there_once_and_only_so_many_are():
    made = with_layers("Ca-K", "Ca-K", *(f"band:{number}:9" for number in range(20)))
    assert len(made.looks) == len(set(made.keys)) == MAX_LAYERS


def test_what_the_scan_does_not_hold_is_taken_off():
    made = with_layers("Ca-K", "Fe-K")
    made.keep(["Fe-K"])
    assert made.keys == ["Fe-K"]


def test_changes_of_the_browser_are_taken_over():
    made = with_layers("Ca-K", "Fe-K")
    looks = [look.as_dict() | {"opacity": 0.4} for look in reversed(made.looks)]
    made.take_over({"number": made.number + 1, "layers": looks})
    assert made.keys == ["Fe-K", "Ca-K"]
    assert [look.opacity for look in made.looks] == [0.4, 0.4]


@pytest.mark.parametrize(
    "told",
    [
        None,
        {"number": 99},
        {"number": 99, "layers": "all"},
        {"number": 99, "layers": [{"key": "Ca-K", "opacity": 7}]},
        {"number": 99, "layers": [{"key": "unknown"}]},
        {"number": "99", "layers": [{"key": "Ca-K", "opacity": 0.1}]},
        {"number": 0, "layers": [{"key": "Ca-K", "opacity": 0.1}]},
    ],
)
def test_what_makes_no_sense_or_is_old_changes_nothing(told):
    made = with_layers("Ca-K")
    made.take_over(told)
    assert made.looks == [LayerLook("Ca-K")]
    made.take_over({"number": 99, "layers": [{"key": "Ca-K"}, {"key": "Ca-K"}]})
    assert made.keys == ["Ca-K"]

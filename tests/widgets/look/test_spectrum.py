"""The spectrum of the bench: an element is laid on it once."""

from maxrf_core.imaging.layers import LayerLook
from widgets.look.spectrum import lay_on
from widgets.session.bench import Bench


def test_an_element_that_lies_on_the_bench_stays_there():
    bench, toggled = Bench(), []
    bench.show([LayerLook("Fe-K")])
    lay = lay_on(bench, toggled.append)
    lay("Fe-K")
    lay("Pb-L")
    assert toggled == ["Pb-L"]

"""What a view shows: values as the app has them, and the picture that the browser would blend."""

from dataclasses import replace

import numpy as np
import pytest

from maxrf_core import DataStack
from maxrf_core.datastack.scan_identify import examine_scan
from maxrf_core.elements.combined_maps import combine_maps
from maxrf_core.elements.identify import ABSENT
from maxrf_core.elements.line_groups import thin_ratio
from maxrf_core.elements.maps import element_maps
from maxrf_core.errors import MaxrfError
from maxrf_core.figures import view_layers as module
from maxrf_core.figures.view_layers import Fit, shown_looks, view_layers, view_picture
from maxrf_core.imaging.bench_view import BenchView
from maxrf_core.imaging.layers import LayerLook, blend
from tests.maxrf_core.elements.made_scan import SHAPE
from tests.maxrf_core.figures.figure_scan import FINE, VIEW
from tests.pages.elements_scan import make_scan


def test_layers_hold_net_counts_band_maps_and_photographs_and_what_is_hidden_is_not_read(portrait):
    view = replace(VIEW, layers=(*VIEW.layers, LayerLook("band:6.2:6.6", high=9)))
    layers = view_layers(portrait, view)
    assert list(layers) == ["photo:imvis_reg_highres", "Fe-K", "Pb-L", "band:6.2:6.6"]
    maps = portrait.element_maps(keep=False)
    np.testing.assert_array_equal(layers["Fe-K"].values, maps.net[maps.index("Fe-K")])
    np.testing.assert_allclose(layers["band:6.2:6.6"].values, portrait.band_map(6.2, 6.6), rtol=1e-6)
    assert [layers[key].title for key in ("Fe-K", "Pb-L", "band:6.2:6.6")] == ["Fe", "Pb L", "6.2–6.6 keV"]


def test_combined_maps_are_those_of_the_bench(portrait):
    layers = view_layers(portrait, BenchView("x", (LayerLook("ratio:Fe-K:Pb-L"), LayerLook("sum:Fe-K:Ca-K"))))
    maps = portrait.element_maps(keep=False)
    iron, lead, calcium = (
        (maps.net[maps.index(each)], maps.sigma[maps.index(each)]) for each in ("Fe-K", "Pb-L", "Ca-K")
    )
    np.testing.assert_array_equal(layers["ratio:Fe-K:Pb-L"].values, combine_maps("ratio", iron, lead).values)
    np.testing.assert_array_equal(layers["sum:Fe-K:Ca-K"].values, iron[0] + calcium[0])
    assert [each.title for each in layers.values()] == ["Fe / Pb L", "Fe + Ca"]


def test_a_ratio_of_single_lines_is_fitted_with_columns_of_their_own(portrait):
    view = BenchView("x", (LayerLook("ratio:Pb-La:Pb-Lb", high=4),))
    fit = Fit(("Fe-K", "Pb-L"), "Rh", 50.0)
    layer = view_layers(portrait, view, fit)["ratio:Pb-La:Pb-Lb"]
    assert layer.title == "Pb Lα / Pb Lβ"
    instrument = examine_scan(portrait)[0].instrument
    assert np.nanmedian(layer.values) == pytest.approx(thin_ratio(instrument, "Pb-La", "Pb-Lb"), rel=0.1)


def test_odd_rows_are_shifted_back_and_the_other_maps_are_let_go(portrait):
    straight = portrait.straightened(0.5)
    values = view_layers(straight, BenchView("Fe", (LayerLook("Fe-K"),)))["Fe-K"].values
    maps = straight.element_maps(keep=False)
    np.testing.assert_array_equal(values, maps.net[maps.index("Fe-K")])
    assert values.base is None


def test_maps_that_are_not_stored_are_made_as_the_app_makes_them_and_not_kept(tmp_path):
    ds = make_scan(tmp_path / "scan.datastack")
    analysis, found = examine_scan(ds)
    families = [each.family for each in found.findings if each.status != ABSENT and each.family]
    expected = element_maps(ds.cube(), analysis, families)
    before, tube = ds.names, analysis.instrument.tube
    layers = view_layers(ds, BenchView("Fe", (LayerLook("Fe-K"),)), Fit(tuple(families), tube.anode, tube.kv))
    np.testing.assert_array_equal(layers["Fe-K"].values, expected.net[expected.index("Fe-K")])
    assert DataStack(ds.path).names == before


def test_the_picture_is_that_of_the_blended_layers(portrait):
    layers = view_layers(portrait, VIEW)
    photo = layers["photo:imvis_reg_highres"].on_map(-0.5, -0.5, 1.0, SHAPE)
    contents = [photo, layers["Fe-K"].values, layers["Pb-L"].values]
    expected = blend(list(zip(shown_looks(VIEW), contents, strict=True)))
    np.testing.assert_array_equal(view_picture(portrait, VIEW, size=SHAPE), expected)


def test_blended_in_strips_and_finer_it_is_the_same(portrait, monkeypatch):
    fine = view_picture(portrait, VIEW, size=(1000, 1000))
    times = fine.shape[0] // SHAPE[0]
    assert times >= FINE
    assert fine.shape == (SHAPE[0] * times, SHAPE[1] * times, 4)
    monkeypatch.setattr(module, "AT_ONCE", 500)
    np.testing.assert_array_equal(view_picture(portrait, VIEW, size=(1000, 1000)), fine)
    zoomed = view_picture(portrait, replace(VIEW, zoom=(4.5, 14.5, 19.5, 9.5)), size=(1000, 1000))
    whole = fine[10 * times : 20 * times, 5 * times : 15 * times]
    assert np.abs(zoomed.astype(int) - whole)[2:-2, 2:-2].max() <= 3  # the photograph is resampled


def test_an_equalised_layer_has_the_ranks_of_all_pixels_whatever_part_is_seen(portrait):
    view = BenchView("Fe", (LayerLook("Fe-K", high=600, scale="equalised", colour="gray"),))
    whole = view_picture(portrait, view)
    zoomed = view_picture(portrait, replace(view, zoom=(4.5, 14.5, 19.5, 9.5)))
    np.testing.assert_array_equal(zoomed, whole[10:20, 5:15])


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("photo:imir_reg", "no registered photograph 'imir_reg'; it has: imvis_reg_highres"),
        ("Nonsense", "such as Fe-K"),
        ("band:90:95", "keV"),
    ],
)
def test_a_layer_that_the_scan_does_not_have_is_named(portrait, key, words):
    with pytest.raises(MaxrfError, match=words):
        view_layers(portrait, BenchView("x", (LayerLook(key),)))


def test_a_view_of_nothing_is_refused(portrait):
    with pytest.raises(MaxrfError, match="No layer of the view can be seen"):
        view_picture(portrait, BenchView("x", (LayerLook("Fe-K", visible=False),)))

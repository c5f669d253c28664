"""What can be laid on the bench has a name that a visitor knows."""

from widgets.look.add_layer import layer_name


def test_layers_are_named_by_element_band_or_photograph():
    assert layer_name("Fe-K") == "Fe · iron"
    assert layer_name("Pb-L") == "Pb L · lead"
    assert layer_name("photo:imvis_reg") == "Photograph"
    assert "dragged" in layer_name("band:6.2:6.6")

"""The caption tells what one needs to read the picture, and no more than is known."""

from dataclasses import replace

from maxrf_core._version import SOFTWARE
from maxrf_core.figures.caption import caption_of
from maxrf_core.figures.view_layers import view_grid, view_layers
from maxrf_core.imaging.layers import LayerLook
from tests.maxrf_core.figures.figure_scan import VIEW


def caption(ds, view, size=None):
    layers = view_layers(ds, view)
    return caption_of(ds, layers, view_grid(ds, view, layers, size))


def test_it_tells_scan_lines_tube_registration_and_version(portrait):
    told = caption(portrait, VIEW)
    assert told.startswith("Portrait (portrait.datastack), 28 × 30 pixels.")
    assert (
        "Net counts of the Fe K and Pb L lines, from fits of each pixel's spectrum (Rh tube, 50 kV)." in told
    )
    assert "Maps are not smoothed." in told
    assert "Photograph: portrait.png, registered by 6 points; off by about 0." in told
    assert "mm) in the middle of the picture" in told
    assert told.endswith(f"{SOFTWARE}.")


def test_it_tells_the_part_the_band_and_what_was_done_with_the_map(portrait):
    view = replace(VIEW, layers=(LayerLook("band:6.2:6.6"),), zoom=(4.5, 14.5, 19.5, 9.5))
    told = caption(portrait.straightened(0.5), view, (5, 5))
    assert "pixels x 5–14, y 10–19 of 28 × 30." in told
    assert "Counts per channel in the band 6.2–6.6 keV, background included." in told
    assert "the mean of 2 × 2 pixels" in told
    assert "Odd rows are shifted back by 0.50 pixels." in told
    assert "Photograph" not in told

"""Two maps against each other: bins are seen by their pixels, and parts in their colours."""

import numpy as np

from maxrf_core.patches.joint_histogram import joint_histogram
from widgets.charts.joint_chart import joint_figure, joint_image


def test_bins_without_pixels_are_transparent_and_parts_are_coloured():
    counts = np.array([[5, 0], [1, 0]])  # the lower row first
    part = np.array([[0, 0], [1, 0]])
    pixels = np.asarray(joint_image(counts, [("#e69f00", part)]))
    assert pixels[0, 0, :3].tolist() == [0xE6, 0x9F, 0]  # the upper row
    assert pixels[1, 0, 3] == 255
    assert 0 < pixels[0, 0, 3] < 255
    assert not pixels[:, 1, 3].any()


def test_the_picture_lies_where_the_values_are():
    x, y = np.array([[0.0, 10.0]]), np.array([[100.0, 300.0]])
    histogram = joint_histogram(x, y)
    figure = joint_figure(histogram, joint_image(histogram.counts, []), ("Fe", "Pb"))
    [image] = figure.layout.images
    assert (image.x, image.y) == (histogram.x_edges[0], histogram.y_edges[-1])
    assert figure.layout.yaxis.range[0] == histogram.y_edges[0]

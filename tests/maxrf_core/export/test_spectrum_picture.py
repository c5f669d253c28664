"""Spectra are drawn with their model and the names of peaks, whatever these are."""

import xml.etree.ElementTree as ET

import numpy as np

from maxrf_core.export.spectrum_picture import spectrum_svg


def test_a_spectrum_is_svg_and_the_same_each_time():
    energies = np.linspace(1, 20, 500)
    counts = 100 * np.exp(-(((energies - 6.4) / 0.1) ** 2))
    made = [spectrum_svg(energies, counts, counts, [(6.4, "Fe $<Ka>$"), (6.41, "hidden")]) for _ in range(2)]
    assert made[0] == made[1]
    assert ET.fromstring(made[0]).tag.endswith("svg")


def test_a_spectrum_without_counts_is_drawn():
    assert "<svg" in spectrum_svg(np.arange(10.0), np.zeros(10))

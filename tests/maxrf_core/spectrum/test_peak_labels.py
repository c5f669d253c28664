"""Labels of peaks on measured spectra."""

import numpy as np

from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.scan_peaks import scan_peaks
from maxrf_core.readers import open_scan
from maxrf_core.spectrum.calibration import Calibration
from maxrf_core.spectrum.detector import fwhm
from maxrf_core.spectrum.elements import Tube
from maxrf_core.spectrum.lines import find_line, tube_lines
from maxrf_core.spectrum.peak_labels import label_peaks
from maxrf_core.spectrum.peaks import find_peaks
from tests.maxrf_core.spectrum.genuine_spectra import other_spectra


def test_peaks_of_measured_pure_elements_get_their_names(shared):
    measured = np.load(shared("data/real/nexl_rh50kv/rh50kv_measured_spectra.npz"))
    energies = measured["energy_keV"].astype(float)
    for name, counts in zip(measured["names"], measured["counts"], strict=True):
        if name in ("Si", "S", "Ti", "Cr", "Fe", "Ni", "Cu"):
            peaks = find_peaks(np.clip(counts, 0, None))
            labels = [line.label if line else "" for line in label_peaks(energies[peaks])]
            assert labels[0] == f"{name} Ka"
            assert "Rh Ka" in labels, name
            if name in ("Ti", "Cr", "Fe", "Ni", "Cu"):
                assert f"{name} Kb" in labels, name


def test_scatter_of_the_tube_is_named_as_such(shared):
    measured = np.load(shared("data/real/nexl_rh50kv/rh50kv_measured_spectra.npz"))
    blank = measured["counts"][list(measured["names"]).index("Acrylic_600s")].clip(0)
    peaks = measured["energy_keV"][find_peaks(blank, 4)]
    assert [line and line.label for line in label_peaks(peaks)] == [
        "Rh Compton",
        "Rh La",
        "Rh Ka",
        "Rh Compton Kb",
    ]
    assert [line and line.label for line in label_peaks([18.93, 20.19], tube=None)] == [None, None]
    assert find_line("Rh Ka") in [find_line(line.label) for line in tube_lines("Rh") if line.series == "Ka"]


def test_scatter_of_a_silver_tube_is_named(shared):
    each = next(each for each in other_spectra(shared("data/spectra")) if each.name.startswith("fresco"))
    peaks = find_peaks(each.counts, 40, first=21)
    names = {line.label for line in label_peaks(each.energies[peaks], tube=Tube("Ag", 38)) if line}
    assert {"Ag Ka", "Ca Ka", "Fe Ka", "Pb La"} <= names
    assert not any(name.startswith("Rh") for name in names)


def test_every_peak_of_a_scan_that_gets_a_name_is_more_than_three_standard_deviations_high(real_scan):
    """On the counts themselves: what lies within the line's width, against the level on both sides of it."""
    path = real_scan / "labels.datastack"
    ds = DataStack(convert(open_scan(real_scan / "upright.rpl"), path, overwrite=True))
    ds.calibrate(Calibration(0.009999, -0.9553))
    peaks = scan_peaks(ds, ds.axis)
    names = [line.label for line in label_peaks(ds.axis.values[peaks]) if line]
    assert {"Fe Ka", "Cu Ka", "S Ka", "Ti Ka", "Rh Ka", "Rh Compton"} <= set(names)
    total, highest = ds.sum_and_max()
    for peak in peaks:
        width = round(float(fwhm(ds.axis.values[peak])) / 0.01)
        levels = [
            total[peak - 2 * width : peak - width].mean(),
            total[peak + width : peak + 2 * width].mean(),
        ]
        inside = total[peak - width // 2 : peak + width // 2 + 1]
        net = inside.sum() - len(inside) * min(levels)
        in_mean = net / np.sqrt(inside.sum() + len(inside) * min(levels))
        assert in_mean > 3 or highest[peak - 3 : peak + 4].max() > 10, ds.axis.values[peak]


def test_strong_lines_and_whole_families_win_over_chance():
    def named(energies):
        return [line.label if line else None for line in label_peaks(energies)]

    assert named([4.51, 4.93]) == ["Ti Ka", "Ti Kb"]
    assert named([4.46, 4.83, 5.16]) == ["Ba La", "Ba Lb", "Ba Lb2"]
    assert named([9.98, 11.83, 2.31]) == ["Hg La", "Hg Lb", "S Ka"]
    assert named([10.55, 12.61, 14.76, 20.17]) == ["Pb La", "Pb Lb", "Pb Lg", "Rh Ka"]
    assert named([]) == []
    assert named([33.3, 6.4]) == [None, "Fe Ka"]

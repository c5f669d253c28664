"""Groups of pixels are called after elements that are in them more than elsewhere."""

import numpy as np
import pytest

from maxrf_core.cube.cube import Cube
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.stored_elements import scan_analysis
from maxrf_core.demo.make import TRUTH
from maxrf_core.elements.identify import ABSENT
from maxrf_core.elements.maps import element_maps
from maxrf_core.patches.correlation import correlations, winsorising_limits
from maxrf_core.patches.group_names import group_name, name_groups
from maxrf_core.patches.groups import Groups, find_groups
from tests.maxrf_core.elements.made_scan import COUNTS, analysed, made_counts, truth


@pytest.fixture(scope="module")
def named():
    """Find the groups of a small scan of which the counts of each element are known."""
    cube = Cube(_Chunked(made_counts()))
    groups = find_groups(element_maps(cube, analysed()), 6)
    return groups, name_groups(cube, analysed(), groups)


class _Chunked:
    def __init__(self, values):
        self.values, self.shape, self.dtype, self.chunks = values, values.shape, values.dtype, None

    def __getitem__(self, key):
        return self.values[key]


def test_a_group_has_more_of_the_elements_it_is_called_after(named):
    amounts = dict(zip((name.split("-")[0] for name in COUNTS), truth(), strict=True))
    _groups, found = named
    told = 0
    for group in found:
        for element in group.patch.name.split(", "):
            if element in amounts:
                told += 1
                assert amounts[element][group.patch.mask].mean() > 1.1 * amounts[element].mean()
                assert group.findings[element].status != ABSENT
    assert told >= len(found)
    assert len({group.patch.name for group in found}) == len(found)


def test_groups_cover_the_scan_and_have_their_mean_spectrum(named):
    groups, found = named
    assert sum(group.patch.mask.astype(int) for group in found).min() == 1
    for number, group in enumerate(found):
        np.testing.assert_array_equal(group.patch.mask, groups.mask(number))
        np.testing.assert_allclose(group.spectrum, made_counts()[group.patch.mask].mean(axis=0))


def test_a_group_that_has_more_of_nothing_is_called_little_of_all():
    groups = Groups(np.zeros((1, 1), np.int8), ("Fe-K",), np.array([[0.1]]))
    assert group_name(groups, 0, {}) == "Little of all"


@pytest.fixture(scope="module")
def demo(made_demo):
    """Return the demo, its element maps, and the expected counts of each element."""
    ds = DataStack(made_demo / "demo.datastack")
    truth = dict(zip(ds.attributes(TRUTH)["names"], ds.read(TRUTH).astype(np.float64), strict=True))
    return ds, ds.element_maps(keep=False), truth


def test_the_materials_of_the_demo_are_groups_called_after_their_elements(demo):
    ds, maps, expected = demo
    found = name_groups(ds.cube(), scan_analysis(ds), find_groups(maps))
    for element in ("Cu", "Pb", "Hg", "Ti"):
        counts = expected[element]
        group = max(found, key=lambda each, counts=counts: counts[each.patch.mask].mean())
        assert element in group.patch.name.split(", ")
        assert counts[group.patch.mask].mean() > 5 * counts.mean()
        covered = counts > 0.8 * np.quantile(counts, 0.995)
        assert group.patch.mask[covered].mean() > 0.9


def test_elements_of_the_demo_go_together_as_they_truly_do(demo):
    _ds, maps, expected = demo
    told = correlations(maps)
    seen = [name for name, signal in zip(maps.names, told.signal, strict=True) if signal > 0]
    seen = [name for name in seen if name.split("-")[0] in expected]
    true = np.array([expected[name.split("-")[0]] for name in seen])
    low, high = winsorising_limits(true)
    true = np.corrcoef(np.clip(true.reshape(len(seen), -1), low[:, None], high[:, None]))
    numbers = [maps.index(name) for name in seen]
    wrong = np.abs(told.values[np.ix_(numbers, numbers)] - true)
    plain = np.abs(np.corrcoef(maps.net[numbers].reshape(len(seen), -1)) - true)
    assert len(seen) >= 10
    assert wrong.max() < 0.16
    assert wrong.mean() < 0.03 < 0.1 < plain.mean()

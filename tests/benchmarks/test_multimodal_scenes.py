"""Genuine pairs lie on each other where their truth says."""

import numpy as np

from benchmarks.multimodal_scenes import pair, pair_names, seen_pair
from maxrf_core.autoalign.evidence import find_evidence
from maxrf_core.autoalign.pyramid import Pyramid


def test_a_pair_seen_by_a_camera_shows_the_same_under_its_truth(shared):
    shared("data/multimodal")
    name = "optical-infrared_1"
    assert name in pair_names()
    scene = seen_pair(name, 2)
    assert scene.photo.shape != pair(name).photo.shape
    assert scene.photo.std() > 20
    assert np.array_equal(scene.maps[0], pair(name).maps[0])
    level = Pyramid(scene.photo, scene.maps, scene.truth, 20).level(1)
    assert find_evidence(level, scene.truth).significance > 6

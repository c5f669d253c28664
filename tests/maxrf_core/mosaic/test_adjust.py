"""Scans are moved together only where patches that were held out come nearer."""

import numpy as np

from maxrf_core.mosaic.adjust import adjust
from maxrf_core.mosaic.placed_scan import placed_scans
from maxrf_core.mosaic.relative_error import MatchedPatches
from tests.maxrf_core.mosaic.made_parts import make_both


def patches(rng, shift, noise):
    first = rng.uniform((230, 60), (340, 400), (120, 2))
    weight = np.tile(np.eye(2) / noise**2, (len(first), 1, 1))
    return MatchedPatches(first, first + shift + rng.normal(0, noise, first.shape), weight)


def test_a_common_shift_is_shared_out_and_noise_alone_moves_nothing(tmp_path):
    scans, rng = placed_scans(make_both(tmp_path)), np.random.default_rng(0)
    shifted = adjust(scans, {(0, 1): patches(rng, (6.0, -2.0), 0.4)})
    assert shifted.is_better
    assert shifted.after < 1.0 < shifted.before
    middle = np.array([[285.0, 230.0]])
    moves = [correction.apply(middle) - middle for correction in shifted.corrections]
    np.testing.assert_allclose(moves[0] - moves[1], [[6.0, -2.0]], atol=0.3)
    assert (np.abs(moves) < 4.5).all()  # both give way, since neither registration is better
    still = adjust(scans, {(0, 1): patches(rng, (0.0, 0.0), 0.4)})
    assert not still.is_better


def test_without_a_measured_overlap_there_is_nothing_to_adjust(tmp_path):
    assert adjust(placed_scans(make_both(tmp_path)), {}) is None

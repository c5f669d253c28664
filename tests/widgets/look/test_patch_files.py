"""Patches of a file are added to those that are there."""

import numpy as np
import pytest

from maxrf_core.patches.exchange import format_patches
from maxrf_core.patches.patch import Patch
from widgets.look import patch_files
from widgets.look.patch_files import KINDS, take_patches
from widgets.session.choice import Choice


@pytest.mark.parametrize("ending", KINDS)
def test_patches_of_a_file_are_added_under_names_of_their_own(ending: str):
    sky = Patch.polygon([(1, 1), (7, 1), (4, 6)], (9, 9), "sky", "#56b4e9")
    now = Choice(patches=(sky,))
    take_patches(now, format_patches([sky], (9, 9), ending), f"patches{ending}", (9, 9))
    assert [patch.name for patch in now.patches] == ["sky", "sky 2"]
    assert np.array_equal(now.patches[1].mask, sky.mask)


def test_a_file_of_something_else_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    told = []
    monkeypatch.setattr(patch_files, "show_briefly", lambda error: told.append(str(error)))
    now = Choice(patches=())
    take_patches(now, b"hello", "letter.geojson", (9, 9))
    assert now.patches == ()
    assert "letter.geojson" in told[0]

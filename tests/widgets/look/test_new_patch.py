"""What is drawn becomes a patch with a name and a colour of its own."""

import numpy as np
import pytest

from maxrf_core.patches.patch import MAX_PATCHES, Patch
from widgets.look import new_patch
from widgets.look.new_patch import add_patch
from widgets.session.choice import Choice


def test_each_new_patch_has_another_name_and_colour():
    now = Choice()
    for corner in (0, 4):
        add_patch(now, lambda *named, at=corner: Patch.rectangle((at, at), (at + 1, at), (9, 9), *named))
    assert [patch.name for patch in now.patches] == ["Patch A", "Patch B"]
    assert len({patch.colour for patch in now.patches}) == 2


def test_what_holds_no_pixel_is_told_and_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    told = []
    monkeypatch.setattr(new_patch, "show_briefly", lambda error: told.append(str(error)))
    now = Choice()
    add_patch(
        now, lambda *named: Patch.polygon(np.array([[0.1, 0.1], [0.2, 0.1], [0.2, 0.2]]), (9, 9), *named)
    )
    assert now.patches is None
    assert "holds no pixel" in told[0]


def test_a_scan_has_so_many_patches_at_most(monkeypatch: pytest.MonkeyPatch):
    told = []
    monkeypatch.setattr(new_patch, "show_briefly", lambda error: told.append(str(error)))
    pixel = np.ones((1, 1), bool)
    now = Choice(patches=tuple(Patch(f"patch {number}", "#56b4e9", pixel) for number in range(MAX_PATCHES)))
    add_patch(now, lambda name, colour: Patch(name, colour, pixel))
    assert len(now.patches) == MAX_PATCHES
    assert str(MAX_PATCHES) in told[0]

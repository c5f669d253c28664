"""The benchmark converts and exports with the real command, and tells what fails or takes too much memory."""

import sys

import pytest

from benchmarks import formats
from maxrf_core.writers import WRITERS

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it reads Linux's /proc")


def test_each_conversion_and_export_is_measured_and_a_failure_is_told(tmp_path, monkeypatch, capsys):
    def broken(source, folder):
        path = folder / "broken.npy"
        path.write_bytes(b"no numbers")
        return formats.Made(path, 1000)

    monkeypatch.setattr(formats, "KINDS", {"Ripple": formats.KINDS["Ripple"], "broken": broken})
    monkeypatch.setattr(formats, "WRITERS", {"npy": WRITERS["npy"]})
    monkeypatch.setattr(formats, "PAGE", tmp_path / "page.md")
    monkeypatch.setattr(formats, "SAVED", tmp_path / "build" / "formats.json")
    formats.PAGE.write_text(f"Before.\n{formats.BEGIN}\n{formats.END}\nAfter.\n")
    arguments = ["--size", "0.0005", "--folder", str(tmp_path), "--write"]
    assert formats.main(arguments) == 1
    page = formats.PAGE.read_text()
    assert "| broken | 0.0 MB | 0.0 MB | failed |" in page
    assert page.count("| Ripple |") == 1
    assert page.count("| NumPy (.npy) |") == 1
    assert "broken.npy" in capsys.readouterr().err
    saved = formats.load(formats.SAVED)
    alone = formats.Run("", saved.n_bytes, 1.0, saved.read[:1], [])
    assert [each.name for each in alone.with_others_of(saved).read] == ["Ripple", "broken"]
    assert formats.Run("", 1.0, 1.0, saved.read[:1], []).with_others_of(saved).read == saved.read[:1]

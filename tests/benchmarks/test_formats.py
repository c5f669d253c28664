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
    formats.PAGE.write_text(f"Before.\n{formats.BEGIN}\n{formats.END}\nAfter.\n")
    arguments = ["--size", "0.0005", "--folder", str(tmp_path), "--write", "--only", "broken"]
    assert formats.main(arguments) == 1
    page = formats.PAGE.read_text()
    assert "| broken | 0.0 MB | 0.0 MB | failed |" in page
    assert page.count("| Ripple |") == 1
    assert page.count("| NumPy (.npy) |") == 1
    assert "broken.npy" in capsys.readouterr().err

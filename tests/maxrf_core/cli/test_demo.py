"""The command `demo` makes a scan with its photograph and points, and says what it cannot leave out."""

from maxrf_core.cli.main import main
from maxrf_core.datastack.datastack import DataStack


def test_demo_writes_a_scan_its_photograph_and_its_points(tmp_path, monkeypatch, capsys):
    """Files that exist are replaced only on request, and elements are left out."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out_photo.png").write_text("left by a demo that was killed")
    assert main(["demo", "out.datastack"]) == 2
    assert "out_photo.png exists already" in capsys.readouterr().err
    assert main(["demo", "out.datastack", "--without", "as, Ba", "--overwrite"]) == 0
    assert capsys.readouterr().out.split() == ["out.datastack", "out_photo.png", "out_points.json"]
    assert not {"As", "Ba"} & set(DataStack("out.datastack").attributes("demo_truth")["names"])
    assert DataStack("out.datastack").shape == (300, 280, 2048)
    assert {"out.datastack", "out_photo.png", "out_points.json"} <= {file.name for file in tmp_path.iterdir()}
    assert main(["register", "out.datastack", "out_photo.png", "--points", "out_points.json"]) == 0
    assert DataStack("out.datastack").read("imvis_reg").shape == (300, 280, 3)


def test_a_demo_lacks_only_what_it_could_hold(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["demo", "none.datastack", "--without", "Au"]) == 2
    assert "The demo holds no 'Au'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []

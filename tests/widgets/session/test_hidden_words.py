"""There is one rule that hides words from all but screen readers."""

from pathlib import Path

from widgets.session.hidden_words import hide_words

WIDGETS = Path(__file__).resolve().parents[3] / "widgets"


def test_no_other_style_hides_words_by_itself():
    sources = [path for kind in ("py", "css", "js") for path in WIDGETS.rglob(f"*.{kind}")]
    hiding = [path.name for path in sources if "clip-path" in path.read_text(encoding="utf-8")]
    assert hiding == ["hidden_words.py"]


def test_hidden_words_take_no_room():
    assert hide_words(".icon p").startswith(".icon p { position: absolute; width: 1px; height: 1px;")

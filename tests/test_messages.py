"""Every text on screen can be translated, and the catalogue holds all of them."""

import ast
import gettext
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.messages import CATALOGUE, collected

PROJECT = Path(__file__).resolve().parents[1]

# What shows its first argument, or one of these keywords, to the visitor.
SHOWING = {
    "Page", "badge", "begin_page", "button", "caption", "checkbox", "download_button", "error",
    "expander", "file_uploader", "header", "info", "link_button", "markdown", "metric",
    "multiselect", "number_input", "page_link", "pills", "popover", "progress", "radio",
    "segmented_control", "select_slider", "selectbox", "slider", "spinner", "subheader", "success",
    "text_area", "text_input", "title", "toast", "toggle", "warning", "write",
}  # fmt: skip
KEYWORDS = {"help", "label", "placeholder", "caption", "alt", "title", "body", "text", "y_title", "x_title"}
PLAIN = {"maxrf4all"}  # names, which are the same in every language


def is_unmarked(node: ast.expr) -> bool:
    """Return True if an expression is a text with words that no marker stands around."""
    if isinstance(node, ast.Constant):
        texts = [node.value] if isinstance(node.value, str) else []
    elif isinstance(node, ast.JoinedStr):
        texts = [part.value for part in node.values if isinstance(part, ast.Constant)]
    elif isinstance(node, ast.BinOp):
        return is_unmarked(node.left) or is_unmarked(node.right)
    elif isinstance(node, ast.IfExp):
        return is_unmarked(node.body) or is_unmarked(node.orelse)
    else:
        return False
    plain = " ".join(texts)
    return plain not in PLAIN and any(word.isalpha() and len(word) > 1 for word in plain.split())


def unmarked(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        shown = node.args[:1] if name in SHOWING else []
        shown = shown + [keyword.value for keyword in node.keywords if keyword.arg in KEYWORDS]
        if name.endswith("Error") and name not in {"RuntimeError", "ValueError"}:  # those are for programmers
            shown = shown + node.args[:1]
        for each in shown:
            if is_unmarked(each) and not (name == "Page" and each in node.args):
                yield f"{path.relative_to(PROJECT)}:{each.lineno}"


ROOMS = ["pages", *sorted(f"widgets/{each.parent.name}" for each in PROJECT.glob("widgets/*/__init__.py"))]


@pytest.mark.parametrize("folder", ROOMS)
def test_every_text_on_screen_is_marked(folder: str):
    assert [line for path in sorted((PROJECT / folder).glob("*.py")) for line in unmarked(path)] == []


def test_the_catalogue_is_up_to_date():
    assert CATALOGUE.read_text(encoding="utf-8") == collected(), "run: make messages"


def test_a_translation_is_found_by_the_browsers_locale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo

    from widgets.session import language

    folder = tmp_path / "nl" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = Catalog(locale="nl")
    catalogue.add("Open", "Openen")
    with (folder / "maxrf4all.mo").open("wb") as file:
        write_mo(file, catalogue)
    monkeypatch.setattr(language, "LOCALE", tmp_path)
    language.translation.cache_clear()
    try:
        assert language.translation("nl-NL").gettext("Open") == "Openen"
        assert language.translation("it-IT").gettext("Open") == "Open"
        assert isinstance(language.translation("de"), gettext.NullTranslations)
    finally:
        language.translation.cache_clear()


def test_what_is_answered_beside_a_page_is_in_the_visitors_language(
    monkeypatch: pytest.MonkeyPatch,
):
    from widgets.session import language

    asked = []
    monkeypatch.setattr(
        language, "translation", lambda name: asked.append(name) or gettext.NullTranslations()
    )
    with language.in_locale("nl-NL"):
        assert language._("Open") == "Open"
    language._("Open")
    assert asked == ["nl-NL", "en"]

"""The menu leads to every page, and no page asks another computer for anything."""

import ast
from pathlib import Path

import pytest
import streamlit as st

from tests.pages.conftest import Open
from widgets.session import navigation

PAGES = sorted((Path(__file__).resolve().parents[3] / "pages").glob("*.py"))


def test_the_menu_leads_to_every_page(monkeypatch: pytest.MonkeyPatch):
    menu: dict[str, list] = {}
    monkeypatch.setattr(st, "navigation", menu.update)
    monkeypatch.setattr(st, "Page", lambda file, **about: (file, about))
    navigation.navigate()
    entries = [entry for entries in menu.values() for entry in entries]
    assert sorted(file for file, _ in entries) == [f"pages/{path.name}" for path in PAGES]
    assert len({about["title"] for _, about in entries}) == len(PAGES)
    assert [file for file, about in entries if about.get("default")] == ["pages/open.py"]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_page_begins_with_its_title_or_leads_to_another(path: Path):
    statements = [each for each in ast.parse(path.read_text(encoding="utf-8")).body if is_call(each)]
    assert statements[0].value.func.id in ("begin_page", "lead_to")


def is_call(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)


@pytest.mark.parametrize(
    ("page", "title"),
    [("compare", "Compare photograph and maps"), ("guide", "Guide"), ("open", "Open a scan")],
)
def test_a_page_shows_its_title(open_page: Open, page: str, title: str):
    app = open_page(page, stack=None)
    assert [each.value for each in app.title] == [title]

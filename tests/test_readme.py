"""Targets of the links in README and docs exist."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_local_link_leads_somewhere(page: Path):
    links = re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not missing


def test_every_module_that_the_docs_name_exists():
    text = (PROJECT / "docs" / "house.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:[a-z_]+/)*([a-z0-9_]+\.py)`", text))
    folders = ("maxrf_core", "server", "widgets", "pages", "tests")
    there = {path.name for folder in folders for path in (PROJECT / folder).rglob("*.py")}
    there.add("streamlit_app.py")
    assert named
    assert named <= there


def test_the_commands_of_the_readme_exist():
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)", text)) <= targets


def test_the_tests_that_hold_the_promises_exist():
    text = (PROJECT / "docs" / "trust.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(tests/[a-z0-9_/]+\.py)`", text))
    assert len(named) > 20
    assert not [path for path in named if not (PROJECT / path).is_file()]

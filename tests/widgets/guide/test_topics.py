"""The guide in the app: every page of the documentation's tutorial and how-to, with its pictures."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from widgets.guide.topics import DOCS, SECTIONS, Picture, sections, topic

PROJECT = Path(__file__).resolve().parents[3]
TOPICS = [each for pages in sections().values() for each in pages]


def texts_on_screen() -> str:
    """Return all texts of pages and widgets, of which labels are part."""
    found = []
    for path in [*(PROJECT / "pages").glob("*.py"), *(PROJECT / "widgets").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
    return "\n".join(found)


def test_every_file_is_listed_in_the_contents():
    files = {f"{section}/{path.stem}" for section in SECTIONS for path in (DOCS / section).glob("*.md")} - {
        f"{section}/index" for section in SECTIONS
    }
    assert {each.name for each in TOPICS} == files


@pytest.mark.parametrize("shown", TOPICS, ids=lambda each: each.name)
def test_a_page_shows_pictures_that_exist_and_no_link_that_leads_nowhere(shown):
    pictures = [part for part in shown.parts if isinstance(part, Picture)]
    assert all(picture.path.is_file() and picture.alt for picture in pictures)
    assert all(topic(name) is not None for name in shown.related)
    for part in shown.parts:
        if isinstance(part, str):
            assert not re.search(r"\]\((?!https?://)|^!\[|^```\{|<\w", part, re.MULTILINE)


@pytest.mark.parametrize("shown", TOPICS, ids=lambda each: each.name)
def test_what_a_page_calls_by_its_label_is_on_the_screen(shown):
    source = (DOCS / f"{shown.name}.md").read_text(encoding="utf-8")
    labels = re.findall(r"\*\*([^*\n]+[^*.\n])\*\*", re.sub(r"^\*\*.*?\*\*", "", source, flags=re.MULTILINE))
    screen = texts_on_screen()
    assert [label for label in labels if label not in screen] == []


def test_the_wheel_holds_the_guide():
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    included = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    needed = {f"docs/{section}" for section in SECTIONS}
    for each in TOPICS:
        needed |= {
            part.path.relative_to(PROJECT).as_posix() for part in each.parts if isinstance(part, Picture)
        }
    assert {path: included.get(path) for path in needed} == {path: f"maxrf4all_app/{path}" for path in needed}

"""Pages of the guide, read from the documentation's Markdown files."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from server.settings import HERE

DOCS = HERE / "docs"
SECTIONS = ("tutorial", "how-to")
_LISTED = re.compile(r"^```\{toctree\}\n(.*?)^```", re.MULTILINE | re.DOTALL)
_IMAGE = re.compile(r"^!\[([^\]]*)\]\(([^)\s]+)\)$", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Picture:
    """A picture between two paragraphs.

    Attributes
    ----------
    path : Path
    alt : str
        What it shows, for those who cannot see it.
    """

    path: Path
    alt: str


@dataclass(frozen=True)
class Topic:
    """One page of the guide.

    Attributes
    ----------
    name : str
        Folder and file without its ending, such as ``how-to/compare``.
    title : str
    parts : tuple of str or Picture
        Markdown and pictures, in the order in which they are shown.
    related : tuple of str
        Names of the pages that it links to.
    """

    name: str
    title: str
    parts: tuple[str | Picture, ...]
    related: tuple[str, ...]


@cache
def sections() -> dict[str, tuple[Topic, ...]]:
    """Return the pages of each section by its title, in the order of the documentation's contents.

    Examples
    --------
    >>> list(sections())
    ['Tutorial', 'How to']
    """
    found = {}
    for section in SECTIONS:
        text = (DOCS / section / "index.md").read_text(encoding="utf-8")
        [listed] = _LISTED.findall(text)
        names = [line for line in listed.split() if not line.startswith(":")]
        pages = [name for name in names if (DOCS / section / f"{name}.md").is_file()]  # a notebook is none
        found[_title(text)] = tuple(_read(f"{section}/{page}") for page in pages)
    return found


def topic(name: str | None) -> Topic | None:
    """Return the page of that name; None if there is none."""
    topics = (each for pages in sections().values() for each in pages)
    return next((each for each in topics if each.name == name), None)


def _read(name: str) -> Topic:
    path = DOCS / f"{name}.md"
    text = path.read_text(encoding="utf-8")
    body = text.partition("\n")[2]
    related = []
    for target in _LINK.findall(_IMAGE.sub("", body)):
        linked = (path.parent / target[1]).resolve()
        if linked.suffix == ".md" and linked.parent.name in SECTIONS:
            related.append(f"{linked.parent.name}/{linked.stem}")
    parts: list[str | Picture] = []
    for index, part in enumerate(_IMAGE.split(body)):
        if index % 3 == 0:
            parts.append(_without_links(part))
        elif index % 3 == 1:
            alt = part
        else:
            parts.append(Picture((path.parent / part).resolve(), alt))
    return Topic(name, _title(text), tuple(parts), tuple(dict.fromkeys(related)))


def _title(text: str) -> str:
    return text.partition("\n")[0].removeprefix("# ").strip()


def _without_links(text: str) -> str:
    """Write links to other files as emphasised text; links to other sites stay."""
    return _LINK.sub(lambda found: found[0] if "://" in found[2] else f"*{found[1]}*", text)

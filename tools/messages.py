"""Collection of all texts on screen and errors into one catalogue for translators: ``make messages``.

    python -m tools.messages

Texts are marked in the code, see `maxrf_core.language`.
"""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

PROJECT = Path(__file__).resolve().parents[1]
CATALOGUE = PROJECT / "maxrf_core" / "locale" / "maxrf4all.pot"
KEYWORDS = {"_": None, "marked": None, "Note": None, "counted": (1, 2)}
FOLDERS = ("maxrf_core", "pages", "server", "widgets")


def collected() -> str:
    """Return the catalogue of all marked texts, as a .pot file without line numbers and dates."""
    catalogue = Catalog(project="maxrf4all", charset="utf-8")
    for folder in FOLDERS:
        found = extract_from_dir(
            PROJECT / folder, method_map=[("**.py", "python")], keywords=KEYWORDS, comment_tags=("Note:",)
        )
        for file, _line, message, comments, _context in sorted(found, key=lambda each: (each[0], each[1])):
            catalogue.add(message, locations=[(f"{folder}/{file}", 0)], auto_comments=comments)
    text = io.BytesIO()
    write_po(text, catalogue, omit_header=True, include_lineno=False, sort_output=True)
    return text.getvalue().decode()


if __name__ == "__main__":
    CATALOGUE.write_text(collected(), encoding="utf-8")
    print(f"{CATALOGUE.relative_to(PROJECT)} is written.")

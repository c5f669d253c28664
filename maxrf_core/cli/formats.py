"""The command ``formats``: the list of formats that can be read, in the terminal or as docs/formats.md."""

import argparse
from typing import Any

from maxrf_core.readers import FORMATS, Format

_PAGE = """# Formats

What the app opens, lists and accepts as an upload, and what `python -m maxrf_core convert` reads.

| format | files | written by | what is read | in the app |
|---|---|---|---|---|
{rows}

Element maps without spectra can be looked at, compared and registered with a photograph; what needs spectra
says that the file holds none. A picture or a table is read as maps only where that is asked for (*Open*,
*Combine element maps*; `convert` with files or a folder of maps): it may as well be a photograph.

Upper and lower case of endings do not matter. If a scan has several files, they lie in one folder under
the same name, and are uploaded together. Where a file has another ending, `convert` looks at its first bytes.

A file from a stranger is checked before it is opened: see [files from strangers](security.md). What a
datastack holds is listed in [the file format](format.md).

A format is one file in `maxrf_core/readers/` that declares a `FORMAT` (`maxrf_core/readers/format.py`).
This page is the output of `python -m maxrf_core formats --markdown`.
"""


def add_formats_command(commands: Any) -> None:
    """Add the command ``formats`` to those of ``python -m maxrf_core``."""
    parser = commands.add_parser("formats", help="list the formats that can be read")
    parser.add_argument("--markdown", action="store_true", help="print the page docs/formats.md")
    parser.set_defaults(run=_print_formats)


def formats_page() -> str:
    """Return the text of docs/formats.md.

    Returns
    -------
    str
        Markdown with one row for each format.
    """
    rows = (
        f"| {form.name} | {_code(form)} | {form.written_by} | {form.reads} | {_use(form)} |"
        for form in FORMATS
    )
    return _PAGE.format(rows="\n".join(rows))


def _code(form: Format) -> str:
    """Return the endings in Markdown, set as code."""
    words = form.in_words().split(" ")
    return " ".join(f"`{word}`" if word.startswith(".") else word for word in words)


def _use(form: Format) -> str:
    if form.map_file is not None:
        return "several files of one size, or a folder, become one datastack of maps without spectra"
    return "opened as it is" if form.is_datastack else "converted to a datastack"


def _print_formats(chosen: argparse.Namespace) -> None:
    if chosen.markdown:
        print(formats_page(), end="")
        return
    for form in FORMATS:
        print(f"{form.name} ({form.in_words()}), {_use(form)}")
        print(f"    written by: {form.written_by}")
        print(f"    read: {form.reads}")

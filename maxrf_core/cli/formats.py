"""The command ``formats``: the list of formats that can be read, in the terminal or as docs/formats.md."""

import argparse
import re
from collections.abc import Sequence

from maxrf_core.imaging.picture_formats import PICTURE_FORMATS
from maxrf_core.readers import FORMATS, Format
from maxrf_core.writers import WRITERS

_PAGE = """# Formats

What the app opens, lists and accepts as an upload, and what `python -m maxrf_core convert` reads.

| format | files | written by | what is read | in the app |
|---|---|---|---|---|
{rows}

What its files may hold and is left out, and who wrote the files that each is tested with:

| format | not read | tested with files of |
|---|---|---|
{tests}

Element maps without spectra can be looked at, compared and registered with a photograph; what needs spectra
says that the file holds none. A picture or a table is read as maps only where that is asked for (*Open*,
*Combine element maps*; `convert` with files or a folder of maps): it may as well be a photograph.

## Photographs

What *Register*, **Choose a photograph**, `python -m maxrf_core register` and `maxrf_core.read_picture` read.
Files are told by their first bytes; the turn that a camera noted is applied, and colours become sRGB by the
ICC profile of the file (of 16 bits if it has primaries and curves; else a note says so). Raw files of
cameras, JPEG XL, PDF, GIF and BMP get a sentence that says what to export.

| format | files | what is read |
|---|---|---|
{pictures}

Upper and lower case of endings do not matter. If a scan has several files, they lie in one folder under
the same name, and are uploaded together. Where a file has another ending, `convert` looks at its first bytes.

## Exports

What a scan can be exported to: in the app *Look*, **Take to the report**, **As another format**; on the
command line `python -m maxrf_core export scan.datastack --to KEY -o FILE`; in Python
`maxrf_core.export_scan`. The counts are read and written block by block. No file appears before all of an
export is complete, and none is replaced without `--overwrite`. What cannot be kept is told after the
export, such as energies on no straight line.

| key | files | read by | what it keeps | what it loses |
|---|---|---|---|---|
{exports}

`--to msa` writes mean, sum and maximum of the scan as three files; `--patches` adds those of each patch,
and `--pixel X,Y` writes the spectrum of one pixel alone. `numpy.load(..., mmap_mode="r")` maps a cube of
NumPy into memory; its energies lie beside it in `NAME_energies.npy`. A datastack for maxrf4u holds what
its own conversion would have made, in zarr format 3: maxrf4u before zarr 3 does not read it.

## Files from others

A file from a stranger is checked before it is opened: see [files from strangers](security.md). What a
datastack holds is listed in [the file format](format.md).

A format is one file in `maxrf_core/readers/` that declares a `FORMAT` (`maxrf_core/readers/format.py`), an
export one in `maxrf_core/writers/` that declares a `WRITER` (`maxrf_core/writers/writer.py`).
This page is the output of `python -m maxrf_core formats --markdown`.
"""


def add_formats_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command ``formats``."""
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
        f"| {form.name} | {_code(form.in_words())} | {form.written_by} | {form.reads} | {_use(form)} |"
        for form in FORMATS
    )
    tests = (f"| {form.name} | {_code(form.omits)} | {_code(form.tested_with)} |" for form in FORMATS)
    exports = (
        f"| `{writer.key}` | {_code(writer.name)} | {writer.read_by} | {writer.keeps} | {writer.loses} |"
        for writer in WRITERS.values()
    )
    pictures = (f"| {form.name} | {_code(_or(form.endings))} | {form.reads} |" for form in PICTURE_FORMATS)
    parts = {"rows": rows, "tests": tests, "exports": exports, "pictures": pictures}
    return _PAGE.format(**{name: "\n".join(lines) for name, lines in parts.items()})


def _or(endings: Sequence[str]) -> str:
    return " or ".join(endings)


def _code(words: str) -> str:
    """Return words in Markdown, the endings among them set as code."""
    return re.sub(r"(?<!\w)\.\w+", r"`\g<0>`", words)


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
        print(f"    not read: {form.omits}")
        print(f"    tested with files of: {form.tested_with}")
    for picture in PICTURE_FORMATS:
        print(f"{picture.name} ({_or(picture.endings)}), registered as a photograph")
        print(f"    read: {picture.reads}")

"""Memory and time of converting a large file of every format that is read, and of every export.

``python -m benchmarks.formats`` prints the tables, ``--write`` puts them into `docs/performance.md`. Each
file is written, converted by ``python -m maxrf_core convert`` in a process of its own, and removed.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from benchmarks.format_files import KINDS, Made, Source
from benchmarks.process_memory import watched
from benchmarks.report import NONE, Row, duration, machine, markdown, megabytes, say, write_between
from maxrf_core.writers import WRITERS

PROJECT = Path(__file__).resolve().parents[1]
PAGE = PROJECT / "docs" / "performance.md"
SAVED = PROJECT / "build" / "formats.json"
BEGIN = "<!-- formats: written by `python -m benchmarks.formats --write` -->"
END = "<!-- end of formats -->"
GB = 1e9
ALLOWED = 1 * GB  # of memory
ROOM = 4  # times the size of the scan that has to be free on the disk
FIRST = "Ripple"
THEIRS, MAXRF4U = (
    "maxrf4u",
    "Datastack of maxrf4u",
)  # what is exported so is read again: nothing else here writes it


@dataclass
class Result:
    """Cost of a conversion or an export; its attributes are JSON's types, to be kept.

    Attributes
    ----------
    name : str
    counts, file_bytes : int
        Bytes of the counts unpacked, and of the files that hold them.
    seconds : float
    anonymous, all_memory : int
        Most bytes of memory at a time.
    error : str
        The last line of what the command said, if it failed.
    """

    name: str
    counts: int
    file_bytes: int
    seconds: float
    anonymous: int
    all_memory: int
    error: str = ""


@dataclass
class Run:
    """All that was measured with files of one size.

    Attributes
    ----------
    machine : str
    n_bytes : float
        Of the counts in a file.
    copying : float
        Seconds that copying them takes.
    read, written : list of Result
    """

    machine: str
    n_bytes: float
    copying: float
    read: list[Result]
    written: list[Result]

    def with_others_of(self, earlier: "Run") -> "Run":
        """Add what an earlier run found of other formats with files of this size."""
        if earlier.n_bytes != self.n_bytes:
            return self
        kept = [
            [*ours, *(each for each in theirs if each.name not in {one.name for one in ours})]
            for ours, theirs in ((self.read, earlier.read), (self.written, earlier.written))
        ]
        order = [*KINDS, MAXRF4U]
        kept[0].sort(key=lambda each: order.index(each.name) if each.name in order else len(order))
        return replace(self, read=kept[0], written=kept[1])


def load(path: Path) -> Run:
    """Read what was saved of an earlier run."""
    saved = json.loads(path.read_text(encoding="utf-8"))
    lists = {name: [Result(**each) for each in saved[name]] for name in ("read", "written")}
    return Run(**(saved | lists))


def run(name: str, counts: int, *arguments: str) -> Result:
    """Run a command of ``maxrf_core`` and measure it; the size of its files is added by the caller."""
    command = [sys.executable, "-m", "maxrf_core", *arguments]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as child:
        with watched(child.pid) as use:
            _told, said = child.communicate()
        error = said.strip().splitlines()[-1:] if child.returncode else []
    seconds = time.perf_counter() - began
    return Result(name, counts, 0, seconds, use.anonymous, use.all_memory, "".join(error))


def converted(name: str, made: Made, out: Path) -> Result:
    """Convert a file."""
    choice = [] if made.choice is None else ["--choose", made.choice]
    found = run(name, made.bytes, "convert", str(made.path), "-o", str(out), "--overwrite", *choice)
    return replace(found, file_bytes=size_of(made.path))


def exported(key: str, counts: int, stack: Path, path: Path) -> Result:
    """Export a datastack."""
    found = run(WRITERS[key].name, counts, "export", str(stack), "--to", key, "-o", str(path))
    return replace(found, file_bytes=size_of(path.parent))


def size_of(path: Path) -> int:
    """Return the bytes of a file with those beside it of the same name, or of a folder's files."""
    files = path.iterdir() if path.is_dir() else path.parent.glob(f"{path.stem}.*")
    return sum(file.stat().st_size for file in files)


def measure(folder: Path, n_bytes: float, chosen: list[str]) -> Run:
    """Convert a file of each format, export what came of the first one to each; also time copying it."""
    say("drawing the counts")
    source = Source.of_size(folder, n_bytes)
    stack, out = folder / "scan.datastack", folder / "out.datastack"
    began = time.perf_counter()
    shutil.copyfile(source.path, folder / "copy")
    copying = time.perf_counter() - began
    (folder / "copy").unlink()
    read = []
    for name in [FIRST, *(each for each in KINDS if each in chosen and each != FIRST)]:
        place = folder / "made"
        place.mkdir()
        say(f"{name}: writing")
        made = KINDS[name](source, place)
        if made is None:
            say(f"{name}: left out, there is no genuine file to make it from")
        else:
            say(f"{name}: converting")
            read.append(converted(name, made, stack if name == FIRST else out))
            say(" | ".join(_row(read[-1], read[0], copying)) + read[-1].error)
        shutil.rmtree(place)
    written = []
    for key in [each for each in WRITERS if each in chosen]:
        writer = WRITERS[key]
        place = folder / "export"
        place.mkdir()
        say(f"exporting to {key}")
        path = place / f"scan{writer.endings[0]}"
        written.append(exported(key, source.bytes, stack, path))
        say(" | ".join(_row(written[-1], read[0], copying)) + written[-1].error)
        if key == THEIRS and not written[-1].error:
            read.append(converted(MAXRF4U, Made(path, 2 * source.bytes), out))
            say(" | ".join(_row(read[-1], read[0], copying)) + read[-1].error)
        shutil.rmtree(place)
    return Run(machine(), n_bytes, copying, read, written)


def rows(results: list[Result], first: Result, copying: float, what: str) -> list[Row]:
    """Format results as a table."""
    head = [
        what,
        "counts",
        "files",
        "anonymous memory",
        "all memory",
        "time",
        "times copying",
        "times Ripple",
    ]
    return [head, *(_row(each, first, copying) for each in results)]


def _row(each: Result, first: Result, copying: float) -> Row:
    sizes = [megabytes(each.counts), megabytes(each.file_bytes)]
    if each.error:
        return [each.name, *sizes, "failed", *[NONE] * 4]
    share = each.counts / first.counts
    memory = [megabytes(each.anonymous), megabytes(each.all_memory)]
    ratios = [f"{each.seconds / share / whole:.2g}" for whole in (copying, first.seconds)]
    return [each.name, *sizes, *memory, duration(each.seconds), *ratios]


def page(run: Run) -> str:
    """Return the tables in Markdown."""
    first = next(each for each in run.read if each.name == FIRST)
    parts = [f"{run.machine}. Copying the counts of the Ripple file takes {duration(run.copying)}."]
    parts += [markdown(rows(run.read, first, run.copying, "format that is read"))]
    if run.written:
        parts += [markdown(rows(run.written, first, run.copying, "format that is written"))]
    return "\n\n".join(parts)


def main(arguments: list[str] | None = None) -> int:
    """Measure; status 1 tells that a format took more memory than it may, or failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.formats", description=__doc__)
    parser.add_argument("--size", type=float, default=0.2, help="GB of counts; the page has 2")
    known = [*KINDS, *WRITERS]
    parser.add_argument("--only", nargs="+", choices=known, default=known, metavar="FORMAT")
    parser.add_argument("--folder", type=Path, help="where the files are made; the system's own by default")
    parser.add_argument("--add", action="store_true", help="keep what the last run found of other formats")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/performance.md")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="maxrf-formats-", dir=chosen.folder) as temporary:
        if shutil.disk_usage(temporary).free < ROOM * chosen.size * GB:
            raise SystemExit(f"The disk needs {ROOM * chosen.size:g} GB; choose another --folder.")
        found = measure(Path(temporary), chosen.size * GB, chosen.only)
    if chosen.add and SAVED.exists():
        found = found.with_others_of(load(SAVED))
    SAVED.parent.mkdir(exist_ok=True)
    SAVED.write_text(json.dumps(asdict(found)), encoding="utf-8")
    print(page(found))
    if chosen.write:
        write_between(PAGE, BEGIN, END, page(found))
    failed = [each for each in (*found.read, *found.written) if each.error or each.anonymous > ALLOWED]
    for each in failed:
        say(f"{each.name}: {each.error or 'too much memory'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""Trials that kill, starve and crowd a datastack until something is lost: ``make reliability``.

The last trial lets twenty visitors use the app at once. Every trial stops with an error at the first loss.
Prints a table of figures; ``--write`` puts it into docs/reliability.md.
"""

import argparse
import json
import logging
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from maxrf_core import rescue
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import DatastackError
from tests.maxrf_core.atomic.test_atomic_cuts import (
    Converted,
    Hdf5,
    RepackedHdf5,
    RepackedZip,
    Zip,
    kill_at_every_step,
)
from tests.maxrf_core.atomic.test_journal import OtherHdf5, OtherZip, copy_over_at_every_step
from tests.maxrf_core.datastack.small_datastacks import digest, make

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- written by make reliability: begin -->", "<!-- written by make reliability: end -->"
# The programs that it runs, each in a process of its own.
KILLER, STARVER, CROWD = (f"tests.maxrf_core.atomic.{name}" for name in ("killer", "starver", "crowd"))
HUGE_UPLOAD, TWENTY_VISITORS = "tests.browser.huge_upload", "tests.visitors.twenty_visitors"
NAMES = {"hdf5": "HDF5", "zarr2": "zip, zarr format 2", "zarr3": "zip, zarr format 3"}

Row = tuple[str, str, str]  # what was tried, how often, with what result


def of_a_module(name: str, *arguments: object) -> Any:
    """Run one of the tests' programs, which prints JSON; the first loss ends all."""
    command = [sys.executable, "-m", name, *map(str, arguments)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode:
        raise SystemExit(f"{name} {arguments} found a loss:\n{result.stderr}")
    return json.loads(result.stdout)


def random_kills(folder: Path, kills: int, seconds: int) -> Iterator[Row]:
    """Kill processes that append and repack, at random moments."""
    for kind, words in NAMES.items():
        found = of_a_module(KILLER, kind, folder / "killed.datastack", kills, 1)
        moments = ("while adding", "while applying", "between appends")
        where = ", ".join(f"{found.get(each, 0)} {each}" for each in moments)
        where += f" (of these {found.get('while repacking', 0)} while repacking)"
        yield (
            f"killed (SIGKILL) at a random moment while appending and repacking: {words}",
            f"{found['kills']}: {where}",
            f"every array intact, before and after recovery; none of {found['appends']} appends that were "
            "said to be done is lost",
        )


def kills_at_every_step(folder: Path, kills: int, seconds: int) -> Iterator[Row]:
    """Kill an append, a repack and a conversion at each of their steps, the last write torn or not."""
    for what, kinds, parts in (
        ("an append", (Hdf5, Zip), (0, 0.25, 0.5, 0.75, 1)),
        ("a repack and of a conversion", (RepackedHdf5, RepackedZip, Converted), (1,)),
    ):
        count = 0
        for kind in kinds:
            for part in parts:
                seen, before, after = kill_at_every_step(kind, part, folder / f"cut {kind.__name__} {part}")
                if any(each not in (before, after) for each in seen):
                    raise SystemExit(f"{what} of {kind.__name__} was half-done")
                count += len(seen)
        torn = ", the last write arriving not at all, in part, or whole" if len(parts) > 1 else ""
        yield (
            f"killed at *every* step of {what}: each write, flush, truncation, renaming and removal{torn}; "
            "HDF5 and zip",
            str(count),
            "the old state or the new, for readers at once and after recovery",
        )


def copies_over(folder: Path, kills: int, seconds: int) -> Iterator[Row]:
    """Copy another version over a file whose append was killed, at each of its steps."""
    logging.getLogger("maxrf_core.atomic.journal").setLevel(
        logging.ERROR
    )  # it tells of each journal put aside
    kept = [
        each
        for kinds in ((Hdf5, OtherHdf5), (Zip, OtherZip))
        for each in copy_over_at_every_step(*kinds, folder / f"over {kinds[0].__name__}")
    ]
    if not all(kept):
        raise SystemExit("a file that was copied over a killed append was changed")
    yield (
        "another version copied over a file whose append was killed, at *every* step; HDF5 and zip",
        str(len(kept)),
        "the copy bit for bit as it is, for readers at once and after recovery",
    )


def full_disks(folder: Path, kills: int, seconds: int) -> Iterator[Row]:
    """Fill the disk at random moments."""
    found = Counter[str]()
    for kind in NAMES:
        found.update(of_a_module(STARVER, kind, folder / f"{kind}.starved", kills // 10))
    counts = ", ".join(f"{number} {what}" for what, number in found.items())
    yield (
        "no room on the disk after a random number of bytes; HDF5 and both zips",
        counts,
        "a sentence each time; the file bit for bit as before, nothing left beside it",
    )


def crowds(folder: Path, kills: int, seconds: int) -> Iterator[Row]:
    """Run four processes that append and four that read."""
    for kind, words in NAMES.items():
        place = folder / f"crowd {kind}"
        place.mkdir()
        found = of_a_module(CROWD, kind, place / "crowd.datastack", f"{seconds}s")
        yield (
            f"4 processes appending and 4 reading for {seconds} s, half of them by a hard link: {words}",
            f"{found['appends']} appends, {found['looks']} looks, {found['arrays read']} arrays read",
            "no error, no append lost, no array half-written",
        )


def rescues(folder: Path, kills: int, seconds: int) -> Iterator[Row]:
    """Cut off and damage files anywhere, and rescue what is left."""
    for what, kinds, breaking in (
        ("cut off anywhere", tuple(NAMES), cut_off),
        ("up to 600 bytes overwritten anywhere", ("zarr2", "zarr3"), overwritten),
    ):
        found = Counter[str]()
        for kind in kinds:
            sound = make(kind, folder / f"sound {kind}")
            DataStack(sound).append({"image": np.arange(6000).reshape(60, 100), "points": np.arange(12.0)})
            ds = DataStack(sound)
            truth = {name: ds.read(name, latest=False) for name in ds.names}
            for number in range(kills // 3):
                broken = folder / "broken.datastack"
                broken.write_bytes(breaking(sound.read_bytes(), random.Random(number)))
                found.update(outcomes(broken, truth))
            sound.unlink()
        yield (
            f"rescue of a file {what}: {' and '.join(NAMES[kind] for kind in kinds)}",
            f"{kills // 3 * len(kinds)} files: {found['whole']} arrays saved whole, "
            f"{found['in part']} in part, {found['told lost']} told to be lost; "
            f"from {found['none']} files nothing",
            "every array that is said to be whole equals the truth; the broken file unchanged",
        )


def uploads(folder: Path, kills: int, seconds: int) -> Iterator[Row]:
    """Upload a huge raw scan in a real browser."""
    found = of_a_module(HUGE_UPLOAD)
    before, after = (round(found[when] / 1e6) for when in ("before", "after"))
    yield (
        "upload of a raw scan of 5 GB in Chromium, until the map of its strongest peak is there",
        "1",
        f"{found['seconds']:.0f} s; the server's memory had been {before} MB at most, and was {after} MB",
    )


def cut_off(data: bytes, dice: random.Random) -> bytes:
    """Leave only the beginning."""
    return data[: dice.randrange(len(data))]


def overwritten(data: bytes, dice: random.Random) -> bytes:
    """Put noise into the middle."""
    start, noise = dice.randrange(8, len(data)), dice.randbytes(dice.randrange(1, 600))
    return (data[:start] + noise + data[start + len(noise) :])[: len(data)]


def outcomes(broken: Path, truth: dict[str, np.ndarray]) -> Iterator[str]:
    """Rescue one file, and see that what is told about each array is true."""
    before = digest(broken)
    try:
        report = rescue(broken, broken.with_name("saved.datastack"), overwrite=True)
    except DatastackError:
        yield "none"
        return
    finally:
        if digest(broken) != before:
            raise SystemExit(f"{broken} was changed")
    for outcome in report.outcomes:
        if outcome.name not in truth:  # made anew, or a name that is damaged
            continue
        if outcome.damage:
            yield "in part" if outcome.saved and outcome.shape else "told lost"
        elif np.array_equal(DataStack(report.path).read(outcome.name, latest=False), truth[outcome.name]):
            yield "whole"
        else:
            raise SystemExit(f"{outcome.name} of {broken} is told to be whole and is not")


def visitors(folder: Path, kills: int, seconds: int) -> Iterator[Row]:
    """Run twenty visitors at once, with pauses between their actions and without."""
    for found in of_a_module(TWENTY_VISITORS, "--seconds", 2 * seconds):
        pauses = f"who think {found['pause']:g} s between two acts" if found["pause"] else "without a pause"
        yield (
            f"{found['visitors']} visitors at once {pauses}, the server and all of them on 2 processors; a "
            f"scan of 4.9 GB; {found['photographers']} bring a photograph of 22 million pixels, "
            f"{found['uploaders']} a datastack of their own",
            f"{found['actions']} actions in {found['seconds']} s",
            "every map, spectrum and photograph is the one that its visitor asked for; no error; nobody was "
            "told of another's upload or could open it; half of the answers within "
            f"{found['median']:.2g} s, 95 % within {found['p95']:.2g} s; the server's process held at most "
            f"{found['MB']} MB",
        )


def as_table(rows: list[Row]) -> str:
    """Lay the rows out as the documentation shows them."""
    lines = ["| trial | times | result |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines)


def main() -> None:
    """Run all trials."""
    parser = argparse.ArgumentParser(prog="make reliability", description=__doc__)
    parser.add_argument("--kills", type=int, default=300, help="of each kind of file (%(default)s)")
    parser.add_argument("--seconds", type=int, default=30, help="for which processes crowd (%(default)s)")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/reliability.md")
    chosen = parser.parse_args()
    trials: tuple[Callable[[Path, int, int], Iterator[Row]], ...] = (
        random_kills, kills_at_every_step, copies_over, full_disks, crowds, rescues, uploads, visitors,
    )  # fmt: skip
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for trial in trials:
            for row in trial(Path(folder), chosen.kills, chosen.seconds):
                print(f"| {' | '.join(row)} |", flush=True)
                rows.append(row)
    if chosen.write:
        before, _, rest = PAGE.read_text().partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n\n{as_table(rows)}\n\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()

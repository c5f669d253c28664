"""Run of thousands of broken and hostile files, see ``python -m tools.fuzz --help``.

Each case is a real file with changes, made from its number alone, so that ``--case N`` repeats any of them.
It is opened as the app opens uploads, in worker processes with little memory. A case is right if it ends in a
correct result or in one of our own errors; all else is a finding.
"""

import argparse
import json
import os
import selectors
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from maxrf_core.errors import MaxrfError
from maxrf_core.untrusted.check import check_untrusted
from tools.fuzz_cases import WEIGHTS, kind_of, make_case
from tools.fuzz_seeds import make_seeds

CASES = 20_000
PAGE = Path(__file__).resolve().parents[1] / "docs/security.md"
BEGIN, END = "<!-- fuzz: begin -->", "<!-- fuzz: end -->"
HANG = 60.0  # seconds by the clock; the worker itself counts those of the processor
CASES_PER_WORKER = 400  # memory that HDF5 does not free must not spoil later ones
START = 120.0  # until a worker has imported all and opened the seeds
ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2", "PYTHONWARNINGS": "ignore"}


@dataclass
class Outcomes:
    """Results of the cases so far.

    Attributes
    ----------
    counts : Counter
        How often each (format, outcome) was.
    findings : dict of int to str
        Numbers of the cases that went wrong, and how.
    """

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    findings: dict[int, str] = field(default_factory=dict)

    def add(self, number: int, outcome: str) -> None:
        """Note the outcome of a case."""
        word = outcome.partition(" ")[0].rstrip(":")
        self.counts[kind_of(number), word] += 1
        if word == "FINDING":
            self.findings[number] = outcome
            print(f"case {number} ({kind_of(number)}): {outcome}", flush=True)

    @property
    def done(self) -> int:
        """Number of cases."""
        return sum(self.counts.values())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the cases; the exit status is 1 where there are findings."""
    parser = argparse.ArgumentParser(prog="tools.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--case", type=int, help="run this case only, and keep its file")
    parser.add_argument("--write", action="store_true", help="put the table into docs/security.md")
    chosen = parser.parse_args(arguments)
    if chosen.case is not None:
        return _one(chosen.case)
    start = time.monotonic()
    outcomes = run(range(chosen.first, chosen.first + chosen.cases), chosen.jobs)
    text = table(outcomes)
    print(f"\n{text}\n\n{outcomes.done:,} cases in {(time.monotonic() - start) / 60:.0f} minutes")
    if chosen.write:
        before, _, rest = PAGE.read_text().partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}")
    return 1 if outcomes.findings else 0


def run(cases: range, jobs: int) -> Outcomes:
    """Run many cases in several worker processes at once."""
    outcomes = Outcomes()
    with tempfile.TemporaryDirectory() as folder:
        seeds = Path(folder) / "seeds.json"
        made = make_seeds(Path(folder))
        seeds.write_text(json.dumps({kind: [str(path) for path in paths] for kind, paths in made.items()}))
        shares = [cases[job::jobs] for job in range(jobs)]
        threads = [threading.Thread(target=_share, args=(share, seeds, outcomes)) for share in shares]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return outcomes


def table(outcomes: Outcomes) -> str:
    """Put the outcomes into a table in Markdown."""
    lines = [
        "| format | cases | correct | refused | of these, the child ended | findings |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    counts = outcomes.counts
    for kind in [*WEIGHTS, "all"]:
        kinds = list(WEIGHTS) if kind == "all" else [kind]
        correct, refused, ended, findings = (
            sum(counts[each, word] for each in kinds) for word in ("correct", "refused", "ended", "FINDING")
        )
        total = correct + refused + ended + findings
        lines.append(f"| {kind} | {total:,} | {correct:,} | {refused + ended:,} | {ended:,} | {findings:,} |")
    return "\n".join(lines)


def _one(number: int) -> int:
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    seeds = make_seeds(folder)
    (folder / "case").mkdir()
    path = make_case(number, seeds, folder / "case")
    print(f"{kind_of(number)}: {path}", flush=True)
    from tools.fuzz_worker import OPENERS, UNCHECKED  # only Linux has what it imports

    try:
        if kind_of(number) not in UNCHECKED:
            check_untrusted(path)
        OPENERS[kind_of(number)](path, number)
    except MaxrfError as error:
        print(f"refused: {error}")
    else:
        print("correct")
    return 0


def _share(share: range, seeds: Path, outcomes: Outcomes) -> None:
    """Run every n-th case; a worker that ends is followed by another one."""
    while share:
        last = _work(share[:CASES_PER_WORKER], seeds, outcomes)
        share = share[share.index(last) + 1 :]


def _work(share: range, seeds: Path, outcomes: Outcomes) -> int:
    """Start a worker and read its outcomes until it ends; return the last case that it has begun."""
    numbers = [str(seeds), str(share.start), str(share.stop), str(share.step)]
    worker = subprocess.Popen(
        [sys.executable, "-X", "faulthandler", "-m", "tools.fuzz_worker", *numbers],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env=os.environ | ENVIRONMENT, cwd=PAGE.parents[1],
    )  # fmt: skip
    last, step = -1, "done"
    for line in _lines(worker):
        number, _, told = line.partition(" ")
        if number.isdigit():
            last, step = int(number), told
            if told not in ("checking", "opening"):
                outcomes.add(last, told)
                step = "done"
    if last == -1:  # not even the first case was begun, nor will it be the next time
        last, step = share[0], "starting"
    if step != "done":
        outcomes.add(last, _end(last, step, worker.returncode))
    return last


def _end(number: int, step: str, status: int) -> str:
    """Return the outcome of a case at which the worker ended; in the app a child does the checking."""
    how = f"the process ended with status {status} while {step}"
    if step != "checking":
        return f"FINDING: {how}"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "case").mkdir()
        try:
            check_untrusted(make_case(number, make_seeds(folder), folder / "case"))
        except MaxrfError:
            return "ended"
    return f"FINDING: {how}, but the child takes it"


def _lines(worker: subprocess.Popen[bytes]) -> Iterable[str]:
    """Yield the lines that a worker prints; a worker that prints nothing for too long is ended."""
    assert worker.stdout is not None
    buffer, patience = b"", START
    with selectors.DefaultSelector() as selector:
        selector.register(worker.stdout, selectors.EVENT_READ)
        while selector.select(patience):
            piece = os.read(worker.stdout.fileno(), 65536)
            if not piece:
                break
            *lines, buffer = (buffer + piece).split(b"\n")
            patience = HANG
            yield from (line.decode(errors="replace") for line in lines)
        worker.kill()
    worker.wait()
    worker.stdout.close()


if __name__ == "__main__":
    sys.exit(main())

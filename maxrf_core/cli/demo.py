"""The command ``demo``: a made scan with its photograph and matching points."""

import argparse
from pathlib import Path

from maxrf_core.demo.make import make_demo
from maxrf_core.demo.parts import make_demo_parts
from maxrf_core.progress import show_on_terminal


def add_demo_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command ``demo``."""
    parser.add_argument("path", type=Path, metavar="out.datastack")
    parser.add_argument("--overwrite", action="store_true", help="replace the three files where they exist")
    parser.add_argument(
        "--without", type=_symbols, default=(), metavar="As,Ba", help="elements that the scan shall not hold"
    )
    parser.add_argument(
        "--parts", action="store_true",
        help="instead two overlapping scans, out_1 and out_2, both registered on the photograph",
    )  # fmt: skip
    parser.set_defaults(run=_demo)


def _symbols(text: str) -> tuple[str, ...]:
    """Return the elements of a list such as "As,Ba"."""
    return tuple(part.strip().capitalize() for part in text.split(",") if part.strip())


def _demo(chosen: argparse.Namespace) -> None:
    if chosen.parts:
        without = (chosen.without, chosen.without)
        made = make_demo_parts(
            chosen.path, without=without, overwrite=chosen.overwrite, progress=show_on_terminal
        )
        print("\n".join(map(str, made)))
        return
    files = make_demo(
        chosen.path, without=chosen.without, overwrite=chosen.overwrite, progress=show_on_terminal
    )
    print(f"{files.datastack}\n{files.photo}\n{files.points}")

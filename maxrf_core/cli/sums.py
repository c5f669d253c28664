"""The command ``sums``: the sum and maximum of all pixels' counts, as tables."""

import argparse
from pathlib import Path

from maxrf_core.cli.arguments import add_scheduler_option
from maxrf_core.cli.results import print_results
from maxrf_core.conversion.batch import sum_many
from maxrf_core.progress import show_on_terminal


def add_sums_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command ``sums``."""
    parser.add_argument("path", type=Path, nargs="+")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the folder to write them to")
    parser.add_argument("--overwrite", action="store_true", help="replace .csv files that exist")
    add_scheduler_option(parser)
    parser.set_defaults(run=_sums)


def _sums(chosen: argparse.Namespace) -> None:
    print_results(
        sum_many(
            chosen.path,
            chosen.output,
            scheduler=chosen.scheduler,
            overwrite=chosen.overwrite,
            progress=show_on_terminal,
        )
    )

"""The command ``rescue``: what a broken datastack still holds, in a new one."""

import argparse
from pathlib import Path

from maxrf_core.language import _, translated
from maxrf_core.progress import show_on_terminal
from maxrf_core.recovery.rescue import rescue


def add_rescue_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command ``rescue``."""
    parser.add_argument("path", type=Path, metavar="broken.datastack", help="is never written to")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the datastack to make")
    parser.add_argument("--overwrite", action="store_true", help="replace the output where it exists")
    parser.set_defaults(run=_rescue)


def _rescue(chosen: argparse.Namespace) -> None:
    report = rescue(chosen.path, chosen.output, overwrite=chosen.overwrite, progress=show_on_terminal)
    for outcome in report.outcomes:
        shape = "" if outcome.shape is None else " × ".join(map(str, outcome.shape)) or "1 value"
        state = (
            _("damaged: {damage}").format(damage=translated(outcome.damage)) if outcome.damage else _("saved")
        )
        print(f"{outcome.name:<24}  {shape:<20}  {state}")
    print(f"{chosen.output}: {len(report.saved)} arrays saved; {chosen.path.name} is as it was")

"""The command ``calibrate``, and the options for the X-ray tube."""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from maxrf_core.cli.arguments import number
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.missing_pixels import averaged_pixels
from maxrf_core.errors import CalibrationError
from maxrf_core.language import _
from maxrf_core.names import SUM_SPECTRUM
from maxrf_core.spectrum.auto_calibration import auto_calibrate
from maxrf_core.spectrum.calibration import Calibration
from maxrf_core.spectrum.calibration_check import calibrate_spectrum, check_calibration
from maxrf_core.spectrum.calibration_lines import CalibrationLine
from maxrf_core.spectrum.elements import Tube, anode_symbol
from maxrf_core.spectrum.elements import tube_attributes as tube_attributes_of
from maxrf_core.spectrum.lines import Line, find_line

PLAIN_NUMBER = re.compile(r"\s*[0-9]{1,9}\s*")


def add_calibrate_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command ``calibrate``."""
    parser.add_argument("path", type=Path)
    parser.add_argument("--gain", type=number, help="keV per channel")
    parser.add_argument("--offset", type=number, help="keV at channel 0")
    parser.add_argument(
        "--peak", action="append", default=[], metavar="CHANNEL:LINE", help="such as 640:FeKa; two or more"
    )
    parser.add_argument("--auto", action="store_true", help="find the energies; stored only if they are sure")
    parser.add_argument("--yes", action="store_true", help="with --auto: store them even if not sure")
    add_tube_options(parser)
    parser.set_defaults(run=calibrate)


def add_tube_options(parser: argparse.ArgumentParser) -> None:
    """Add the options for the X-ray tube."""
    parser.add_argument("--tube-kv", type=number, metavar="KV", help="the X-ray tube's voltage, to be stored")
    parser.add_argument(
        "--anode",
        metavar="ELEMENT",
        help="the X-ray tube's anode, such as Rh, to be stored; mono: a beam of one energy, --tube-kv in keV",
    )


def tube_attributes(chosen: argparse.Namespace) -> dict[str, Any]:
    """Return the root attributes given by the options of `add_tube_options`."""
    anode = anode_symbol(chosen.anode) if chosen.anode is not None else Tube.anode
    kv = Tube.kv if chosen.tube_kv is None else chosen.tube_kv
    told = Tube(anode, kv).attributes()  # raises an error for an impossible tube
    given = {"tube_kV": chosen.tube_kv, "tube_anode": chosen.anode}
    return {name: value for name, value in told.items() if given[name] is not None}


def calibrate(chosen: argparse.Namespace) -> None:
    """Run the command."""
    ds, told = DataStack(chosen.path), tube_attributes(chosen)
    typed = chosen.gain is not None or chosen.offset is not None
    if chosen.yes and not chosen.auto:
        raise CalibrationError(_("--yes says that energies found by --auto are stored; give both."))
    if chosen.auto:
        if typed:
            raise CalibrationError(_("Give either --auto or --gain and --offset."))
        _find(ds, chosen, told)
    nothing = chosen.auto or (bool(told) and not typed and not chosen.peak)
    if not nothing and (typed == bool(chosen.peak) or (typed and None in (chosen.gain, chosen.offset))):
        raise CalibrationError(_("Give either --gain and --offset, or two or more --peak CHANNEL:LINE."))
    if not nothing:
        calibration = Calibration(chosen.gain, chosen.offset) if typed else _from_peaks(ds, chosen.peak)
        name = ds.calibrate(calibration)
        print(f"{name}: gain {calibration.gain:.8g} keV per channel, offset {calibration.offset:.8g} keV")
        if SUM_SPECTRUM in ds.names:
            tube = Tube.from_attributes({**ds.about, **told})
            for doubt in check_calibration(calibration, ds.read(SUM_SPECTRUM), tube).doubts:
                print(f"note: {doubt}", file=sys.stderr)
    if told:
        ds.set_tube(told)
        print(", ".join(f"{name} {value}" for name, value in told.items()))


def _find(ds: DataStack, chosen: argparse.Namespace, told: dict[str, Any]) -> None:
    """Find the energies, print how they were found, and store them if they are sure or were agreed to."""
    known = tube_attributes_of({**ds.about, **told})
    spectrum = ds.read(SUM_SPECTRUM) * averaged_pixels(ds)  # counts, not their mean
    found = auto_calibrate(
        spectrum,
        kV=known.get("tube_kV"),
        anode=known.get("tube_anode"),
        given=_named(chosen.peak, len(spectrum)),
    )
    print(found.sentence)
    if found.calibration is None:
        raise CalibrationError(_("No energies were stored."))
    _print_proposal("proposal", found.calibration, found.lines)
    if found.runner_up is not None:
        _print_proposal("runner-up", found.runner_up, found.runner_up_lines)
    if not (found.sure or chosen.yes):
        raise CalibrationError(
            _(
                "No energies were stored. If you agree with the proposal, add --yes; or name a line, such as "
                "--peak 640:FeKa."
            )
        )
    name = ds.calibrate(found.calibration)
    print(f"stored as {name}")


def _print_proposal(title: str, calibration: Calibration, lines: Sequence[CalibrationLine]) -> None:
    print(f"{title}: gain {calibration.gain:.8g} keV per channel, offset {calibration.offset:.8g} keV")
    for line in lines:
        print(f"  {line.label} at channel {line.channel:.2f}, {line.residual:+.1f} eV beside it")


def _from_peaks(ds: DataStack, peaks: list[str]) -> Calibration:
    spectrum = ds.read(SUM_SPECTRUM)
    named = _named(peaks, len(spectrum))
    calibration, channels, residuals = calibrate_spectrum(spectrum, named)
    for (_near, line), place, residual in zip(named, channels, residuals, strict=True):
        off = f", {residual:+.1f} eV beside it" if len(named) > 2 else ""
        print(f"{line.label} at channel {place:.2f}{off}")
    return calibration


def _named(peaks: list[str], n_channels: int) -> list[tuple[float, Line]]:
    """Return the channels and lines that the options name."""
    named: list[tuple[float, Line]] = []
    for peak in peaks:
        channel, colon, name = peak.partition(":")
        if not (colon and PLAIN_NUMBER.fullmatch(channel) and int(channel) < n_channels):
            raise CalibrationError(
                _(
                    "--peak {peak} is not a channel of this scan and a line, such as 640:FeKa "
                    "(channels go from 0 to {count})."
                ).format(peak=peak, count=n_channels - 1)
            )
        named.append((int(channel), find_line(name)))
    return named

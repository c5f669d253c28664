"""Commands on what a datastack holds: ``info``, ``band``, ``append`` and ``repack``."""

import argparse
from pathlib import Path

import numpy as np

from maxrf_core.atomic.new_path import check_new_path
from maxrf_core.cli.arguments import number
from maxrf_core.datastack.by_path import append, repack, tree
from maxrf_core.datastack.cube_packing import SMALLEST
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.stores import open_store
from maxrf_core.errors import DatastackError
from maxrf_core.imaging.write import write_picture
from maxrf_core.language import _
from maxrf_core.progress import duration, show_on_terminal


def add_info_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command ``info``."""
    parser.add_argument("path", type=Path)
    parser.set_defaults(run=_info)


def add_band_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command ``band``."""
    parser.add_argument("path", type=Path)
    parser.add_argument("lo", type=number, help="lower end in keV (a channel number until calibrated)")
    parser.add_argument("hi", type=number, help="upper end, itself not in the band")
    parser.add_argument("-o", "--output", type=Path, required=True, help="a .png, .tif, .npy or .csv file")
    parser.set_defaults(run=_band)


def add_append_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command ``append``."""
    parser.add_argument("path", type=Path)
    parser.add_argument("name")
    parser.add_argument("array", type=Path, help="a .npy file")
    parser.set_defaults(run=_append)


def add_repack_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command ``repack``."""
    parser.add_argument("path", type=Path)
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--smallest", dest="packing", action="store_const", const=SMALLEST,
        help="pack the counts for an archive: takes long, and a pixel is then read more slowly",
    )  # fmt: skip
    how.add_argument(
        "--fast", dest="packing", action="store_const", const="fast",
        help="pack the counts as a conversion does, after --smallest",
    )  # fmt: skip
    parser.set_defaults(run=_repack)


def _info(chosen: argparse.Namespace) -> None:
    ds = DataStack(chosen.path)
    ds.tree()
    if ds.map_names:
        print("element maps of another program: " + ", ".join(ds.map_names))
    if not ds.has_spectra:
        return
    axis = ds.axis
    if axis.unit == "keV":
        print(f"energies from {axis.values[0]:.3f} to {axis.values[-1]:.3f} keV")
    else:
        print("not calibrated: bands are given in channel numbers; see the command calibrate")
    if ds.row_displacement:
        print(f"odd rows lie {ds.row_displacement:+.2f} pixels to the right: maps show them shifted back")


def _band(chosen: argparse.Namespace) -> None:
    ds = DataStack(chosen.path)
    channels = ds.axis.channels(chosen.lo, chosen.hi)
    check_new_path(chosen.output, overwrite=True)
    title = f"{chosen.path.stem}, {chosen.lo:g} to {chosen.hi:g} {ds.axis.unit}"
    write_picture(chosen.output, ds.band_map(chosen.lo, chosen.hi), title)
    print(
        f"{chosen.output}: {channels.stop - channels.start} channels, {channels.start} to {channels.stop - 1}"
    )


def _append(chosen: argparse.Namespace) -> None:
    try:
        with open(chosen.array, "rb") as file:
            array = np.lib.format.read_array(file, allow_pickle=False)
    except OSError:
        raise
    except Exception as error:  # numpy raises nearly anything on a damaged header
        raise DatastackError(
            _("{name} is no whole .npy file of numbers or texts; make one with numpy.save.").format(
                name=chosen.array.name
            )
        ) from error
    print(append(array, chosen.name, chosen.path))


def _repack(chosen: argparse.Namespace) -> None:
    seconds = open_store(chosen.path).seconds_to_pack() if chosen.packing == SMALLEST else None
    if seconds is not None:
        print(_("Packing the counts takes about {time}.").format(time=duration(seconds)), flush=True)
    repack(chosen.path, packing=chosen.packing, progress=show_on_terminal)
    tree(chosen.path)

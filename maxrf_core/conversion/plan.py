"""Plan of the conversion of many scans: where each goes, what is done already, and what belongs together."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from maxrf_core.conversion.found_scans import FoundFiles, FoundScan, made_so
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.stored_maps import MAPS
from maxrf_core.errors import MaxrfError
from maxrf_core.language import _
from maxrf_core.names import CUBE, DATASTACK_EXT
from maxrf_core.transform.coordinates import View


@dataclass(frozen=True, eq=False)
class PlannedScan:
    """A scan and the datastack that it is to become.

    Attributes
    ----------
    found : FoundScan
    target : Path
    is_done : bool
        True if the datastack is there, of these very files.
    error : str
        Why it cannot be converted; empty if it can.
    """

    found: FoundScan
    target: Path
    is_done: bool = False
    error: str = ""

    @property
    def is_due(self) -> bool:
        """True if it is to be converted."""
        return not (self.is_done or self.error)


def plan_conversion(
    found: FoundFiles,
    folder: Path,
    *,
    target: Path | None = None,
    overwrite: bool = False,
    view: View | None = None,
) -> list[PlannedScan]:
    """Choose the new datastack of each scan, and find those that are complete.

    Parameters
    ----------
    found : FoundFiles
    folder : Path
        Of the new datastacks; scans of sub-folders get sub-folders.
    target : Path, optional
        Datastack of the only scan.
    overwrite : bool
        Convert again what is complete, and replace datastacks of other things.
    view : View, optional
        How the scans are mirrored and turned.

    Returns
    -------
    list of PlannedScan
        Each with another target: of scans with one name, each has its folder's name, or else its ending, in
        the target's name.
    """
    planned, targets = [], [folder / path for path in _targets(found.scans)]
    if target is not None and len(targets) == 1:
        targets = [target]
    for scan, path in zip(found.scans, targets, strict=True):
        plan = PlannedScan(scan, path, error=scan.error)
        planned.append(plan if scan.error or overwrite else _compared(plan, view))
    return planned


def _targets(scans: Sequence[FoundScan]) -> list[Path]:
    """Return the path of each datastack below the folder of all, each another one."""
    names = [[scan.place / scan.stem, *_longer(scan)] for scan in scans]
    used = [0] * len(scans)
    for _round in range(max(map(len, names), default=0)):
        now = [each[min(place, len(each) - 1)] for each, place in zip(names, used, strict=True)]
        count = Counter(map(_folded, now))
        used = [place + (count[_folded(path)] > 1) for path, place in zip(now, used, strict=True)]
    chosen = [each[min(place, len(each) - 1)] for each, place in zip(names, used, strict=True)]
    targets, taken = [], set[str]()
    for path in chosen:
        number, free = 1, path
        while _folded(free) in taken:
            number += 1
            free = path.with_name(f"{path.name}_{number}")
        taken.add(_folded(free))
        targets.append(free.with_name(free.name + DATASTACK_EXT))
    return targets


def _folded(path: Path) -> str:
    """Return what two paths have in common that are one file where small and large letters are alike."""
    return path.as_posix().casefold()


def _longer(scan: FoundScan) -> list[Path]:
    """Return names that tell a scan from others of its name, the shortest first."""
    first = scan.files[0]
    ending = "" if first.is_dir() else first.suffix.lower().replace(".", "_")
    parent = first.absolute().parent.name
    with_ending = scan.place / f"{scan.stem}{ending}"
    if scan.place != Path() or not parent:  # its folder is that of the datastack, too
        return [with_ending]
    return [Path(f"{parent}_{scan.stem}"), Path(f"{parent}_{scan.stem}{ending}")]


def _compared(plan: PlannedScan, view: View | None) -> PlannedScan:
    """Return the plan, which says if its datastack exists, complete or of something else."""
    if not plan.target.exists():
        return plan
    try:
        reason = _difference(plan, view or View())
    except MaxrfError as error:
        reason = str(error)
    if not reason:
        return replace(plan, is_done=True)
    words = _("{name} exists already, and {reason}; choose another folder, or give --overwrite.")
    return replace(plan, error=words.format(name=plan.target.name, reason=reason.rstrip(".")))


def _difference(plan: PlannedScan, view: View) -> str:
    """Return what of a datastack differs from what would be made; empty if nothing."""
    scan, ds = plan.found, DataStack(plan.target)
    told = ds.attributes(CUBE if ds.has_spectra else MAPS)
    made = made_so(told)
    if told.get("source") != scan.source or made.get("read_from") != scan.made_so.get("read_from"):
        return _("was made from something else")
    width, height = view.shown_size(scan.shape[1], scan.shape[0])
    across, down = (bool(told.get(f"flipped_{name}")) for name in ("horizontally", "vertically"))
    made_in = View.of_flips(across, down, int(told.get("quarter_turns", 0)))
    is_alike = made.get("crop") == scan.made_so.get("crop") and all(
        set(made.get(lines, ())) >= set(scan.made_so.get(lines, ()))  # more may have been found to be dead
        for lines in ("missing_rows", "missing_columns")
    )
    if ds.shape != (height, width, scan.shape[2]) or made_in != view or not is_alike:
        return _("was made with other options")
    if plan.target.stat().st_mtime < scan.changed:
        return _("is older than the files of the scan")
    return ""

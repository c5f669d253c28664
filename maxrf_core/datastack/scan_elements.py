"""Elements of a scan with their maps: found once, for tables, pictures and reports."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.scan_identify import examine_scan
from maxrf_core.datastack.stored_elements import stored_maps_with
from maxrf_core.elements.analysis import Analysis
from maxrf_core.elements.coarse_maps import CoarseMaps, coarse_element_maps
from maxrf_core.elements.identify import ABSENT, Finding, Identification
from maxrf_core.elements.maps import ElementMaps, element_maps
from maxrf_core.elements.smoothing import smooth
from maxrf_core.elements.summary import Summary, summary_of
from maxrf_core.errors import DatastackError
from maxrf_core.imaging.straight_rows import straighten
from maxrf_core.large_array import let_go
from maxrf_core.progress import Progress, silent

IDENTIFYING = 0.6  # of the time


@dataclass(frozen=True, eq=False)
class ScanElements:
    """Elements of a scan with their maps.

    Attributes
    ----------
    identification : Identification
    analysis : Analysis
        Of the mean spectrum.
    maps : ElementMaps
        Of all elements that are sure or possible, a family each, and perhaps of others; as measured.
    is_stored : bool
        The maps are in the scan's file.
    row_displacement : float
        By which odd rows are shown shifted back.
    """

    identification: Identification
    analysis: Analysis
    maps: ElementMaps
    is_stored: bool = False
    row_displacement: float = 0.0
    _summaries: dict[str, Summary] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def findings(self) -> list[Finding]:
        """Findings of elements that are sure or possible and have a map: sure ones first, then by counts."""
        return [each for each in shown_findings(self.identification) if each.family in self.maps.names]

    def shown(self, family: str) -> tuple[np.ndarray, np.ndarray]:
        """Return net counts and standard deviation of a family as they are shown, (height, width) each."""
        number = self.maps.names.index(family)
        let_go(self.maps.net, self.maps.sigma)  # what was shown before
        return smooth(self.maps.net[number], self.maps.sigma[number], 1, self.row_displacement)

    def shown_residual(self) -> np.ndarray:
        """Return what the model leaves over as it is shown, (height, width)."""
        return straighten(self.maps.residual, self.row_displacement)

    def summary(self, family: str) -> Summary:
        """Return the summary of a family's map as it is shown; it is computed once."""
        if family not in self._summaries:
            self._summaries[family] = summary_of(*self.shown(family))
        return self._summaries[family]


def scan_elements(
    ds: DataStack,
    *,
    anode: str | None = None,
    kv: float | None = None,
    progress: Progress = silent,
    coarse: Callable[[Identification, CoarseMaps], None] | None = None,
) -> ScanElements:
    """Find the elements of a scan and make their maps; those in its file are taken, and nothing is stored.

    Parameters
    ----------
    ds : DataStack
    anode, kv : optional
        The tube; by default as the file tells it, else it is proposed from the spectrum.
    progress : callable, optional
    coarse : callable, optional
        Called with the elements and their coarse maps before the maps are computed, if the scan has binned
        counts.

    Raises
    ------
    CalibrationError
        If the scan has no energies, or no counts where elements have lines.
    """
    analysis, identification = examine_scan(
        ds, anode=anode, kv=kv, progress=lambda done, doing: progress(IDENTIFYING * done, doing)
    )
    families = [finding.family for finding in shown_findings(identification)]
    stored = stored_maps_with(ds, families, analysis.instrument.tube)
    binned = ds.binned_counts if coarse and stored is None else None
    if coarse and binned is not None:
        with suppress(DatastackError):  # damaged, say, or a cache that was removed: the maps need them not
            coarse(identification, coarse_element_maps(binned, analysis, families, ds.missing))
    maps = stored or element_maps(
        ds.cube(),
        analysis,
        families,
        lambda done, doing: progress(IDENTIFYING + (1 - IDENTIFYING) * done, doing),
    )
    return ScanElements(identification, analysis, maps, stored is not None, ds.row_displacement)


def shown_findings(identification: Identification) -> list[Finding]:
    """Return the findings of elements that are sure or possible and have a family of lines."""
    return [each for each in identification.findings if each.status != ABSENT and each.family]

"""All alternatives, in the order of the tables."""

from benchmarks.alternatives import (
    Alternative,
    Contiguous,
    Maxrf4u,
    Maxrf4uNotebook,
    MemoryMapped,
    PlainH5py,
    Rosettasciio,
    ThisProject,
    WithoutMarks,
)
from benchmarks.packed_formats import PACKED_FORMATS

ALTERNATIVES: tuple[type[Alternative], ...] = (
    ThisProject,
    WithoutMarks,
    *PACKED_FORMATS,
    Maxrf4u,
    Maxrf4uNotebook,
    PlainH5py,
    Contiguous,
    MemoryMapped,
    Rosettasciio,
)

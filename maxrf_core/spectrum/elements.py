"""The elements by symbol and name, and the X-ray tube that excites them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from maxrf_core.errors import CalibrationError
from maxrf_core.language import _

# From sodium, the lightest element that a silicon drift detector sees in air or helium, to uranium.
NAMES = {
    "Na": "sodium", "Mg": "magnesium", "Al": "aluminium", "Si": "silicon", "P": "phosphorus", "S": "sulfur",
    "Cl": "chlorine", "Ar": "argon", "K": "potassium", "Ca": "calcium", "Sc": "scandium", "Ti": "titanium",
    "V": "vanadium", "Cr": "chromium", "Mn": "manganese", "Fe": "iron", "Co": "cobalt", "Ni": "nickel",
    "Cu": "copper", "Zn": "zinc", "Ga": "gallium", "Ge": "germanium", "As": "arsenic", "Se": "selenium",
    "Br": "bromine", "Kr": "krypton", "Rb": "rubidium", "Sr": "strontium", "Y": "yttrium", "Zr": "zirconium",
    "Nb": "niobium", "Mo": "molybdenum", "Tc": "technetium", "Ru": "ruthenium", "Rh": "rhodium",
    "Pd": "palladium", "Ag": "silver", "Cd": "cadmium", "In": "indium", "Sn": "tin", "Sb": "antimony",
    "Te": "tellurium", "I": "iodine", "Xe": "xenon", "Cs": "caesium", "Ba": "barium", "La": "lanthanum",
    "Ce": "cerium", "Pr": "praseodymium", "Nd": "neodymium", "Pm": "promethium", "Sm": "samarium",
    "Eu": "europium", "Gd": "gadolinium", "Tb": "terbium", "Dy": "dysprosium", "Ho": "holmium",
    "Er": "erbium", "Tm": "thulium", "Yb": "ytterbium", "Lu": "lutetium", "Hf": "hafnium", "Ta": "tantalum",
    "W": "tungsten", "Re": "rhenium", "Os": "osmium", "Ir": "iridium", "Pt": "platinum", "Au": "gold",
    "Hg": "mercury", "Tl": "thallium", "Pb": "lead", "Bi": "bismuth", "Po": "polonium", "At": "astatine",
    "Rn": "radon", "Fr": "francium", "Ra": "radium", "Ac": "actinium", "Th": "thorium",
    "Pa": "protactinium", "U": "uranium",
}  # fmt: skip
ELEMENTS = tuple(NAMES)

# Elements of pigments, inks, papers, metals and grounds.
COMMON_ELEMENTS = (
    "Al", "Si", "P", "S", "Cl", "Ar", "K", "Ca", "Ti", "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Zn", "As", "Se",
    "Br", "Sr", "Ag", "Cd", "Sn", "Sb", "I", "Ba", "Au", "Hg", "Pb", "Bi",
)  # fmt: skip
# Found on most objects: preferred if two elements fit one peak.
FREQUENT_ELEMENTS = ("S", "Cl", "K", "Ca", "Ti", "Mn", "Fe", "Cu", "Zn", "Hg", "Pb")

MONOCHROMATIC = "mono"  # instead of an anode: photons of one energy, such as those of a synchrotron
ANODES = ("Rh", "Mo", "Ag", "W", "Pd", "Cr", "Cu", "Au", "Ti", "Co")  # targets of commercial tubes
MIN_KV, MAX_KV = 4.0, 160.0


@dataclass(frozen=True)
class Tube:
    """The X-ray tube of a scan, or a monochromatic beam.

    Parameters
    ----------
    anode : str
        Symbol of the target's element, or ``"mono"`` for a monochromatic beam.
    kv : float
        Voltage, from 4 to 160 kV; photons have at most as many keV. Of a monochromatic beam the energy of its
        photons in keV.

    Raises
    ------
    CalibrationError
        If the anode is not an element from Na to U, or no tube has such a voltage.

    Examples
    --------
    >>> Tube("Ag", 38)
    Tube(anode='Ag', kv=38)
    >>> Tube("Rh", 50_000)
    Traceback (most recent call last):
    ...
    maxrf_core.errors.CalibrationError: 50000 is no voltage of an X-ray tube: give kV, from 4 to 160.
    """

    anode: str = "Rh"
    kv: float = 50.0

    def __post_init__(self) -> None:
        if self.anode not in NAMES and not self.is_beam:
            raise CalibrationError(
                _("{anode!r} is no anode of a tube: give an element, such as Rh.").format(anode=self.anode)
            )
        if not MIN_KV <= self.kv <= MAX_KV:
            raise CalibrationError(
                _("{kv:g} is no voltage of an X-ray tube: give kV, from {min_kv:g} to {max_kv:g}.").format(
                    kv=self.kv, min_kv=MIN_KV, max_kv=MAX_KV
                )
            )

    @property
    def is_beam(self) -> bool:
        """True for a monochromatic beam, which has neither a continuum nor lines of an anode."""
        return self.anode == MONOCHROMATIC

    @property
    def source(self) -> "Tube":
        """What tells which lines are excited: the beam, or a tube of this voltage with the usual anode."""
        return self if self.is_beam else Tube(kv=self.kv)

    @property
    def excitation(self) -> tuple[tuple[float, float], ...]:
        """Energies in keV at which the tube's spectrum is sampled, with weights.

        The weights follow Kramers' law, kV / E − 1 (Philosophical Magazine 46, 1923, 836): accurate enough
        to find the ionised shells and the strong lines, not for concentrations.
        """
        if self.is_beam:
            return ((self.kv, 1.0),)
        return tuple((part * self.kv, 1 / part - 1) for part in (0.2, 0.35, 0.5, 0.65, 0.8, 0.95))

    def attributes(self) -> dict[str, Any]:
        """Return the root attributes that are stored in a datastack."""
        return {"tube_kV": float(self.kv), "tube_anode": self.anode}

    @classmethod
    def from_attributes(
        cls, attributes: Mapping[str, Any], anode: str | None = None, kv: float | None = None
    ) -> "Tube":
        """Return the tube that a datastack's root attributes describe.

        Parameters
        ----------
        attributes : mapping
            Plausible values of ``tube_anode`` and ``tube_kV`` are used.
        anode, kv : optional
            Used where the attributes hold no value; by default Rh and 50 kV.

        Examples
        --------
        >>> Tube.from_attributes({"tube_kV": 40.0, "title": "Portrait"}, anode="Mo")
        Tube(anode='Mo', kv=40.0)
        """
        known = tube_attributes(attributes)
        return cls(known.get("tube_anode", anode or cls.anode), known.get("tube_kV", kv or cls.kv))


DEFAULT_TUBE = Tube()  # used if a scan does not say


def tube_attributes(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the plausible values of ``tube_anode`` and ``tube_kV`` among a datastack's root attributes.

    Examples
    --------
    >>> tube_attributes({"tube_kV": 50.0, "tube_anode": "?"})
    {'tube_kV': 50.0}
    """
    known: dict[str, Any] = {}
    anode, kv = attributes.get("tube_anode"), attributes.get("tube_kV")
    if isinstance(anode, str) and anode_symbol(anode) in (*NAMES, MONOCHROMATIC):
        known["tube_anode"] = anode_symbol(anode)
    if isinstance(kv, int | float) and MIN_KV <= kv <= MAX_KV:
        known["tube_kV"] = float(kv)
    return known


def anode_symbol(text: str) -> str:
    """Return an anode as it is stored, from what a person or a file says of it.

    Examples
    --------
    >>> anode_symbol(" rh"), anode_symbol("Mono")
    ('Rh', 'mono')
    """
    plain = text.strip()
    return MONOCHROMATIC if plain.lower() == MONOCHROMATIC else plain.capitalize()

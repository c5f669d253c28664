"""Places of the elements in the periodic table, from sodium to uranium."""

_ROWS = """
Na Mg .  .  .  .  .  .  .  .  .  .  Al Si P  S  Cl Ar
K  Ca Sc Ti V  Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr
Rb Sr Y  Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I  Xe
Cs Ba .  Hf Ta W  Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn
Fr Ra .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .
.  .  La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu .
.  .  Ac Th Pa U  .  .  .  .  .  .  .  .  .  .  .  .
"""

PLACES: dict[str, tuple[int, int]] = {
    symbol: (row, column)
    for row, line in enumerate(_ROWS.strip().splitlines(), start=1)
    for column, symbol in enumerate(line.split(), start=1)
    if symbol != "."
}
"""Symbol → (row, column), from 1; the lanthanides and actinides are the last two rows."""

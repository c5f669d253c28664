"""Time of ``import maxrf_core`` beside that of ``import numpy``, each in a fresh Python: the best of several.

Run ``python -m benchmarks.import_time``. The start of Python itself is subtracted.
"""

import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
OURS = PROJECT / "tests" / "data" / "faults" / "band_edges.datastack"
PROGRAMS = {
    "import numpy": "import numpy",
    "import maxrf_core": "import maxrf_core",
    "from maxrf_core import DataStack": "from maxrf_core import DataStack",
    "open a datastack of ours": f"from maxrf_core import DataStack; DataStack({str(OURS)!r})",
    "import every name": "import maxrf_core\nfor name in maxrf_core.__all__: getattr(maxrf_core, name)",
}
ROUNDS = 10


def seconds(program: str) -> float:
    """Return how long a fresh Python takes for a program."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], cwd=PROJECT, check=True)
    return time.perf_counter() - begun


def main(rounds: int = ROUNDS) -> None:
    """Time all programs in turn and print the fastest time of each, without the start of Python."""
    best = dict.fromkeys(["", *PROGRAMS.values()], float("inf"))
    for _ in range(rounds):
        for program in best:
            best[program] = min(best[program], seconds(program))
    numpy = best[PROGRAMS["import numpy"]] - best[""]
    for what, program in PROGRAMS.items():
        taken = best[program] - best[""]
        print(f"{what:<34} {1000 * taken:5.0f} ms  {taken / numpy:5.2f} × numpy")


if __name__ == "__main__":
    main()

"""Broken and hostile files end in a correct result or in one sentence; `make fuzz` tries 20,000 of them."""

import sys

import pytest

from tools import fuzz
from tools.fuzz_cases import ORDER, WEIGHTS

FIRST = 100_000  # other cases than in the long run


@pytest.mark.skipif(sys.platform != "linux", reason="the workers limit their memory, which Linux alone does")
@pytest.mark.parametrize("rounds", [3, pytest.param(100, marks=pytest.mark.soak)])
def test_a_fuzz_run_has_no_findings(rounds: int):
    cases = rounds * len(ORDER)
    outcomes = fuzz.run(range(FIRST, FIRST + cases), jobs=2)
    assert outcomes.findings == {}
    assert outcomes.done == cases
    assert {kind for kind, _ in outcomes.counts} == set(WEIGHTS)
    assert f"| all | {cases:,} |" in fuzz.table(outcomes)

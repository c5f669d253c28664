"""Tables of the benchmark of registration: rates and medians with their 95 % confidence intervals."""

from collections.abc import Iterable, Sequence

import numpy as np

from benchmarks.intervals import quantile, rate
from benchmarks.registration_trials import RIGHT, Proposed, Refined
from benchmarks.report import Row
from benchmarks.scene_kinds import KINDS

SHARE = 0.95  # of trials, for the upper end of errors


def table_of_refined(trials: Sequence[Refined]) -> list[Row]:
    """Format errors before and after: a row for each kind of scene and click error."""
    rows = [["Refine", "clicks off", "trials", "error before", "error if accepted, median", "95 % below",
             "processor time"]]  # fmt: skip
    for kind, clicks, those in _groups(trials):
        after = [each.after for each in those if each.accepted]
        rows.append(
            [kind, clicks, str(len(those)), f"{np.median([each.before for each in those]):.1f}",
             quantile(after), quantile(after, SHARE), _seconds(those)]
        )  # fmt: skip
    return rows


def table_of_gate(trials: Sequence[Refined]) -> list[Row]:
    """Format how often the gate was right."""
    rows = [["the gate", "clicks off", "trials", "accepted and right",
             f"accepted, more than {RIGHT:.0f} px off", "made worse", "refused"]]  # fmt: skip
    for kind, clicks, those in _groups(trials):
        count = len(those)
        worse, refused = sum(each.worse for each in those), sum(not each.accepted for each in those)
        right, wrong = sum(each.right for each in those), sum(each.wrong for each in those)
        rows.append([kind, clicks, str(count), rate(right, count), rate(wrong, count), str(worse),
                     rate(refused, count)])  # fmt: skip
    return rows


def table_of_proposed(trials: Sequence[Proposed]) -> list[Row]:
    """Format what was proposed: a row for each kind of scene."""
    rows = [["Propose", "trials", "sure and right", "sure and wrong", "not sure", "of these right",
             "error if right, median", "processor time"]]  # fmt: skip
    for kind in _kinds(trials):
        those = [each for each in trials if each.kind == kind]
        counts = {
            verdict: sum(each.verdict == verdict for each in those)
            for verdict in ("right", "wrong", "not sure")
        }
        lucky = sum(not each.sure and each.after <= RIGHT for each in those)
        right = [each.after for each in those if each.verdict == "right"]
        rates = [rate(count, len(those)) for count in counts.values()]
        rows.append([kind, str(len(those)), *rates, str(lucky), quantile(right), _seconds(those)])
    return rows


def table_of_told(refined: Sequence[Refined], proposed: Sequence[Proposed]) -> list[Row]:
    """Format the true error over the one that was told, where the truth is known well enough."""
    rows = [
        ["the error told", "clicks off", "trials", "truth ÷ told, median", "95 % below", "truth ≤ 2 × told"]
    ]
    groups: list[tuple[str, str, Sequence[Refined | Proposed]]]
    groups = list(_groups(refined))
    groups += [(kind, "none", [each for each in proposed if each.kind == kind]) for kind in _kinds(proposed)]
    groups.sort(key=lambda group: list(KINDS).index(group[0]))
    known = [group for group in groups if not (KINDS[group[0]].is_hopeless or KINDS[group[0]].truth_error)]
    pooled = [each for _kind, _clicks, those in known for each in those]
    for kind, clicks, those in [*known, ("all of these", "", pooled)]:
        ratios = [each.rms / each.told for each in those if np.isfinite(each.told) and _is_told(each)]
        within = rate(sum(ratio <= 2 for ratio in ratios), len(ratios))
        rows.append([kind, clicks, str(len(ratios)), quantile(ratios), quantile(ratios, SHARE), within])
    return rows


def _is_told(trial: Refined | Proposed) -> bool:
    return trial.accepted if isinstance(trial, Refined) else trial.sure


def _groups(trials: Sequence[Refined]) -> Iterable[tuple[str, str, list[Refined]]]:
    """Yield the trials by kind and clicks; those of hopeless scenes, of which each has one, together."""
    for kind in _kinds(trials):
        those = [each for each in trials if each.kind == kind]
        lengths = sorted({each.click_error for each in those})
        if KINDS[kind].is_hopeless:
            yield kind, " to ".join(dict.fromkeys(map(str, (lengths[0], lengths[-1])))) + " px", those
            continue
        for length in lengths:
            yield kind, f"{length} px", [each for each in those if each.click_error == length]


def _kinds(trials: Sequence[Refined] | Sequence[Proposed]) -> list[str]:
    found = {each.kind for each in trials}
    return [kind for kind in KINDS if kind in found]


def _seconds(trials: Sequence[Refined] | Sequence[Proposed]) -> str:
    return f"{np.median([each.seconds for each in trials]):.1f} s"

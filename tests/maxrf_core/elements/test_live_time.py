"""The zero peak gives live seconds where it is a clock, and is refused where it is none."""

import re

import numpy as np
import pytest

from maxrf_core.elements.live_time import DEAD_TIME, ZERO_PEAK_RATE, live_time_from_zero_peak
from maxrf_core.spectrum.peaks import zero_peak_end

NAMES = ("Fe-K", "Pb-L")
ROWS, COLUMNS = np.mgrid[:60, :90]
DRAWN = np.array(
    [
        400.0 * (np.sin(COLUMNS / 4) * np.cos(ROWS / 5) > 0) + 20,
        300.0 * (np.sin(COLUMNS / 7 + 1) > 0.3) + 5,
    ]
)


def measured(dwell=0.01, dead=DEAD_TIME, leak=0.0, seed=1):
    """Return zero peak, events and net counts of a scan, and its true live seconds.

    A detector that is dead for `dead` seconds after each event; `leak` is the part of Fe in the zero peak.
    """
    random = np.random.default_rng(seed)
    flux = 2e5 * (DRAWN.sum(axis=0) + 100) / 500
    events = random.poisson(flux * dwell / (1 + dead * flux))
    live = dwell - dead * events
    nets = random.poisson(DRAWN)
    zero = random.poisson(ZERO_PEAK_RATE * live + leak * nets[0])
    return zero, events, nets, live


@pytest.mark.parametrize(
    "dwell", [0.01, 0.1, 0.01 * (1 + 0.15 * np.sin(ROWS / 8))], ids=["10", "100", "uneven"]
)
def test_live_seconds_are_those_of_the_detector_within_their_error(dwell):
    zero, events, nets, live = measured(dwell)
    assert live.min() < 0.75 * live.max()
    found = live_time_from_zero_peak(zero, events, nets, NAMES)
    assert "is a clock" in found.sentence
    deviation = found.values - live
    assert abs((deviation / live).mean()) < 0.01
    assert deviation.std() < 2 * np.sqrt((found.sigma**2).mean())
    assert np.median(found.sigma / live) < 0.05
    without = np.std(live.mean() - live)
    assert deviation.std() < 0.5 * without


def test_a_live_time_in_the_file_sets_the_rate():
    zero, events, nets, live = measured()
    for told in (live.mean(), live.sum()):  # of a pixel, of the scan
        found = live_time_from_zero_peak(zero / 2, events, nets, NAMES, told)
        assert "from the file's live time" in found.sentence
        assert np.nanmean(found.values) == pytest.approx(live.mean(), rel=0.02)
    assert "assumed to be that of a Bruker M6, 9,969" in live_time_from_zero_peak(zero, events, nets).sentence


@pytest.mark.parametrize(
    ("zero", "words"),
    [
        (lambda z, e, n: z * 0, "no zero peak"),
        (lambda z, e, n: (n[0] % 7 == 0) * 1, "too few counts"),
        (lambda z, e, n: z + n[0] * 0.2, "follows Fe-K"),
        (lambda z, e, n: n[0], "no clock"),
        (lambda z, e, n: np.random.default_rng(2).poisson(e * 0.05), "no clock"),
        (lambda z, e, n: z * np.random.default_rng(2).choice([0.6, 1.4], z.shape), "varies [0-9.]+ times"),
    ],
    ids=["none", "few", "leak", "element", "photons", "noise"],
)
def test_a_zero_peak_that_is_no_clock_is_refused_in_words(zero, words):
    made, events, nets, _live = measured()
    found = live_time_from_zero_peak(zero(made, events, nets), events, nets, NAMES)
    assert found.values is None
    assert found.sigma is None
    assert re.search(words, found.sentence)


def test_chance_does_not_refuse_a_clock():
    for seed in range(20):
        zero, events, nets, _live = measured(seed=seed)
        assert live_time_from_zero_peak(zero, events, nets, NAMES).values is not None


def test_the_rate_and_the_dead_time_are_those_of_measured_spectra(shared):
    rates, dead = [], []
    for path in sorted(shared("data/real/nexl_rh50kv").glob("*.msa")):
        text = path.read_text(errors="replace")
        live, real = (
            float(re.search(rf"#{name}[^:]*:\s*(\S+)", text)[1]) for name in ("LIVETIME", "REALTIME")
        )
        body = text.split("#SPECTRUM")[1].split("\n", 1)[1].split("#ENDOFDATA")[0]
        counts = np.array(re.findall(r"[-+0-9.eE]+", body), float).clip(0)
        end = zero_peak_end(counts, -0.9553 + 0.009999 * np.arange(len(counts)))
        rates.append(counts[:end].sum() / live)
        dead.append((real - live) / counts[end:].sum())
    assert len(rates) == 12
    assert np.max(np.abs(np.array(rates) / ZERO_PEAK_RATE - 1)) < 0.0024
    assert np.mean(dead) == pytest.approx(DEAD_TIME, abs=0.3e-6)


@pytest.mark.parametrize("dead", [0.0, 1.8e-6, 6e-6])
def test_the_dead_time_of_another_detector_is_taken_from_the_scan(dead):
    zero, events, nets, live = measured(0.1, dead)
    found = live_time_from_zero_peak(zero, events, nets, NAMES)
    deviation = found.values - live
    assert np.abs(deviation / live).max() < 0.1
    assert np.abs(deviation).max() < 5 * found.sigma.max()

"""Intervals hold the true rate and the true quantile as often as they say."""

import numpy as np

from benchmarks.intervals import quantile, quantile_interval, rate, rate_interval


def test_intervals_hold_the_truth_in_about_95_percent_of_samples():
    rng = np.random.default_rng(0)
    rates = [rate_interval(int(count), 200) for count in rng.binomial(200, 0.1, 400)]
    assert 0.92 < np.mean([low <= 0.1 <= high for low, high in rates]) < 0.98
    medians = [quantile_interval(sample, 0.5) for sample in rng.uniform(size=(200, 101))]
    assert np.mean([low <= 0.5 <= high for low, high in medians]) > 0.92


def test_none_of_200_may_still_be_two_percent():
    assert rate(0, 200) == "0.0 % (0.0 to 1.9)"
    assert rate(0, 0) == "–"


def test_an_end_that_few_values_do_not_determine_is_left_open():
    assert quantile(list(range(1, 21)), 0.95).endswith("to ?)")
    assert quantile([1.0, 2.0]) == "1.50"
    assert quantile([]) == "–"

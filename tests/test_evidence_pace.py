"""The seasonal pace of a target: what earlier years brought by the same day."""

from datetime import date

import numpy as np
import pytest

from kpi.analysis.pace import seasonal_share
from kpi.analysis.progress import Target
from kpi.stats import TooLittle
from tests.bench.companies import series

YEAR = Target("total_revenue", None, date(2023, 1, 1), date(2024, 1, 1), 0, 1200)
# Twelve shares of a year, December three times an ordinary month.
USUAL = np.array([1.0] * 11 + [3.0])
SALES = series("total_revenue", 100 * np.tile(USUAL, 4), "currency")


def test_what_is_due_follows_the_year():
    assert seasonal_share(SALES, YEAR, date(2023, 12, 1)) == pytest.approx(11 / 14)
    assert seasonal_share(SALES, YEAR, date(2023, 7, 1)) == pytest.approx(6 / 14)
    assert seasonal_share(SALES, YEAR, date(2023, 12, 17)) == pytest.approx((11 + 3 * 16 / 31) / 14)
    assert seasonal_share(SALES, YEAR, date(2023, 1, 1)) == 0
    assert seasonal_share(SALES, YEAR, date(2025, 1, 1)) == 1


def test_the_values_of_the_target_itself_do_not_count():
    other = series("total_revenue", np.concatenate([SALES.array()[:36], np.full(12, 7.0)]), "currency")
    assert seasonal_share(other, YEAR, date(2023, 7, 1)) == pytest.approx(6 / 14)


def test_a_target_that_begins_inside_the_year_starts_there():
    autumn = Target("total_revenue", None, date(2023, 10, 1), date(2024, 1, 1), 0, 500)
    assert seasonal_share(SALES, autumn, date(2023, 12, 1)) == pytest.approx(2 / 5)


def test_without_a_season_to_go_by_it_says_so():
    short = Target("total_revenue", None, date(2021, 6, 1), date(2022, 6, 1), 0, 1200)
    assert seasonal_share(SALES, short, date(2021, 9, 1)) == TooLittle("few", 17, 24)
    flat = series("total_revenue", 100 + np.random.default_rng(1).normal(size=48), "currency")
    assert seasonal_share(flat, YEAR, date(2023, 7, 1)) == TooLittle("constant", 36, 24)
    zeros = series("total_revenue", SALES.array() * (np.arange(48) != 5), "currency")
    assert isinstance(seasonal_share(zeros, YEAR, date(2023, 7, 1)), TooLittle)
    gap = SALES.array()
    gap[20] = np.nan
    assert seasonal_share(series("total_revenue", gap, "currency"), YEAR, date(2023, 7, 1)) == TooLittle("few", 15, 24)

"""The short form of tests/bench/evidence.py: bounds wide enough for few runs, the same companies and the same code."""

import re

import numpy as np
import pytest

from tests.bench.companies import company
from tests.bench.evidence import DOC, alarmed, foretold
from tests.bench.proof import STABLE, alarms, screened
from tests.bench.ranges import ranges
from tests.sources import ROOT


def test_a_planted_kpi_stands_among_the_first_three_of_twenty():
    """60 months, r = .6. Required 95 % (docs/evidence.md: measured on 400); of 60 screens 52 are within chance of it."""
    found = screened(7, 60, 60, 0.6)
    assert found.top >= 52 / 60
    assert found.claimed >= 0.45 and found.right_lag >= 0.95


@pytest.mark.parametrize(("n", "r", "planted"), [(60, 0.0, 0), (60, 0.6, 1), (60, 0.5, 3)])
def test_screens_seldom_claim_a_lead_that_is_none(n, r, planted):
    """At most 5 % of screens; of 60 up to seven are within chance."""
    assert screened(11, 60, n, r, planted=planted).any_false <= 7 / 60


def test_more_months_and_stronger_leads_are_found_more_often():
    weak, strong, long = (screened(13, 15, n, r).top for n, r in ((48, 0.3), (48, 0.75), (120, 0.6)))
    assert weak < strong and long >= 0.9


def test_with_two_years_nothing_is_said():
    found = screened(17, 5, 24, 0.75)
    assert (found.silent, found.claimed, found.any_false) == (1.0, 0.0, 0.0)


def test_stable_kpis_seldom_alarm_and_falls_are_told():
    found = alarms(19, 4)
    assert set(found.by_kind) == set(STABLE)
    assert found.per_sixty <= 8
    assert found.noticed[3.0][0] >= 0.9 and found.noticed[3.0][1] <= 4


def test_ranges_hold_about_as_often_as_they_say():
    assert all(0.6 <= ranges(23, 40, kind, 30, 6, True).inside <= 0.97 for kind in ("noise", "season"))


def test_made_up_companies_are_the_same_for_the_same_seed():
    first, second = (company(np.random.default_rng(3), 40, 0.6) for _ in range(2))
    assert first == second and len(first.candidates) == 20
    assert sum(each.kpi.startswith("lead") for each in first.candidates) == 1
    assert not any(each.kpi.startswith("lead") for each in company(np.random.default_rng(3), 40, 0.0).candidates)


def test_the_page_has_every_table():
    text = DOC.read_text("utf-8")
    for name in ("told", "power", "alarmed", "foretold"):
        block = re.search(rf"<!-- {name} -->(.*?)<!-- /{name} -->", text, re.S)
        assert block and block[1].count("|") > 20, name
    assert "| stated chance |" in foretold(2) and "false alarms a year" in alarmed(1)
    assert ROOT in DOC.parents

"""What is planted in the sample (data/README.md, Stories) is found: by what the pages ask, at the place where it is."""

from __future__ import annotations

from datetime import date

import pytest

from kpi import workspace as workspaces
from kpi.analysis.funnel import funnel
from kpi.analysis.leak import against, weakest
from kpi.analysis.voice import ces, nps, nps_against_rest
from kpi.calendars import periods
from kpi.catalogue import kpis
from kpi.core import Query, Row
from kpi.measure import board, run
from kpi.measure.cohorts import spans
from kpi.measure.dimensions import group_names, splits
from kpi.measure.home import standings
from kpi.measure.story import story
from kpi.sample import stories
from kpi.workspace.choices import chosen_goals
from tests.filled import NAME, copy_of_sample
from tests.seen import finding
from tests.support_app import start, switch_language


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = copy_of_sample(tmp_path_factory)
    yield folder
    workspaces.close_workspace(folder, NAME)


@pytest.fixture(scope="module")
def sample(home):
    return workspaces.open_workspace(home, NAME)


@pytest.fixture
def visit(home, monkeypatch):
    monkeypatch.setenv("KPI_HOME", str(home))
    return lambda page: start(page, lang="en", workspace=NAME)


def groups(sample, kpi: str, split: str, by: str = "quarter") -> dict[str, Row]:
    """The breakdown on the page of a KPI: group → its row in the last whole period, groups too small left out."""
    assert split in splits(sample, kpis()[kpi]), "the page offers this split"
    told = story(sample, kpis()[kpi], by, split=split)
    assert told.parts
    return {part.group: part.now for part in told.parts.parts if part.now and not part.few}


def values(found: dict[str, Row]) -> dict[str, float]:
    return {group: row.value for group, row in found.items() if row.value is not None}


def between(sample, kpi: str, since: date, until: date, split: str, *filters: tuple[str, str]) -> dict[str, float]:
    rows = run(sample, Query((kpi,), since, until, split=split, filters=filters))[kpi].rows
    return {str(row.group): row.value for row in rows if row.value}


def test_leaking_stage(sample, visit):
    """The sentence of the Funnel page names the stage; the engine's funnel by source names the source."""
    at = visit("explore/funnel")
    at.button_group(key="funnel_kind").set_value("opportunities").run()
    assert f"drop is at {stories.LEAK.stage}" in finding(at)

    since, until, past_since, past_until = spans(sample, "opportunities.created_at", "year")
    now = funnel(sample, "opportunities", "source_channel", since, until).steps
    past = funnel(sample, "opportunities", "source_channel", past_since, past_until).steps
    leaks = {}
    for source in {step.group for step in now}:
        steps = [[step for step in all_ if step.group == source] for all_ in (now, past)]
        first = weakest(against(*steps))
        if first and first.signal and first.change < 0:
            leaks[source] = (first.step.step, first.change * first.step.entered)
    assert min(leaks, key=lambda source: leaks[source][1]) == stories.LEAK.source
    assert leaks[stories.LEAK.source][0] == stories.LEAK.stage


def test_segment_going_quiet(sample):
    """Revenue of the region by industry against the same months a year before."""
    story_, months = stories.QUIET, ((2025, 2026), (5, 11))
    before, after = (
        between(
            sample, "total_revenue", date(year, months[1][0], 1), date(year, months[1][1], 1), "customers.industry",
            ("customers.region", story_.region),
        )
        for year in months[0]
    )  # fmt: skip
    ratios = {industry: after.get(industry, 0) / before[industry] for industry in before}
    assert min(ratios, key=ratios.__getitem__) == story_.industry
    assert ratios[story_.industry] < 0.5


def test_hurried_agent(sample):
    """The agent with the most and the shortest calls, and the only one whom customers clearly like less."""
    agent = stories.HURRIED.employee
    calls, minutes = (values(groups(sample, kpi, "employee_id")) for kpi in ("calls_answered", "average_handling_time"))
    assert max(calls, key=calls.__getitem__) == agent and min(minutes, key=minutes.__getitem__) == agent
    rated = groups(sample, "csat", "employee_id")
    whole = story(sample, kpis()["csat"], "quarter").item.reading.value
    assert [group for group, row in rated.items() if row.high is not None and row.high < whole] == [agent]
    assert group_names(sample, "employee_id")[agent] == "Тарас Мельник"


def test_sales_follow_late_deliveries(sample):
    """The KPI names the lag in its note, and the correlation is strong."""
    item = board(sample, ["delivery_sales_correlation"])[0]
    notes = {code.rpartition(".")[2]: dict(params) for code, params in item.result.notes}
    assert notes["lag"]["lag"] == stories.LATE.lag
    assert item.reading.value > 0.5
    late = story(sample, kpis()["on_time_delivery_rate"], "month")
    worst = sorted((row for row in late.rows if row.period.complete), key=lambda row: row.value)[:2]
    assert {row.period.since for row in worst} == {date(2026, 8, 1), date(2026, 9, 1)}


def test_campaign_without_buyers(sample):
    """Of the campaigns large enough to judge, the prize draw converts clearly below the whole."""
    found = groups(sample, "lead_conversion_rate", "campaign_id")
    names = group_names(sample, "campaign_id")
    whole = story(sample, kpis()["lead_conversion_rate"], "quarter").item.reading.value
    low = [names.get(group, group) for group, row in found.items() if row.high is not None and row.high < whole]
    assert low == [stories.DRAW.name]


def test_discounts_eat_the_margin(sample):
    found = values(groups(sample, "product_margin", "products.category"))
    assert min(found, key=found.__getitem__) == stories.MARGIN.category


def test_nps_of_a_region(sample, visit):
    """The sentence of the Voice page names the region."""
    quarter = periods(date(2026, 7, 1), date(2026, 10, 1), "quarter")
    rows = nps(sample, quarter, "customers.region").rows
    judged = {row.group for row in rows if not row.small}
    clear = [each for each in nps_against_rest(rows) if each.p < 0.05 and each.group in judged]
    assert min(clear, key=lambda each: each.difference).group == stories.NPS_DROP.region
    at = visit("explore/voice")
    assert stories.NPS_DROP.region in finding(at)
    assert stories.NPS_DROP.region in finding(switch_language(at, "fa"))


def test_logins_fade_in_one_team(sample):
    """The team stands first in what changed the KPI."""
    told = story(sample, kpis()["crm_usage_frequency"], "quarter", split="employees.team")
    assert told.parts.parts[0].group == stories.LOGINS.team
    assert told.parts.parts[0].part < 0


def test_one_industry_pays_late(sample):
    """Of what was due, the industry paid least; Home says that collecting takes longer than it should."""
    paid = between(sample, "invoice_settlement_rate", date(2026, 7, 1), date(2026, 10, 1), "customers.industry")
    assert min(paid, key=paid.__getitem__) == stories.OVERDUE.industry
    item = board(sample, ["days_sales_outstanding"], chosen_goals(sample))[0]
    assert (item.state, item.reading.tone) == ("corrective_action_needed", "worse")


def test_good_news_is_found_too(sample):
    """Faster answers reach their target, the new stream is on pace, customers report less effort."""
    states = {s.goal: s.item.state for s in standings(sample, chosen_goals(sample)) if s.item}
    assert states["cut_response_time"] == "reached"
    assert states["grow_new_revenue_stream"] == "on_track"
    year_apart = [
        *periods(date(2025, 7, 1), date(2025, 10, 1), "quarter"),
        *periods(date(2026, 7, 1), date(2026, 10, 1), "quarter"),
    ]
    before, after = ces(sample, year_apart).rows
    assert after.high < before.low


def test_bundles_raise_cross_selling(sample):
    rows = [row for row in story(sample, kpis()["cross_sell_rate"], "month").rows if row.period.complete]
    since = date(2026, 3, 1)
    before, after = ([r.value for r in rows if (r.period.since >= since) == late] for late in (False, True))
    assert min(after[1:]) > sum(before) / len(before)

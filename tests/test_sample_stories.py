"""The planted stories are in the rows of the sample: clear, and not absurd. Nothing of the engine is used here."""

from __future__ import annotations

import re
from dataclasses import is_dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kpi.sample import stories
from kpi.sample.clock import date_of
from tests.sample_rows import SEEDS, frames, lagged, orders, prewhitened, unexplained, z_before_after, z_of_means

AS_OF = pd.Timestamp("2026-11-16")
FULL = pd.Timestamp("2026-11-01")
TEAMS = ("Inside sales", "Field sales", "Key accounts", "Support", "Marketing")
CLEAR = 3.3  # standard errors: one in a thousand by chance


def day(number: int) -> pd.Timestamp:
    return pd.Timestamp(date_of(number))


@pytest.fixture(scope="module", params=SEEDS)
def seed(request) -> int:
    return request.param


def test_leaking_stage(seed):
    t, story = frames(seed), stories.LEAK
    history, deals = t["opportunity_stage_history"], t["opportunities"].set_index("opportunity_id")
    entered = history[history["stage"] == story.stage].groupby("opportunity_id")["entered_at"].min().to_frame()
    entered = entered.join(deals[["source_channel", "stage"]])
    further = history[history["stage"].isin(["Negotiation", "Won"])]["opportunity_id"]
    entered["on"] = entered.index.isin(further)
    decided = entered[entered["on"] | (entered["stage"] == "Lost")]
    late = decided["entered_at"] >= day(story.since)
    mine = decided["source_channel"] == story.source
    assert (mine & late).sum() >= 40
    assert z_before_after(decided["on"][mine], late[mine]) < -1.5 * CLEAR
    assert abs(z_before_after(decided["on"][~mine], late[~mine])) < 2.5
    assert decided["on"][mine & late].mean() > 0.15
    lost = deals[deals["closed_at"].ge(day(story.since)) & (deals["source_channel"] == story.source)]
    assert lost["lost_reason"].value_counts().idxmax() == "no reply"


def test_segment_going_quiet(seed):
    story, sold = stories.QUIET, orders(seed)
    mine = (sold["region"] == story.region) & (sold["industry"] == story.industry)
    before = sold["ordered_at"].between("2025-03-01", "2026-02-28 23:59")
    after = sold["ordered_at"].between("2026-05-01", "2026-10-31 23:59")
    assert (mine & before).sum() > 150
    ratio = (mine & after).sum() / (mine & before).sum() * 2
    others = (~mine & after).sum() / (~mine & before).sum() * 2
    assert 0.1 < ratio < 0.45
    assert 0.85 < others < 1.4
    known = sold[before].groupby("customer_id").size()
    known = known[known >= 4].index
    last = sold[sold["customer_id"].isin(known)].groupby("customer_id")["ordered_at"].max()
    silent = last < AS_OF - pd.Timedelta(days=150)
    theirs = last.index.isin(sold["customer_id"][mine])
    assert silent[theirs].mean() > 2 * silent[~theirs].mean()


def test_hurried_agent(seed):
    t, story = frames(seed), stories.HURRIED
    calls = t["calls"]
    taken = calls[(calls["team"] == "support") & (calls["direction"] == "in") & calls["answered_at"].notna()]
    taken = taken[taken["dialled_at"].between("2024-11-01", "2026-10-31 23:59")]
    month, his = taken["dialled_at"].dt.to_period("M"), taken["employee_id"] == story.employee
    late = taken["dialled_at"] >= day(story.since)
    count = taken[his].groupby(month).size()
    assert count["2026-03":].min() > count[:"2026-02"].quantile(0.85)
    assert count["2026-03":].mean() > 1.4 * count["2025-11":"2026-02"].mean()
    length = taken["handle_seconds"]
    assert z_of_means(length[his & ~late], length[his & late]) < -5 * CLEAR
    assert length[his & late].mean() > 0.4 * length[his & ~late].mean()
    assert abs(z_of_means(length[~his & ~late], length[~his & late])) < CLEAR
    surveys = t["surveys"]
    asked = surveys[(surveys["survey_type"] == "csat") & surveys["score"].notna() & surveys["ticket_id"].notna()]
    his, late = asked["employee_id"] == story.employee, asked["responded_at"] >= day(story.since)
    good = asked["score"] >= 3
    assert z_before_after(good[his], late[his]) < -CLEAR
    assert abs(z_before_after(good[~his], late[~his])) < CLEAR
    assert 0.35 < good[his & late].mean() < 0.65


def test_sales_follow_deliveries_by_two_months(seed):
    t, story = frames(seed), stories.LATE
    sold, due = orders(seed), t["deliveries"]
    due = due[(due["status"] != "cancelled") & due["promised_at"].between("2021-11-01", "2026-10-31 23:59")]
    kept = due["delivered_at"].dt.normalize() <= due["promised_at"].dt.normalize()
    on_time = kept.groupby(due["promised_at"].dt.to_period("M")).mean()
    sold = sold[sold["ordered_at"] < FULL]
    revenue = np.log(sold.groupby(sold["ordered_at"].dt.to_period("M"))["amount"].sum())
    assert len(on_time) == len(revenue) == 60
    first, second = prewhitened(*(np.diff(unexplained(s.to_numpy(dtype=float))) for s in (on_time, revenue)))
    at_lag = {lag: lagged(first, second, lag) for lag in range(-6, 7)}
    sidak = 2.885 / np.sqrt(len(first))  # 5 % over 13 lags
    assert max(at_lag, key=lambda lag: abs(at_lag[lag])) == story.lag
    assert sidak < at_lag[story.lag] < 0.9
    assert 0.84 < on_time.mean() < 0.93
    assert on_time["2026-08":"2026-09"].max() < on_time.mean() - on_time.std()


def test_cheap_campaign(seed):
    t, story = frames(seed), stories.DRAW
    campaigns = t["campaigns"].set_index("campaign_id")
    leads = t["leads"][t["leads"]["campaign_id"].notna()]
    mine = leads["campaign_id"].map(campaigns["name"]) == story.name
    assert mine.sum() >= 400
    old = leads["created_at"] < "2026-06-01"
    bought = leads["status"] == "converted"
    assert bought[mine].mean() < 0.02
    assert bought[~mine & old].mean() > 0.09
    spent = t["campaign_costs"].groupby("campaign_id")["amount"].sum()
    counts = leads.groupby("campaign_id").size()
    each = (spent / counts).dropna()
    name = campaigns.index[campaigns["name"] == story.name][0]
    assert each[name] < 0.25 * each.drop(name).median()


def test_eaten_margin(seed):
    t, story = frames(seed), stories.MARGIN
    lines = t["order_lines"].merge(t["products"], on="product_id")
    lines = lines.merge(t["orders"][t["orders"]["status"] != "cancelled"][["order_id", "ordered_at"]], on="order_id")
    lines = lines[lines["unit_cost"].notna()]
    lines["late"] = lines["ordered_at"] >= day(story.since)
    lines["profit"] = lines["line_amount"] - lines["quantity"] * lines["unit_cost"]
    sums = lines.groupby(["category", "late"])[["line_amount", "profit", "discount_amount"]].sum()
    margin = (sums["profit"] / sums["line_amount"]).unstack()
    change = margin[True] - margin[False]
    assert -0.16 < change[story.category] < -0.08
    assert change.drop(story.category).abs().max() < 0.02
    assert margin[True][story.category] < lines.loc[lines["category"] == story.category, "target_margin"].min()
    given = (sums["discount_amount"] / (sums["line_amount"] + sums["discount_amount"])).unstack()
    assert given[True][story.category] > 3 * given[False][story.category]


def test_nps_drop_in_one_region(seed):
    t, story = frames(seed), stories.NPS_DROP
    asked = t["surveys"][(t["surveys"]["survey_type"] == "nps") & t["surveys"]["score"].notna()]
    asked = asked.merge(t["customers"][["customer_id", "region"]], on="customer_id")
    value = (asked["score"] >= 9).astype(int) - (asked["score"] <= 6).astype(int)
    late = asked["responded_at"] >= day(story.since)
    z = {
        region: z_of_means(value[here & ~late], value[here & late])
        for region in asked["region"].unique()
        for here in [asked["region"] == region]
    }
    assert z.pop(story.region) < -CLEAR
    assert max(abs(each) for each in z.values()) < 2.5
    assert 10 < 100 * value[~late].mean() < 45


def test_fading_logins(seed):
    t, story = frames(seed), stories.LOGINS
    logins = t["crm_logins"].merge(t["employees"][["employee_id", "team", "is_manager"]], on="employee_id")
    logins = logins[~logins["is_manager"]]
    days = logins.assign(day=logins["logged_in_at"].dt.normalize()).drop_duplicates(["employee_id", "day"])
    before, after = (
        days["day"].between(*span) for span in (("2025-11-01", "2026-04-30"), ("2026-05-01", "2026-10-31"))
    )
    ratio = {team: (after & (days["team"] == team)).sum() / (before & (days["team"] == team)).sum() for team in TEAMS}
    assert 0.25 < ratio.pop(story.team) < 0.5
    assert all(0.85 < each < 1.2 for each in ratio.values())
    lead = t["employees"].set_index("employee_id").loc["E08"]
    assert lead["team"] == story.team
    assert lead["left_at"] == day(story.since) - pd.Timedelta(days=1)


def test_overdue_industry(seed):
    t, story = frames(seed), stories.OVERDUE
    bills = t["invoices"][t["invoices"]["status"] != "void"]
    bills = bills.merge(t["customers"][["customer_id", "industry"]], on="customer_id")
    settled = t["payments"].groupby("order_id")["paid_at"].max()
    bills["settled"] = bills["order_id"].map(settled)
    bills = bills[bills["due_at"] < AS_OF - pd.Timedelta(days=20)]
    slow = (bills["settled"] - bills["due_at"] > pd.Timedelta(days=20)) | (bills["status"] != "paid")
    late = bills["issued_at"] >= day(story.since)
    mine = bills["industry"] == story.industry
    assert z_before_after(slow[mine], late[mine]) > 3 * CLEAR
    assert abs(z_before_after(slow[~mine], late[~mine])) < 2.5
    assert slow[mine & ~late].mean() < 0.2 < 0.3 < slow[mine & late].mean() < 0.7


def test_faster_answers(seed):
    tickets, story = frames(seed)["tickets"], stories.ANSWERS
    answered = tickets[tickets["first_response_at"].notna()]
    hours = (answered["first_response_at"] - answered["opened_at"]).dt.total_seconds() / 3600
    late = answered["first_response_at"] >= day(story.since)
    assert z_of_means(hours[~late], hours[late]) < -3 * CLEAR
    assert 0.45 < hours[late].mean() / hours[~late].mean() < 0.65


def test_less_effort(seed):
    surveys, story = frames(seed)["surveys"], stories.PORTAL
    asked = surveys[(surveys["survey_type"] == "ces") & surveys["score"].notna()]
    late = asked["responded_at"] >= day(story.since)
    assert z_of_means(asked["score"][~late], asked["score"][late]) < -CLEAR
    assert 2.5 < asked["score"][late].mean() < 3.3 < asked["score"][~late].mean()


def test_new_stream(seed):
    sold, story = orders(seed), stories.STREAM
    mine = sold[(sold["revenue_stream"] == story.stream) & (sold["ordered_at"] < FULL)]
    months = mine.groupby(mine["ordered_at"].dt.to_period("M"))["amount"].sum()
    assert mine["ordered_at"].min() >= day(story.since)
    assert months.rank().corr(pd.Series(range(len(months)), months.index)) > 0.95
    total = sold[sold["ordered_at"].between("2026-10-01", FULL)]["amount"].sum()
    assert 0.02 < months["2026-10"] / total < 0.1


def test_bundles(seed):
    t, story = frames(seed), stories.BUNDLES
    lines = t["order_lines"].merge(t["orders"][["order_id", "ordered_at"]], on="order_id")
    crossed = lines["sale_type"] == "cross_sell"
    late = lines["ordered_at"] >= day(story.since)
    assert z_before_after(crossed, late) > 2 * CLEAR
    assert crossed[late].mean() < 2.5 * crossed[~late].mean()


def test_stock_outs(seed):
    t, story = frames(seed), stories.STOCK
    counts = t["inventory"].merge(t["products"][["product_id", "manufacturer_id"]], on="product_id")
    counts = counts.merge(t["manufacturers"], on="manufacturer_id")
    out = counts["on_hand"] <= 0
    late = counts["counted_at"] >= day(story.since)
    mine = counts["name"] == story.manufacturer
    assert z_before_after(out[mine], late[mine]) > 2 * CLEAR
    assert out[~mine].mean() < 0.06
    assert counts["reliability_score"][mine].max() == t["manufacturers"]["reliability_score"].min()


def test_the_readme_tells_every_story():
    text = (Path(__file__).parents[1] / "data" / "README.md").read_text(encoding="utf-8")
    planted = {name for name, thing in vars(stories).items() if isinstance(thing, type) and is_dataclass(thing)}
    assert set(re.findall(r"^\| \d+ \| `(\w+)`", text, flags=re.M)) == planted
    assert len(planted) == 14

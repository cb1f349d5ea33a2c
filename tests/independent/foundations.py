"""Goals and targets, and the quality of the customer data."""

from __future__ import annotations

import re

import pandas as pd

from tests.independent.company import DAY, Company, Span
from tests.independent.registry import COMPUTED, kpi, median, ratio

# Which of the KPIs that the sample selects or gives a target to serve its six goals (section 4 of the features).
SERVING = [
    "total_revenue",
    "lead_conversion_rate",
    "support_response_time",
    "days_sales_outstanding",
    "csat",
    "ces",
    "new_stream_revenue",
    "on_time_delivery_rate",
    "product_margin",
    "net_sales",
    "complaints_count",
    "leads_per_channel",
    "contact_rate",
    "close_rate",
    "cross_sell_rate",
    "average_deal_size",
    "leads_generated",
    "nps",
]
LOWER = ("support_response_time", "days_sales_outstanding", "ces", "complaints_count")


def chosen_goals(company: Company) -> set[str]:
    plans, selections = company.state("goal_plans"), company.state("kpi_selections")
    return set(plans.goal_id.dropna()) | set(selections.goal_id.dropna())


@kpi
def kpi_goal_relevance(company: Company, span: Span) -> float | None:
    selections = company.state("kpi_selections")
    stated = selections[selections.reason.notna() & selections.goal_id.isin(chosen_goals(company))]
    selected = set(selections.kpi_id)
    return ratio(len(selected & (set(SERVING) | set(stated.kpi_id))), len(selected))


@kpi
def goal_business_alignment(company: Company, span: Span) -> float | None:
    plans, selections = company.state("goal_plans"), company.state("kpi_selections")
    chosen = chosen_goals(company)
    planned = set(plans[plans.strategy.fillna("").str.strip() != ""].goal_id)
    return ratio(len(planned & set(selections.goal_id)), len(chosen))


@kpi
def goal_attainment(company: Company, span: Span) -> float | None:
    """Median of (actual - baseline) / (target - baseline), within 0 and 1, over the running targets."""
    today = min(span.until - DAY, company.as_of)
    targets = company.state("targets")
    mine = targets.goal_id.isin(chosen_goals(company)) | (targets.goal_id.isna() & targets.kpi_id.isin(SERVING))
    running = targets[mine & (targets.since <= today) & (targets.until > today)]
    reached = []
    for target in running.itertuples():
        known = Span(pd.Timestamp(target.since), min(today + DAY, pd.Timestamp(target.until)))
        actual = COMPUTED[target.kpi_id](company, known)
        if actual is None:
            continue
        base, aim = target.baseline_value, target.target_value
        if pd.notna(target.target_low):
            away = [max(target.target_low - x, x - target.target_high, 0.0) for x in (actual, base)]
            share = 1 - away[0] / away[1] if away[1] else float(away[0] == 0)
        elif base == aim:
            share = float(actual <= aim if target.kpi_id in LOWER else actual >= aim)
        else:
            share = (actual - base) / (aim - base)
        reached.append(min(1.0, max(0.0, share)))
    return median(pd.Series(reached, dtype=float))


@kpi
def customer_data_completeness(company: Company, span: Span) -> float | None:
    people = company.raw("customers")
    people = people[people.created_at.isna() | (people.created_at < span.until)]
    filled = people.map(lambda value: pd.notna(value) and str(value).strip() != "")
    fields = [field.split(" or ") for field in company.settings["required_customer_fields"]]
    return ratio(sum(filled[names].any(axis=1).sum() for names in fields), len(people) * len(fields))


@kpi
def duplicate_customer_rate(company: Company, span: Span) -> float | None:
    """Groups that hang together by name and email or by name and phone, one record of each taken off."""
    people = company.raw("customers")
    aliases = company.raw("customer_aliases")
    merged = aliases[aliases.alias_id != aliases.customer_id].alias_id
    people = people[~people.customer_id.isin(merged)]
    people = people[people.created_at.isna() | (people.created_at < span.until)]
    parent = {name: name for name in people.customer_id}

    def root(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    seen: dict[tuple[str, str], str] = {}
    for row in people.itertuples():
        if pd.isna(row.name) or not row.name.strip():
            continue
        name = re.sub(r"\s+", " ", row.name.strip().lower())
        email = "" if pd.isna(row.email) else row.email.strip().lower()
        phone = "" if pd.isna(row.phone) else re.sub(r"\D", "", row.phone)
        for key in (email and "e" + email, phone and "p" + phone):
            if key:
                parent[root(row.customer_id)] = root(seen.setdefault((name, key), row.customer_id))
    groups = len({root(name) for name in parent})
    return ratio(len(parent) - groups, len(parent))


EMAIL, DIGITS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), re.compile(r"\D")


def reachable(rows: pd.DataFrame) -> pd.Series:
    """E-mail and phone look like one, where they are given."""
    mail = rows.email.map(lambda text: pd.isna(text) or EMAIL.fullmatch(text) is not None)
    phone = rows.phone.map(lambda text: pd.isna(text) or 5 <= len(DIGITS.sub("", text)) <= 15)
    return mail & phone


@kpi
def data_accuracy(company: Company, span: Span) -> float | None:
    """Formats, ranges, the order of dates, and the newest audit of each record."""
    audits = company.raw("record_audit").dropna(subset=["verified_ok"]).sort_values("acted_at")
    audits = audits.drop_duplicates(["entity", "record_id"], keep="last")
    failed = audits[audits.verified_ok.eq(False)]

    def good(entity: str, rows: pd.DataFrame, born: str, later: list[str]) -> pd.Series:
        fine = rows[born].isna() | (rows[born] < company.now)
        for column in later:
            fine &= rows[born].isna() | rows[column].isna() | (rows[column] >= rows[born])
        return fine & ~rows[f"{entity}_id"].isin(failed[failed.entity == entity].record_id)

    checks = []
    people, leads, deals, orders = company.customers, company.leads, company.opportunities, company.orders
    checks.append((people.created_at, good("customer", people, "created_at", ["churned_at"]) & reachable(people)))
    later = ["converted_at", "qualified_at", "lost_at"]
    checks.append((leads.created_at, good("lead", leads, "created_at", later) & reachable(leads)))
    paid = deals.amount.isna() | (deals.amount >= 0)
    checks.append((deals.created_at, good("opportunity", deals, "created_at", ["closed_at"]) & paid))
    paid = orders.amount.isna() | (orders.amount >= 0)
    checks.append((orders.ordered_at, good("order", orders, "ordered_at", ["cancelled_at"]) & paid))
    there = [born.isna() | (born < span.until) for born, _ in checks]
    passed = sum((fine & known).sum() for (_, fine), known in zip(checks, there, strict=True))
    return ratio(passed, sum(known.sum() for known in there))

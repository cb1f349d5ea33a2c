"""Comparisons: risk of leaving, traits of won deals, agents against their team, links between series."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy import stats

from tests.independent import delivery, pieces, voice
from tests.independent.company import DAY, Company, Frame, Span
from tests.independent.registry import kpi, ratio, total


@kpi
def churn_risk_customers(company: Company, span: Span) -> float:
    """Complaint, contract question, closing of the account, or many contacts, in the window before until."""
    end = min(span.until, company.now)
    window = int(company.settings["risk_window_days"]) * DAY
    people = pieces.active_at(company, end).customer_id
    tickets, calls = company.tickets, company.raw("calls")
    events = pd.concat(
        [
            pd.DataFrame({"who": tickets.customer_id, "at": tickets.opened_at, "why": tickets.ticket_type, "in": True}),
            pd.DataFrame(
                {"who": calls.customer_id, "at": calls.dialled_at, "why": calls.reason, "in": calls.direction == "in"}
            ),
        ]
    )
    events = events[events.who.isin(people) & (events["at"] < end)]
    recent, older = events[events["at"] >= end - window], events[(events["at"] < end - window) & events["in"]]
    told = set(recent[recent.why.isin(["complaint", "contract_question", "account_closing"])].who)
    counts = recent[recent["in"]].groupby("who").size()
    first, before = older.groupby("who")["at"].min(), older.groupby("who").size()
    windows = (end - window - first) / window
    own = (before / windows)[windows >= 1].clip(lower=1)  # a single contact is not often
    norm = own.reindex(counts.index).fillna(counts.median())
    often = counts[counts >= float(company.settings["risk_contact_factor"]) * norm]
    return len(told | set(often.index))


@kpi
def won_deal_profile(company: Company, span: Span) -> float | None:
    deals = company.opportunities
    deals = deals[deals.outcome.isin(["won", "lost"]) & span.holds(deals.closed_at)]
    won = deals.outcome == "won"
    if not won.any():
        return None
    people = company.raw("customers").set_index("customer_id")
    lead = company.raw("leads").set_index("lead_id").source_channel
    acts = company.raw("activities")
    acts = acts[(acts.activity_type == "meeting") & (acts.status.isna() | (acts.status == "done"))]
    meetings = deals.opportunity_id.map(acts.groupby("opportunity_id").size()).fillna(0)
    quarters = np.quantile(deals.amount.dropna(), [0.25, 0.5, 0.75])
    traits = [
        deals.deal_type,
        deals.product_id,
        pd.cut(deals.amount, [-np.inf, *np.unique(quarters), np.inf]).astype(str).where(deals.amount.notna()),
        deals.source_channel.fillna(deals.lead_id.map(lead)),
        deals.customer_id.map(people.region),
        deals.customer_id.map(people.industry),
        deals.owner_employee_id,
        pd.cut(meetings, [-1, 0, 1, 2, 4, np.inf]).astype(str),
    ]
    best = []
    for trait in traits:
        rates = won.groupby(trait).agg(["mean", "size"])
        best += list(rates[rates["size"] >= int(company.settings["min_n_profile"])]["mean"])
    return max(best) / float(won.mean()) if best else None


def wilson(yes: float, n: float) -> tuple[float, float]:
    found = stats.binomtest(int(yes), int(n)).proportion_ci(method="wilson")
    return found.low, found.high


@kpi
def support_agent_performance(company: Company, span: Span) -> float | None:
    """Agents of enough tickets who are on no measure worse than the team by more than their own interval."""
    tickets = company.tickets.dropna(subset=["agent_employee_id"])
    done = tickets[span.holds(tickets.resolved_at)]
    due = tickets[tickets.resolution_sla_met.notna()]
    late = span.holds(due.resolution_due_at) & (due.resolution_due_at < due.resolved_at.fillna(company.now))
    judged = due[span.holds(due.resolved_at) | (late & due.resolution_sla_met.eq(False))]
    kept = judged.resolution_sla_met.eq(True) & span.holds(judged.resolved_at)
    recorded = done[["contact_count", "follow_up_count", "reopened"]].notna().any(axis=1)
    once = done.contact_count.fillna(0).le(1) & done.follow_up_count.fillna(0).eq(0) & ~done.reopened.eq(True)
    answers = voice.answers(company, span, "csat")
    agent = answers.ticket_id.map(tickets.set_index("ticket_id").agent_employee_id)
    caller = answers.call_id.map(company.raw("calls").set_index("call_id").employee_id)
    agent = agent.fillna(caller.where(answers.ticket_id.isna()))
    shares = [
        (once[recorded], done.agent_employee_id[recorded]),
        (kept, judged.agent_employee_id),
        (voice.happy(answers)[agent.notna()], agent.dropna()),
    ]
    sizes = done.groupby("agent_employee_id").size()
    team = sizes.index
    compared = sizes[sizes >= int(company.settings["min_n_agent"])].index
    hours = done.resolution_minutes / 60
    within = 0
    for name in compared:
        own = hours[done.agent_employee_id == name].dropna()
        half = stats.t.ppf(0.975, len(own) - 1) * own.std(ddof=1) / math.sqrt(len(own))
        fine = own.mean() - half <= hours.mean()
        for yes, whose in shares:
            yes, whose = yes[whose.isin(team)], whose[whose.isin(team)]
            mine = yes[whose == name]
            fine &= not len(mine) or wilson(mine.sum(), len(mine))[1] >= yes.mean()
        within += bool(fine)
    share = ratio(within, len(compared))
    return None if share is None else 100 * share


def whole_months(since: pd.Timestamp, until: pd.Timestamp) -> list[Span]:
    """The whole months from since to until."""
    starts = pd.date_range(since, until, freq="MS")
    return [Span(a, b) for a, b in zip(starts, starts[1:], strict=False)]


def person_months(company: Company, span: Span) -> Frame:
    """Per employee and month: counts of what they did, revenue of their orders, share of their decided deals won."""
    months = whole_months(span.since, min(span.until, company.now))
    acts = pieces.done(company)[["employee_id", "activity_type", "day"]]
    calls = company.raw("calls")
    calls = calls[(calls.direction == "out") & (calls.team.isna() | (calls.team == "sales"))]
    dialled = pd.DataFrame({"employee_id": calls.employee_id, "activity_type": "outgoing", "day": calls.dialled_at})
    deeds = pd.concat([acts, dialled]).dropna(subset=["employee_id"])
    sold = company.sold.assign(owner=pieces.owners(company))
    deals = company.opportunities[company.opportunities.outcome.isin(["won", "lost"])]
    found = []
    for month in months:
        there = pieces.employed(company, month).set_index("employee_id")
        here = deeds[month.holds(deeds.day)]
        counts = here.groupby(["employee_id", "activity_type"]).size().unstack(fill_value=0)
        rows = counts.reindex(there.index)
        rows["revenue"] = sold[month.holds(sold.ordered_at)].groupby("owner").amount.sum()
        closed = deals[month.holds(deals.closed_at)]
        rows["close_rate"] = (closed.outcome == "won").groupby(closed.owner_employee_id).mean()
        found.append(rows.reset_index())
    if not found:
        return pd.DataFrame()
    table = pd.concat(found, ignore_index=True)
    kinds = [c for c in table if c not in ("employee_id", "revenue", "close_rate")]
    active = table[kinds].notna().any(axis=1)
    table.loc[active, kinds] = table.loc[active, kinds].fillna(0)
    who_acts = set(table[active].employee_id)
    who_sells = set(table[table.revenue.notna() | table.close_rate.notna()].employee_id)
    table = table[table.employee_id.isin(who_acts & who_sells)]
    return table.assign(revenue=table.revenue.fillna(0.0))


@kpi
def activity_result_correlation(company: Company, span: Span) -> float | None:
    """The strongest significant Spearman coefficient; p of exchanging values within each person, by its exact mean and
    variance; Benjamini & Hochberg over all pairs."""
    table = person_months(company, span)
    found = []
    for kind in [c for c in table if c not in ("employee_id", "revenue", "close_rate")]:
        for result in ("revenue", "close_rate"):
            rows = table[["employee_id", kind, result]].dropna()
            if len(rows) < 20 or rows[kind].nunique() < 2 or rows[result].nunique() < 2:
                continue
            a, b = (stats.zscore(stats.rankdata(rows[c])) / math.sqrt(len(rows)) for c in (kind, result))
            mean = variance = 0.0
            for who in rows.employee_id.unique():
                mine = (rows.employee_id == who).to_numpy()
                mean += mine.sum() * a[mine].mean() * b[mine].mean()
                if mine.sum() > 1:
                    variance += (mine.sum() - 1) * a[mine].var(ddof=1) * b[mine].var(ddof=1)
            spread = math.sqrt(variance)
            r = float(a @ b)
            low, high = ((x - mean) / spread for x in (-abs(r), abs(r)))
            found.append((stats.norm.cdf(low) + stats.norm.sf(high), len(rows), r))
    if not found:
        return None
    adjusted = stats.false_discovery_control([p for p, _, _ in found])
    good = [r for q, (_, n, r) in zip(adjusted, found, strict=True) if q < 0.05 and n >= 50]
    return max(good, key=abs) if good else None


def fitted(series: np.ndarray, trend: bool, season: bool) -> np.ndarray:
    """What is left of the series beside a constant, a line and the months of the year."""
    t = np.arange(len(series))
    columns = [np.ones(len(series))] + ([t] if trend else [])
    columns += [(t % 12 == k).astype(float) for k in range(1, 12)] if season else []
    design = np.stack(columns, axis=1)
    return series - design @ np.linalg.lstsq(design, series, rcond=None)[0]


def has_season(series: np.ndarray, trend: bool) -> bool:
    """Whether an F test cannot rule a season out at .2."""
    if len(series) + 1 < 36:
        return False
    before, after = ((fitted(series, trend, season) ** 2).sum() for season in (False, True))
    free = len(series) - 12 - trend
    return stats.f.sf((before - after) / 11 / (after / free), 11, free) < 0.2


def lag_one(series: np.ndarray) -> float:
    d = series - series.mean()
    return float(d[1:] @ d[:-1] / (d @ d))


def autoregression(series: np.ndarray) -> np.ndarray:
    """Yule-Walker coefficients of the order with the lowest AIC, at most one per twelve values."""
    d = series - series.mean()
    n = len(d)
    cov = np.array([d[: n - k] @ d[k:] / n for k in range(n // 12 + 1)])
    best, lowest = np.array([]), n * math.log(cov[0])
    for p in range(1, n // 12 + 1):
        phi = np.linalg.solve(np.array([[cov[abs(i - j)] for j in range(p)] for i in range(p)]), cov[1 : p + 1])
        aic = n * math.log(cov[0] - phi @ cov[1 : p + 1]) + 2 * p
        if aic < lowest:
            best, lowest = phi, aic
    return best


def normal_scores(series: np.ndarray) -> np.ndarray:
    """By rank on the normal scale (Blom); what lies within a fifth of the mean deviation ranks alike."""
    near = 0.2 * np.abs(series - series.mean()).mean()
    ranks = [((series < x - near).sum() + (series <= x + near).sum()) / 2 for x in series]
    return stats.norm.ppf((np.array(ranks) + 1 / 8) / (len(series) + 1 / 4))


@kpi
def delivery_sales_correlation(company: Company, span: Span) -> float | None:
    """Trend, season and memory out of both, then the correlation at each lag; Šidák over the lags."""
    end = min(span.until, company.now)
    months = whole_months(end.normalize().replace(day=1) - pd.DateOffset(months=120), end)
    for month in months:
        if month not in company.months:
            rate = delivery.on_time_delivery_rate(company, month)
            sold = pieces.sold_in(company, month)
            company.months[month] = (rate, total(sold.amount)) if rate is not None and len(sold) else None
    pairs = [company.months[month] for month in months]
    run: list[tuple[float, float]] = []
    for pair in reversed(pairs):
        if pair is None and run:
            break
        if pair is not None:
            run.insert(0, pair)
    if len(run) < 20:
        return None
    x, y = (np.array(values) for values in zip(*run, strict=True))
    seasons = [has_season(s, True) for s in (x, y)]
    left = [fitted(s, True, season) for s, season in zip((x, y), seasons, strict=True)]
    spent = 1
    if max(map(lag_one, left)) > 0.7:
        steps = [np.diff(s) for s in (x, y)]
        seasons = [old or has_season(d, False) for old, d in zip(seasons, steps, strict=True)]
        left, spent = [fitted(d, False, season) for d, season in zip(steps, seasons, strict=True)], 0
    spent += 11 if all(seasons) else 0
    phi = autoregression(left[0])
    p = len(phi)
    white = []
    for series in left:
        d = series - series.mean()
        white.append(normal_scores(np.array([d[t] - phi @ d[t - p : t][::-1] for t in range(p, len(d))])))
    a, b = (s - s.mean() for s in white)
    n = len(a)
    scale = math.sqrt((a @ a) * (b @ b))
    most = max(1, min(int(company.settings["max_lag_months"]), (len(x) - 1 - len(x) // 12) // 4))
    found = []
    for lag in range(-most, most + 1):
        here = (a[: n - lag] @ b[lag:] if lag >= 0 else a[-lag:] @ b[:lag]) / scale * n / (n - abs(lag))
        r = float(np.clip(here, -1, 1))
        df = max(n - abs(lag) - 2 - spent, 1)
        found.append((2 * stats.t.sf(abs(r) * math.sqrt(df / max(1 - r * r, 1e-15)), df), r))
    chance, r = min(found)
    return r if 1 - (1 - chance) ** len(found) < 0.05 else None

"""What customers say: NPS, CSAT, CES and what is built on them; and ratings by assessors."""

from __future__ import annotations

import pandas as pd

from tests.independent.company import Company, Frame, Span
from tests.independent.registry import COMPUTED, kpi, mean, ratio


def answers(company: Company, span: Span, kind: str) -> Frame:
    surveys = company.raw("surveys")
    return surveys[(surveys.survey_type == kind) & span.holds(surveys.responded_at) & surveys.score.notna()]


def happy(rows: Frame) -> pd.Series:
    """In the two top boxes of its own scale."""
    turned = rows.higher_is_better.eq(False)
    return (rows.score >= rows.scale_max - 1).where(~turned, rows.score <= rows.scale_min + 1)


@kpi
def csat(company: Company, span: Span) -> float | None:
    rows = answers(company, span, "csat")
    return ratio(happy(rows).sum(), len(rows))


def nps_scores(company: Company, span: Span) -> pd.Series:
    scores = answers(company, span, "nps").score
    return scores[(scores >= 0) & (scores <= 10)]


@kpi
def promoter_share(company: Company, span: Span) -> float | None:
    scores = nps_scores(company, span)
    return ratio((scores >= 9).sum(), len(scores))


@kpi
def passive_share(company: Company, span: Span) -> float | None:
    scores = nps_scores(company, span)
    return ratio(scores.isin([7, 8]).sum(), len(scores))


@kpi
def detractor_share(company: Company, span: Span) -> float | None:
    scores = nps_scores(company, span)
    return ratio((scores <= 6).sum(), len(scores))


@kpi
def nps(company: Company, span: Span) -> float | None:
    scores = nps_scores(company, span)
    return ratio(100 * ((scores >= 9).sum() - (scores <= 6).sum()), len(scores))


def efforts(company: Company, span: Span) -> pd.Series:
    """Turned so that more is more effort."""
    rows = answers(company, span, "ces")
    return rows.score.where(~rows.higher_is_better.eq(True), rows.scale_min + rows.scale_max - rows.score)


@kpi
def ces(company: Company, span: Span) -> float | None:
    return mean(efforts(company, span))


@kpi
def survey_response_rate(company: Company, span: Span) -> float | None:
    surveys = company.raw("surveys")
    sent = surveys[span.holds(surveys.sent_at)]
    return ratio((sent.responded_at < company.now).sum(), len(sent))


@kpi
def customer_surveys_run(company: Company, span: Span) -> float:
    surveys = company.raw("surveys")
    return int(span.holds(surveys.sent_at).sum())


@kpi
def customer_journey(company: Company, span: Span) -> float | None:
    rows = answers(company, span, "csat")
    stages = happy(rows).groupby(rows.journey_stage).agg(["mean", "size"])
    stages = stages[stages["size"] >= int(company.settings["min_n_survey"])]
    return 100 * float(stages["mean"].min()) if len(stages) else None


@kpi
def customer_experience(company: Company, span: Span) -> float | None:
    parts = []
    if (score := nps(company, span)) is not None:
        parts.append((score + 100) / 2)
    if (share := csat(company, span)) is not None:
        parts.append(100 * share)
    if (effort := ces(company, span)) is not None:
        rows = answers(company, span, "ces")
        low, high = rows.scale_min.iloc[0], rows.scale_max.iloc[0]
        parts.append(100 * (high - effort) / (high - low))
    return sum(parts) / len(parts) if parts else None


RATED = [
    "perceived_loyalty",
    "perceived_brand_value",
    "perceived_org_performance",
    "satisfaction_rating",
    "information_quality",
    "system_usability",
    "management_support",
    "employee_customer_behaviour",
    "employee_satisfaction",
    "training_procedure",
    "reward_fit",
    "organizational_flexibility",
    "partnership_effort",
    "market_direction",
    "goal_precision",
    "prospect_acquisition_readiness",
    "customer_retention_readiness",
    "customer_expansion_readiness",
]


def rating(company: Company, span: Span, instrument: str) -> float | None:
    """Mean of 0..100 over the latest answer per respondent and round; from three raters on."""
    rows = company.state("assessments")
    rows = rows[(rows.instrument_id == instrument) & span.holds(rows.assessed_at)]
    rows = rows.sort_values("assessed_at").drop_duplicates(["respondent_id", "round_id"], keep="last")
    if rows.respondent_id.nunique() < int(company.settings["min_raters"]):
        return None
    return mean((rows.score - 1) / (rows.scale_max - 1) * 100)


for _name in RATED:
    COMPUTED[_name] = lambda company, span, name=_name: rating(company, span, name)


def ticked(company: Company, span: Span, instrument: str) -> tuple[int, int]:
    items = company.raw("checklist_items")
    items = items[items.instrument_id == instrument]
    return int((items.done.eq(True) & (items.noted_at < span.until)).sum()), len(items)


@kpi
def technological_capacity(company: Company, span: Span) -> float | None:
    return ratio(*ticked(company, span, "technological_capacity"))


@kpi
def human_capital_readiness(company: Company, span: Span) -> float | None:
    return ratio(*ticked(company, span, "human_capital_readiness"))


@kpi
def organizational_development(company: Company, span: Span) -> float | None:
    return ratio(*ticked(company, span, "organizational_development"))


@kpi
def partnership_diversity(company: Company, span: Span) -> float:
    return ticked(company, span, "partnership_diversity")[0]

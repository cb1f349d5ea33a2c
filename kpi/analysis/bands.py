"""Where a value of a KPI stands by a rule of thumb that has a source: excellent, to improve, a concern."""

from __future__ import annotations

# KPIs that are judged by another one: what keeping costs, by its ratio to what a customer brings in.
JUDGED_BY = {"customer_retention_cost": "retention_cost_ratio"}


def band(kpi_id: str, value: float | None) -> str:
    """`band.<code>` of the locales says it; "" where there is no rule or no value. value: in the KPI's unit.

    fcr (a fraction): at least 90 % is excellent, below 50 % a concern, between them to be improved.
    retention_cost_ratio: keeping a customer should not cost more than the customer brings in on average.
    """
    if value is None:
        return ""
    if kpi_id == "fcr":
        return "fcr_excellent" if value >= 0.9 else "fcr_to_improve" if value >= 0.5 else "fcr_concern"
    if kpi_id == "retention_cost_ratio":
        return "retention_above_revenue" if value > 1 else "retention_within_revenue"
    return ""

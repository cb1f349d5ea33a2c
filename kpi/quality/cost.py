"""What wrong data cost: an estimate from the user's own figures, beside two figures that are often quoted."""

from __future__ import annotations

from dataclasses import dataclass

from kpi.quality.rules import rules

MONTHS = 12


@dataclass(frozen=True)
class Reference:
    """The quoted figures (A34 of the product's sources: one sentence, no period, no origin). per_rep: at most so much
    for each sales representative; hours: of a marketing team. For orientation only: no calculation starts from them."""

    hours: float
    per_rep: float
    currency: str

    def at_most(self, reps: int) -> float:
        """The quoted upper limit for so many sales representatives."""
        return reps * self.per_rep


def reference() -> Reference:
    """The quoted figures."""
    cost = rules().cost
    return Reference(cost["reference_hours"], cost["reference_per_rep"], cost["reference_currency"])


def estimate(people: int | None, hours_a_month: float | None, hourly_cost: float | None) -> float | None:
    """What wrong data cost in a year: people x hours lost by each in a month x cost of an hour x 12.

    Not defined while any of the three is missing: nothing is filled in from the quoted figures.
    """
    if people is None or hours_a_month is None or hourly_cost is None:
        return None
    return people * hours_a_month * hourly_cost * MONTHS


def repair(rows: int, minutes: float | None, hourly_cost: float | None) -> tuple[float | None, float | None]:
    """(hours, cost) of putting `rows` right at so many minutes each; not defined where a figure is missing."""
    hours = None if minutes is None else rows * minutes / 60
    return hours, None if hours is None or hourly_cost is None else hours * hourly_cost

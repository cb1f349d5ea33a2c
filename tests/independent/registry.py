"""The list of independent computations: one function a KPI, `(company, span) -> value or None`."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from tests.independent.company import Company, Span

Computation = Callable[[Company, Span], float | None]
COMPUTED: dict[str, Computation] = {}


def kpi(function: Computation) -> Computation:
    """The decorator: the function's name is the KPI's id; what is not a number is not defined."""

    def known(company: Company, span: Span) -> float | None:
        value = function(company, span)
        return None if value is None or pd.isna(value) else value

    COMPUTED[function.__name__] = known
    return function


def total(values: pd.Series) -> float:
    """Of no rows 0; not a number where there are rows and all lack the value."""
    known = values.dropna()
    return float(known.sum()) if len(known) or not len(values) else float("nan")


def ratio(above: float, below: float) -> float | None:
    """Not defined without a denominator."""
    return None if pd.isna(below) or not below or pd.isna(above) else float(above) / float(below)


def mean(values: pd.Series) -> float | None:
    """The mean of the values that are there."""
    known = values.dropna()
    return float(known.mean()) if len(known) else None


def median(values: pd.Series) -> float | None:
    known = values.dropna()
    return float(known.median()) if len(known) else None

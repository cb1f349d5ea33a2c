"""What the data say for a candidate KPI: a bar and a sentence for each finding."""

from __future__ import annotations

from typing import Any

from kpi.analysis.evidence import Evidence, Fact
from kpi.core import Period
from kpi.workspace.own_kpis import kpis_of
from pages.parts.frame import Frame
from pages.parts.items import kpi_name
from pages.parts.markup import esc, percent

BARS = ("leads", "distinct", "signal", "data")


def evidence_html(here: Frame, found: Evidence) -> str:
    """The four findings of one KPI; a bar without enough data is dashed, not empty."""
    rows = "".join(_row(here, name, getattr(found, name)) for name in BARS)
    return f'<ul class="k-evidence">{rows}</ul>'


def fact_text(here: Frame, fact: Fact, by: str = "month") -> str:
    """The sentence of a finding; KPIs among its values by their names, periods as people write them."""
    return here.t(f"evidence.{fact.code}", **{name: _said(here, name, value, by) for name, value in fact.params})


def _row(here: Frame, name: str, fact: Fact) -> str:
    bar = "" if fact.bar is None else f'<i style="width:{percent(fact.bar)}"></i>'
    return (
        f"<li><span>{esc(here.t(f'evidence_bar.{name}'))}</span>"
        f'<span class="k-bar{" unknown" if fact.bar is None else ""}" aria-hidden="true">{bar}</span>'
        f"<span>{esc(fact_text(here, fact))}</span></li>"
    )


def _said(here: Frame, name: str, value: Any, by: str) -> Any:
    if name in ("goal", "other") and value in kpis_of(here.workspace):
        return kpi_name(here, kpis_of(here.workspace)[value])
    if isinstance(value, Period):
        return here.texts.period(value, by)
    return value

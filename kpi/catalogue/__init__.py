"""Definitions read and checked: KPIs, shared measures, goals, ready-made sets."""

from kpi.catalogue.check import mistakes
from kpi.catalogue.goals import goal, goals
from kpi.catalogue.kpis import kpi, kpis, measures
from kpi.catalogue.needs import Needs, choose, needs_of, parse_needs
from kpi.catalogue.rules import settings_of
from kpi.catalogue.sets import KpiSet, SetGroup, kpi_set, sets

__all__ = [
    "KpiSet",
    "Needs",
    "SetGroup",
    "choose",
    "goal",
    "goals",
    "kpi",
    "kpi_set",
    "kpis",
    "measures",
    "mistakes",
    "needs_of",
    "parse_needs",
    "sets",
    "settings_of",
]

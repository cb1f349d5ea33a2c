"""Definitions read and checked: KPIs, shared measures, goals, ready-made sets."""

from kpi.catalogue.check import mistakes
from kpi.catalogue.goals import goal, goals
from kpi.catalogue.kpis import kpi, kpis, measures
from kpi.catalogue.needs import Needs, needs_of, parse_needs

__all__ = ["Needs", "goal", "goals", "kpi", "kpis", "measures", "mistakes", "needs_of", "parse_needs"]

"""Every definition loaded, type-checked and compiled; each mistake named with file and key."""

from __future__ import annotations

from datetime import date

from kpi.catalogue.goals import goals
from kpi.catalogue.kpis import kpis, measures
from kpi.catalogue.needs import needs_of
from kpi.compile import Leaf, compile_batch, facts, parse_formula
from kpi.core import Kpi, Measure, Period
from kpi.errors import BadDefinition, Unknown
from kpi.model import field, tables

_YEAR = (Period(date(2026, 1, 1), date(2027, 1, 1)),)
STATE_TABLES = {"assessments", "targets", "kpi_selections", "goal_plans"}


def mistakes() -> list[BadDefinition]:
    """All mistakes of the shipped definitions; empty when they are right."""
    found: list[BadDefinition] = []
    try:
        tables()
        facts()
        all_kpis = kpis()
        shared = measures()
        goals()
    except BadDefinition as error:
        return [error]
    except Unknown as error:
        return [BadDefinition("goals.toml", str(error.params.get("name", "")), str(error))]
    for name, part in shared.items():
        found += _of_part(part, "measures.toml", name, set(shared) | set(all_kpis))
    for each in all_kpis.values():
        found += _of_kpi(each, set(shared) | set(all_kpis))
    return found


def _of_kpi(kpi: Kpi, known: set[str]) -> list[BadDefinition]:
    found: list[BadDefinition] = []
    for other in (*kpi.serves, *kpi.guardrails):
        if other not in kpis():
            found.append(BadDefinition(kpi.file, kpi.id, f"names the unknown KPI {other!r}"))
    for computation in (*kpi.computations, *(b.computation for b in kpi.beside)):
        try:
            for column in needs_of(kpi, computation).columns:
                if column.split(".")[0] not in STATE_TABLES:
                    field(column)
        except BadDefinition as error:
            found.append(error)
        except Unknown as error:
            found.append(BadDefinition(kpi.file, f"{kpi.id}.needs", str(error)))
        if computation.function and not computation.reads:
            found.append(BadDefinition(kpi.file, f"{kpi.id}.reads", "does not say what rows the function reads"))
        for each in computation.reads or (computation,):
            names = known | {name for name, _ in each.parts}
            found += _of_part(each.formula, kpi.file, kpi.id, names)
            for name, part in each.parts:
                found += _of_part(part, kpi.file, f"{kpi.id}.{name}", names)
    return found


def _of_part(part: Measure | str, file: str, key: str, known: set[str]) -> list[BadDefinition]:
    try:
        if isinstance(part, Measure):
            compile_batch([Leaf(part, _YEAR)], now=_YEAR[0].until)
            return []
        unknown = [name for name, _ in parse_formula(part, (file, key)).leaves({}) if name not in known]
    except BadDefinition as error:
        return [BadDefinition(file, key, str(error.params.get("why", error)))]
    except Unknown as error:
        return [BadDefinition(file, key, str(error))]
    return [BadDefinition(file, key, f"{name!r} is neither a part, a shared measure nor a KPI") for name in unknown]

"""The proof of a number: definition, SQL, rows read, used, and left out by reason, and the command that repeats it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace

from kpi.catalogue import kpi as kpi_of
from kpi.compile import Leaf, parse_condition, scope
from kpi.compile.batch import fact_ctes, parsed
from kpi.compile.filters import conditions
from kpi.core import KpiResult, Period, Query
from kpi.measure.evaluate import Evaluation
from kpi.measure.frame import frame_of
from kpi.measure.run import chosen, run

# Why a row of the table is not in the number, in the order in which it is asked; each row has one reason.
REASONS = ("not_counting", "no_date", "outside_period", "filtered_out", "not_meant")


@dataclass(frozen=True)
class PartProof:
    """One measure of the formula: read = used + the left out, by reason."""

    name: str
    table: str
    value: float | None
    read: int
    used: int
    left_out: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Proof:
    """Everything that stands behind the value of one KPI in one period."""

    result: KpiResult
    period: Period | None
    formula: str
    parts: tuple[PartProof, ...]
    sql: str
    command: str


def explain(workspace, query: Query) -> Proof:
    """The proof of the first KPI of `query` over its whole range (or the last of its periods)."""
    kpi = kpi_of(query.kpis[0])
    one = replace(query, kpis=(kpi.id,))
    result = run(workspace, one)[kpi.id]
    computation, _ = chosen(workspace, kpi)
    period = result.rows[-1].period if result.rows else None
    formula = computation.formula if computation else ""
    parts: list[PartProof] = []
    if computation and not computation.function and period:
        frame = frame_of(workspace, one)
        ev = Evaluation(workspace, frame, (period,), None, one.filters, lambda id_: chosen(workspace, kpi_of(id_))[0])
        leaves = ev.leaves(computation)
        ev.ask(leaves)
        names = {id(m): name for name, m in computation.parts}
        for leaf in leaves:
            value, _ = ev.cells[leaf].get((0, None), (None, 0))
            parts.append(_part(workspace, leaf, names.get(id(leaf.measure), ""), value, one, frame.now, ev.settings))
    return Proof(result, period, formula, tuple(parts), result.sql, command(workspace, one))


def _part(workspace, leaf: Leaf, name: str, value, query: Query, now, settings) -> PartProof:
    measure, period = leaf.measure, leaf.periods[0]
    own = scope(measure.table)
    value_expression, condition = parsed(measure, settings)
    joins = dict.fromkeys([*value_expression.joins, *(condition.joins if condition else ())])
    cases: list[tuple[str, str]] = []
    params: list[object] = []
    if own.live and not measure.all_rows:
        cases.append(
            ("not_counting", f"({parse_condition(own.live, own, ('model.toml', measure.table)).sql()}) is not true")
        )
    if measure.date:
        day = own.column(measure.date).sql
        cases.append(("no_date", f"{day} is null"))
        cases.append(("outside_period", f"not ({day} >= p.since and {day} < p.until)"))
    for each in conditions(own, query.filters):
        joins.update(dict.fromkeys(each.joins))
        cases.append(("filtered_out", f"({each.sql}) is not true"))
        params += each.params
    if condition:
        cases.append(("not_meant", f"({condition.sql()}) is not true"))
    whens = " ".join(f"when {test} then '{reason}'" for reason, test in cases)
    reason = f"case {whens} else 'used' end" if cases else "'used'"
    bounds = f"timestamp '{period.since}', timestamp '{period.until}', timestamp '{now}'"
    ctes = ",\n".join([*fact_ctes(measure.table, now, settings), f"p(since, until, now) as (values ({bounds}))"])
    lines = [
        f"with {ctes}",
        f"select {reason} as reason, count(*) from {measure.table} f",
        *joins,
        "join p on true",
        "group by 1",
    ]
    counts = dict(workspace.rows("\n".join(lines), params))
    left_out = tuple((r, counts[r]) for r in REASONS if counts.get(r))
    return PartProof(name, measure.table, value, sum(counts.values()), counts.get("used", 0), left_out)


def command(workspace, query: Query) -> str:
    """The command line that gives this very number."""
    words = ["python", "-m", "kpi", "compute", workspace.name, *query.kpis]
    for option, value in (("--from", query.since), ("--to", query.until), ("--by", query.by), ("--calendar", query.calendar),
                          ("--split", query.split), ("--compare", query.compare)):  # fmt: skip
        if value:
            words += [option, str(value)]
    for name, wanted in query.filters:
        words += ["--filter", f"{name}={wanted}"]
    return shlex.join(words)

"""The proof of a number: definition, SQL, rows read, used, and left out by reason, and the command that repeats it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from datetime import date

from kpi.analysis.entered import entries
from kpi.analysis.notes import Note
from kpi.catalogue import measures
from kpi.catalogue.needs import ENTERED
from kpi.catalogue.toml_text import block_text
from kpi.catalogue.version import block_of, version_of
from kpi.compile import Leaf
from kpi.core import Computation, KpiResult, Measure, Period, Query
from kpi.errors import BadDefinition, Unknown
from kpi.measure.behind import REASONS, USED, Behind, behind, counts
from kpi.measure.evaluate import Evaluation
from kpi.measure.frame import frame_of
from kpi.measure.run import chosen, run
from kpi.workspace.names import USUAL
from kpi.workspace.own_kpis import kpi_of, kpis_of, own_kpis


@dataclass(frozen=True)
class PartProof:
    """One measure of the formula over `period`: read = used + the left out, by reason."""

    name: str
    table: str
    value: float | None
    read: int
    used: int
    left_out: tuple[tuple[str, int], ...]
    period: Period


@dataclass(frozen=True)
class Proof:
    """Everything that stands behind the value of one KPI in one period.

    block: its definition as TOML; version: a mark that changes with all that decides the number; rules: settings and
    derivations in force, as notes for `Texts.t`; as_of: how far the data reach.
    """

    result: KpiResult
    query: Query
    period: Period | None
    formula: str
    parts: tuple[PartProof, ...]
    sql: str
    command: str
    block: str
    version: str
    rules: tuple[Note, ...]
    as_of: date | None

    @property
    def value(self) -> float | None:
        return self.result.rows[-1].value if self.result.rows else None


def explain(workspace, query: Query) -> Proof:
    """The proof of the first KPI of `query` over its whole range (or the last of its periods). Remembered."""
    one = replace(query, kpis=(kpi_of(workspace, query.kpis[0]).id,))
    return workspace.memo(("proof", one), lambda: _explain(workspace, one))


def _explain(workspace, query: Query) -> Proof:
    kpi = kpi_of(workspace, query.kpis[0])
    result = run(workspace, query)[kpi.id]
    computation, _ = chosen(workspace, kpi)
    period = result.rows[-1].period if result.rows else None
    found = parts_of(workspace, query, period) if period else []
    return Proof(
        result,
        query,
        period,
        computation.formula if computation else "",
        tuple(_counted(workspace, each) for each in found),
        result.sql,
        command(workspace, query),
        block_text(kpi.id, own_kpis(workspace)[kpi.id].block) if kpi.origin else block_of(kpi),
        version_of(kpi, kpis_of(workspace)),
        tuple(note for note in result.notes if note[0].startswith("rule.")),
        workspace.as_of(),
    )


@dataclass(frozen=True)
class PartBehind:
    """One measure of the formula, its value in `period` and the rows behind it."""

    name: str
    leaf: Leaf
    value: float | None
    rows: Behind


def parts_of(workspace, query: Query, period: Period) -> list[PartBehind]:
    """The measures behind the query's one KPI in `period`: of its formula; of a function what it reads; of a value that
    was entered the entries. None where a function is asked for a part that none of its tables can tell apart."""
    kpi = kpi_of(workspace, query.kpis[0])
    computation, _ = chosen(workspace, kpi)
    row = next((row for row in run(workspace, query)[kpi.id].rows if row.period == period), None)
    if computation is ENTERED or (row and row.entered):
        return _parts(workspace, replace(query, filters=()), period, entries(workspace, kpi, period, query.filters))[0]
    if computation is None:
        return []
    if not computation.function:
        return _parts(workspace, query, period, computation)[0]
    ways = []
    for way in computation.reads:
        try:
            parts, n = _parts(workspace, query, period, way)
        except (Unknown, BadDefinition):
            continue
        if n:
            return parts
        ways.append(parts)
    return ways[0] if ways else []


def _parts(workspace, query: Query, period: Period, computation: Computation) -> tuple[list[PartBehind], int]:
    """The measures of a formula, and the rows that the first of them counts."""
    frame = frame_of(workspace, query)
    asked = Evaluation(
        workspace, frame, (period,), None, query.filters, lambda id_: chosen(workspace, kpi_of(workspace, id_))[0]
    )
    leaves = asked.leaves(computation)
    asked.ask(leaves)
    names = _names(workspace, computation)
    cells = [asked.cells[leaf].get((0, None), (None, 0)) for leaf in leaves]
    found = [
        PartBehind(
            names.get(id(leaf.measure), leaf.measure.table),
            leaf,
            value,
            behind(leaf, query.filters, frame.now, asked.settings),
        )
        for leaf, (value, _) in zip(leaves, cells, strict=True)
    ]
    return found, cells[0][1] if cells else 0


def _names(workspace, computation: Computation) -> dict[int, str]:
    """What the measures are called: in the formula itself, else among the shared ones, else in another KPI."""
    found = {
        id(m): f"{k.id}.{name}" for k in kpis_of(workspace).values() for c in k.computations for name, m in c.parts
    }
    found |= {id(m): name for name, m in measures().items() if isinstance(m, Measure)}
    return found | {id(m): name for name, m in computation.parts}


def _counted(workspace, part: PartBehind) -> PartProof:
    by_reason = counts(workspace, part.rows)
    left_out = tuple((reason, by_reason[reason]) for reason in REASONS if by_reason.get(reason))
    read = sum(by_reason.values())
    period = part.leaf.periods[0]
    return PartProof(part.name, part.rows.table, part.value, read, by_reason.get(USED, 0), left_out, period)


def command(workspace, query: Query) -> str:
    """The command line that gives this very number; with the folder of the workspaces where it is not the usual one."""
    folder = getattr(workspace, "folder", None)
    at = [] if folder is None or folder.parent == USUAL else ["--home", str(folder.parent)]
    words = ["python", "-m", "kpi", *at, "compute", workspace.name, *query.kpis]
    for option, value in (("--from", query.since), ("--to", query.until), ("--by", query.by), ("--calendar", query.calendar),
                          ("--split", query.split), ("--compare", query.compare)):  # fmt: skip
        if value:
            words += [option, str(value)]
    for name, wanted in query.filters:
        words += ["--filter", f"{name}={wanted}"]
    return shlex.join(words)

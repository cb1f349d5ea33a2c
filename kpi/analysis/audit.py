"""The quick audit (F77): do we measure it, do we have the data, do we have a target? What the data can tell is filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kpi.analysis.facets import AREAS
from kpi.analysis.matching import match
from kpi.analysis.progress import is_aimed, targets_of
from kpi.catalogue import choose, kpi_set
from kpi.catalogue import kpis as built_in
from kpi.core import ROLES, Kpi
from kpi.workspace.choices import chosen_goals, selected_kpis
from kpi.workspace.own_goals import goals_of
from kpi.workspace.own_kpis import kpi_of, kpis_of
from kpi.workspace.workspace import Workspace

MOST = 30  # KPIs that can be gone through in ten minutes
QUESTIONS = ("measured", "data", "target")


@dataclass(frozen=True)
class Answer:
    """One KPI of the audit: three answers. measured is the people's to say; data and target come from the workspace."""

    kpi: str
    measured: bool
    data: bool
    target: bool


@dataclass(frozen=True)
class Coverage:
    """A group or stage: how many KPIs, and the share of them with a yes to each question."""

    name: str
    n: int
    measured: float
    data: float
    target: float


def audit(workspace: Workspace, said: Mapping[str, bool] | None = None) -> list[Answer]:
    """The answers as they stand: the direct KPIs of the chosen goals (of none: the CRM groups), then the essentials.

    said: what people answered to "we measure it today"; without an answer a KPI on the board counts as measured.
    """
    present, today = workspace.columns(), workspace.as_of() or date.today()
    board = {each.kpi for each in selected_kpis(workspace)}
    targets = targets_of(workspace)
    return [
        Answer(
            id_,
            (said or {}).get(id_, id_ in board),
            choose(kpi_of(workspace, id_), present)[0] is not None,
            is_aimed(targets, id_, today),
        )
        for id_ in _listed(workspace)
    ]


def answered(rows: Sequence[Answer], measured: Mapping[str, bool]) -> list[Answer]:
    """The rows with other answers to "we measure it today"."""
    return [replace(row, measured=measured.get(row.kpi, row.measured)) for row in rows]


def coverage(rows: Sequence[Answer], by: str, kpis: Mapping[str, Kpi] | None = None) -> list[Coverage]:
    """Per group or stage (`by`: "group", "stage") the share of yes; a KPI that stands in none is left out. Stages stand
    in the order of the process, groups in that of the catalogue.

    kpis: those of the workspace where it has some of its own; else the catalogue's.
    """
    known = built_in() if kpis is None else kpis
    found: dict[str, list[Answer]] = {}
    for row in rows:
        name = getattr(known[row.kpi], by)
        if name:
            found.setdefault(name, []).append(row)
    order = AREAS if by == "group" else [each.value for each in kpi_set("stages").groups]
    return [_covered(name, found[name]) for name in sorted(found, key=[*order, *found].index)]


def whole(rows: Sequence[Answer]) -> Coverage:
    """The same over all KPIs of the audit."""
    return _covered("", rows)


def compared(rows: Sequence[Answer], earlier: Sequence[Answer]) -> Coverage:
    """What has changed since an earlier audit: the differences of the shares over the KPIs that stand in both."""
    before, now = ({each.kpi: each for each in listed} for listed in (earlier, rows))
    both = [id_ for id_ in now if id_ in before]
    new, old = (whole([listed[id_] for id_ in both]) for listed in (now, before))
    return Coverage("", len(both), *(getattr(new, q) - getattr(old, q) for q in QUESTIONS))


def _covered(name: str, rows: Sequence[Answer]) -> Coverage:
    n = len(rows)
    shares = [sum(getattr(row, question) for row in rows) / n if n else 0.0 for question in QUESTIONS]
    return Coverage(name, n, *shares)


def _listed(workspace: Workspace) -> list[str]:
    goals = chosen_goals(workspace)
    if goals:
        found = [
            m.kpi.id for m in match(goals, frozenset(), goals_of(workspace), kpis_of(workspace)) if m.role == ROLES[0]
        ]
    else:
        found = [id_ for group in kpi_set("crm_groups").groups for id_ in group.kpis]
    essentials = list(kpi_set("essentials").kpis)
    return list(dict.fromkeys([*found[: MOST - len(essentials)], *essentials]))

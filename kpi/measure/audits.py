"""The quick audit as one page to keep: coverage per group and stage, the answers, and what has changed since earlier (F77)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from kpi.analysis.audit import QUESTIONS, Answer, Coverage, coverage, whole
from kpi.catalogue import kpi_set
from kpi.measure.sheets import Sheet
from kpi.text import Texts
from kpi.workspace.audits import Row
from kpi.workspace.own_kpis import kpis_of
from kpi.workspace.workspace import Workspace


def rows_of(rows: Sequence[Answer]) -> list[Row]:
    """The answers as they are stored."""
    return [(row.kpi, row.measured, row.data, row.target) for row in rows]


def answers_of(stored: Sequence[Row]) -> list[Answer]:
    """Stored answers, as `kpi.analysis.audit` reads them."""
    return [Answer(*row) for row in stored]


def against(saved: Mapping[datetime, Sequence[Row]], which: str = "first") -> tuple[datetime, list[Answer]] | None:
    """The audit to compare with: the first (the baseline) or the last one; None before there is one."""
    if not saved:
        return None
    at = list(saved)[0 if which == "first" else -1]
    return at, answers_of(saved[at])


def group_name(texts: Texts, name: str, by: str) -> str:
    """The name of a group or a stage."""
    if by == "group":
        return texts.t(f"kpi_group.{name}")
    found = {group.value: group.name for group in kpi_set("stages").groups}.get(name)
    return found.get(texts.lang) if found else name


def covered(
    workspace: Workspace, rows: Sequence[Answer], by: str, earlier: Sequence[Answer] = ()
) -> list[tuple[Coverage, Coverage | None]]:
    """Coverage per group or stage, each beside what it was at an earlier audit (None where it did not stand in that)."""
    kpis = kpis_of(workspace)
    then = {each.name: each for each in coverage([row for row in earlier if row.kpi in kpis], by, kpis)}
    return [(each, then.get(each.name)) for each in coverage(rows, by, kpis)]


def audit_sheets(
    workspace: Workspace, texts: Texts, rows: Sequence[Answer], saved: Mapping[datetime, Sequence[Row]]
) -> list[Sheet]:
    """Three lists: by group, by stage, KPI by KPI. Shares as percent, beside each what it was at the first audit."""
    first = against(saved)
    total, day = whole(rows), workspace.as_of()
    notes = [
        texts.t(
            "audit.sheet_note",
            n=total.n,
            day=texts.day(day) if day else "–",
            **{q: texts.percent(getattr(total, q), decimals=0) for q in QUESTIONS},
        )
    ]
    if first:
        then = whole(first[1])
        shares = {q: texts.percent(getattr(then, q), decimals=0) for q in QUESTIONS}
        notes.append(texts.t("audit.since_first", day=texts.day(first[0].date()), **shares))
    asked = tuple(texts.t(f"audit.{q}") for q in QUESTIONS)
    made = []
    for by in ("group", "stage"):
        found = covered(workspace, rows, by, first[1] if first else ())
        lines = tuple(
            (group_name(texts, now.name, by), texts.number(now.n), *(_share(texts, now, then, q) for q in QUESTIONS))
            for now, then in found
        )
        heads = (texts.t(f"audit.of_{by}"), texts.t("audit.kpis"), *asked)
        made.append(Sheet(texts.t(f"audit.by_{by}"), heads, lines, tuple(notes) if by == "group" else (), _rtl(texts)))
    kpis = kpis_of(workspace)
    answers = tuple(
        (kpis[row.kpi].name.get(texts.lang), "", *(texts.t(f"audit.{_yes(getattr(row, q))}") for q in QUESTIONS))
        for row in rows
    )
    return [*made, Sheet(texts.t("audit.questions"), (texts.t("audit.kpi"), "", *asked), answers, (), _rtl(texts))]


def _share(texts: Texts, now: Coverage, then: Coverage | None, question: str) -> str:
    share = texts.percent(getattr(now, question), decimals=0)
    if then is None or getattr(then, question) == getattr(now, question):
        return share
    return texts.t("audit.was", now=share, then=texts.percent(getattr(then, question), decimals=0))


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"


def _rtl(texts: Texts) -> bool:
    return texts.direction == "rtl"

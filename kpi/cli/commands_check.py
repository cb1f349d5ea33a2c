"""check: the data-quality report."""

from __future__ import annotations

from dataclasses import asdict

from kpi.cli import Answer, Call, Table
from kpi.quality.finding import Finding
from kpi.quality.grade import Grade, grade, idle_tables, kpi_grade
from kpi.quality.stock import Stock, stock
from kpi.quality.unlock import Step, Unlock, unlock
from kpi.text import Texts
from kpi.workspace.choices import selected_kpis

SHOWN_ROWS = 100


def register(subparsers) -> None:
    """check W"""
    parser = subparsers.add_parser("check", help="cli.help_check")
    parser.add_argument("workspace", metavar="W", help="cli.help_w")
    parser.add_argument("--rows", action="append", default=[], metavar="FINDING", help="cli.help_rows")
    parser.add_argument("--unmasked", action="store_true", help="cli.help_unmasked")
    parser.set_defaults(run=check)


def check(call: Call) -> Answer:
    """The grade and its parts, what is held, what contradicts itself or cannot be used, what would help most. A finding
    never drops a row."""
    from kpi.quality.findings import finding, findings  # numpy comes with the duplicates

    if call.args.rows:
        return _rows(call, [finding(call.workspace, id_) for id_ in call.args.rows])
    found, texts = findings(call.workspace), call.texts
    made, held, more = grade(call.workspace), stock(call.workspace), unlock(call.workspace)
    data = {
        "findings": [_finding(each, texts) for each in found],
        "grade": _grade(made)
        | {"kpis": {s.kpi: _grade(kpi_grade(call.workspace, s.kpi)) for s in selected_kpis(call.workspace)}},
        "inventory": [_stock(each) for each in held],
        "unlock": _unlock(more),
        "unused": idle_tables(call.workspace) or [],
    }
    lines: list[str | Table] = [_sentence(made, texts)]
    if held:
        lines.append(_inventory(held, texts))
    if found:
        heads = [texts.t(f"cli.{key}") for key in ("table", "finding", "examples")]
        lines.append(Table(heads, [[f.table, f.message(texts), ", ".join(f.examples)] for f in found]))
    else:
        lines.append(texts.t("cli.nothing_found"))
    if more.steps and held:
        lines += [texts.t("cli.unlock"), *(_step(each, texts) for each in more.steps)]
    return Answer(data, lines)


def _sentence(made: Grade, texts: Texts) -> str:
    if made.score is None:
        return texts.t("cli.no_grade")
    parts = [f"{_part(part, texts)} {texts.percent(share)}" for part, share in made.parts.items()]
    return texts.t("cli.grade", score=round(made.score), parts=parts)


def _part(part: str, texts: Texts) -> str:
    from kpi.quality.rules import rules

    return texts.of(rules().parts[part].name)


def _inventory(held: list[Stock], texts: Texts) -> Table:
    heads = [texts.t(f"cli.{key}") for key in ("table", "rows", "since", "last_event", "completeness", "score")]
    rows = [
        [s.table, s.loaded.rows, s.loaded.since, s.last, None if s.completeness is None else texts.percent(s.completeness),
         None if s.grade.score is None else round(s.grade.score)]
        for s in held
    ]  # fmt: skip
    return Table(heads, rows)


def _step(step: Step, texts: Texts) -> str:
    return texts.t("cli.unlock_step", columns=list(step.adds), n=len(step.kpis))


def _finding(each: Finding, texts: Texts) -> dict[str, object]:
    return {
        "id": each.id,
        "code": each.code,
        "table": each.table,
        "severity": each.severity,
        "part": each.check.part,
        "rows": each.n,
        "of": each.of,
        "share": each.share,
        "message": each.message(texts),
        "effect": each.effect(texts),
        "columns": each.columns,
        "kpis": each.kpis,
        "examples": each.examples,
    }


def _grade(made: Grade) -> dict[str, object]:
    return {"score": made.score, "state": made.state, "threshold": made.threshold, "parts": made.parts}


def _stock(each: Stock) -> dict[str, object]:
    return asdict(each.loaded) | {
        "last": each.last,
        "age_days": each.age,
        "behind_days": each.behind,
        "completeness": each.completeness,
        "grade": _grade(each.grade),
    }


def _unlock(more: Unlock) -> dict[str, object]:
    return {
        "blocked": more.blocked,
        "steps": [{"columns": s.adds, "kpis": s.kpis} for s in more.steps],
        "best": [{"columns": s.adds, "kpis": s.kpis} for s in more.best],
    }


def _rows(call: Call, wanted: list[Finding]) -> Answer:
    """The first rows behind findings, with file and line; personal data are masked unless asked for."""
    from kpi.quality.rows import rows  # numpy comes with the duplicates

    texts, data, lines = call.texts, [], []
    for each in wanted:
        found = rows(call.workspace, each, SHOWN_ROWS, call.args.unmasked)
        data.append(_finding(each, texts) | {"bad_rows": [asdict(row) | {"cells": dict(row.cells)} for row in found]})
        names = [column for column, _ in found[0].cells] if found else []
        heads = [texts.t("cli.key"), *names, texts.t("cli.owner"), texts.t("cli.file"), texts.t("cli.line")]
        lines += [
            each.message(texts),
            Table(heads, [[r.key, *(v for _, v in r.cells), r.owner, r.file, r.line] for r in found]),
        ]
    return Answer({"findings": data}, lines)

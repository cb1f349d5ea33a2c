"""compute and explain: values and their proof."""

from __future__ import annotations

from kpi.calendars import BY, CALENDARS
from kpi.cli import Answer, Call, Table
from kpi.cli.given import filters, span
from kpi.core import KpiResult, Query, Row, Text


def register(subparsers) -> None:
    """compute W KPI… · explain W KPI, with the same options."""
    for name, run, many in (("compute", compute, "+"), ("explain", explain_one, 1)):
        parser = subparsers.add_parser(name, help=f"cli.help_{name}")
        parser.add_argument("workspace", metavar="W", help="cli.help_w")
        parser.add_argument("kpi", nargs=many, metavar="KPI", help="cli.help_kpi")
        parser.add_argument("--from", dest="since", metavar="DATE", help="cli.help_from")
        parser.add_argument("--to", dest="until", metavar="DATE", help="cli.help_to")
        parser.add_argument("--by", choices=BY, help="cli.help_by")
        parser.add_argument("--calendar", choices=CALENDARS, default="", help="cli.help_calendar")
        parser.add_argument("--split", metavar="DIMENSION", help="cli.help_split")
        parser.add_argument("--filter", action="append", default=[], metavar="DIMENSION=VALUE", help="cli.help_filter")
        parser.add_argument("--compare", choices=("previous", "year", "target"), help="cli.help_compare")
        parser.set_defaults(run=run)


def query_of(args) -> Query:
    """The query that the options mean; Refused where a date or a filter cannot be read."""
    since, until = span(args.since, args.until, args.calendar)
    return Query(
        tuple(dict.fromkeys(args.kpi)),
        since,
        until,
        args.by,
        args.calendar,
        args.split,
        filters(args.filter),
        args.compare,
    )


def compute(call: Call) -> Answer:
    """One result per KPI; not computable: no rows, what is missing, exit status 0."""
    from kpi.measure import run

    query = query_of(call.args)
    result = run(call.workspace, query)
    lines: list = []
    for each in result.results:
        for warning in each.warnings:
            call.progress(warning)
        lines += _for_people(call, each, query)
    data = [_as_data(each, query) for each in result.results]
    if query.compare == "target":
        from kpi.cli.aims import standing_of

        for each in data if query.split is None else ():
            each["standing"] = standing_of(call.workspace, each["kpi"], None, query.filters)
    return Answer({"results": data, "as_of": result.as_of}, lines)


def _as_data(result: KpiResult, query: Query) -> dict:
    return {
        "kpi": result.kpi.id,
        "unit": result.kpi.unit,
        "rows": [_row(row, query) for row in result.rows],
        "missing": list(result.missing),
        "sql": result.sql,
        "warnings": list(result.warnings),
    }


def _row(row: Row, query: Query) -> dict:
    data = {
        "since": row.period.since,
        "until": row.period.until,
        "group": row.group,
        "value": row.value,
        "n": row.n,
        "low": row.low,
        "high": row.high,
        "complete": row.period.complete,
    }
    if row.denominator is not None:
        data |= {"numerator": row.numerator, "denominator": row.denominator}
    if row.entered:
        data |= {"entered": row.entered}
    if row.beside:
        data |= {"beside": dict(row.beside)}
    if query.compare:
        data |= {query.compare: row.compared}
    return data


def _for_people(call: Call, result: KpiResult, query: Query) -> list:
    t, kpi = call.texts, result.kpi
    head = f"{kpi.name.get(t.lang)} ({kpi.id})"
    if result.missing:
        return [head, t.t("cli.needs", columns=", ".join(result.missing)), ""]

    def shown(value: float | None) -> str:
        return t.number(value, kpi.unit, currency=call.workspace.settings.currency)

    columns = [t.t("cli.since"), t.t("cli.until"), t.t("cli.group"), t.t("cli.value"), "n", t.t("cli.interval")]
    rows = []
    for row in result.rows:
        interval = "" if row.low is None else f"{shown(row.low)} – {shown(row.high)}"
        running = "" if row.period.complete else " *"
        cells = [
            t.day(row.period.since),
            t.day(row.period.until) + running,
            row.group or "",
            shown(row.value) + (" ✎" if row.entered else ""),
            row.n,
            interval,
        ]
        rows.append([*cells, shown(row.compared)] if query.compare else cells)
    if query.compare:
        columns.append(t.t(f"cli.compare_{query.compare}"))
    return [head, Table(columns, rows), ""]


def explain_one(call: Call) -> Answer:
    """The proof of one number."""
    from kpi.measure import explain

    query = query_of(call.args)
    proof = explain(call.workspace, query)
    kpi = proof.result.kpi
    parts = [
        {
            "name": part.name,
            "table": part.table,
            "value": part.value,
            "rows_read": part.read,
            "rows_used": part.used,
            "left_out": [{"reason": reason, "rows": rows} for reason, rows in part.left_out],
            "since": part.period.since,
            "until": part.period.until,
        }
        for part in proof.parts
    ]
    data = {
        "kpi": kpi.id,
        "name": kpi.name.get(call.texts.lang),
        "about": kpi.about.get(call.texts.lang),
        "definition": kpi.formula,
        "formula": proof.formula,
        "value": proof.value,
        "since": proof.period.since if proof.period else None,
        "until": proof.period.until if proof.period else None,
        "as_of": proof.as_of,
        "filters": [{"dimension": name, "value": value} for name, value in proof.query.filters],
        "rules": [{"rule": code, "text": call.texts.t(code, **dict(params))} for code, params in proof.rules],
        "version": proof.version,
        "toml": proof.block,
        "result": _as_data(proof.result, query),
        "parts": parts,
        "sql": proof.sql,
        "command": proof.command,
    }
    t = call.texts.t
    table = Table(
        [t("cli.part"), t("cli.table"), t("cli.value"), t("cli.rows_read"), t("cli.rows_used"), t("cli.left_out")],
        [
            [p.name, p.table, p.value, p.read, p.used, ", ".join(f"{t('proof.' + r)} {n}" for r, n in p.left_out)]
            for p in proof.parts
        ],
    )
    lines = [
        *_for_people(call, proof.result, query),
        kpi.about.get(call.texts.lang),
        "",
        kpi.formula,
        *_in_force(call, proof.result),
        "",
        proof.formula,
        t("proof.block", version=proof.version),
        table,
        "",
        proof.sql,
        "",
        proof.command,
    ]
    return Answer({"explanation": data, **data}, lines)


def _in_force(call: Call, result: KpiResult) -> list[str]:
    """What the number rests on, in the language of the caller: fallbacks, rules, settings."""
    lang = call.texts.lang
    said = [
        label.get(lang) if isinstance(label := dict(params).get("text"), Text) else call.texts.t(code, **dict(params))
        for code, params in result.notes
    ]
    return ["", *said] if said else []

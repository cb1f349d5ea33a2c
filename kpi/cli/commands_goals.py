"""lint, chain, review, audit: how sound the choice is, how it hangs together, what was decided, what is covered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from kpi.cli import Answer, Call, Table
from kpi.errors import Refused

_MARKS = re.compile(r"</?(?:b|better|worse|code)>")


def register(subparsers) -> None:
    """lint W · chain W [--goal G]… [--out FILE] · review W [GOAL] [--decisions T]… · audit W [--measured KPI]… [--save]"""
    parser = subparsers.add_parser("lint", help="cli.help_lint")
    parser.add_argument("workspace", metavar="W", help="cli.help_w")
    parser.add_argument("--deep", action="store_true", help="cli.help_deep")
    parser.set_defaults(run=lint_of)
    parser = subparsers.add_parser("chain", help="cli.help_chain")
    parser.add_argument("workspace", metavar="W", help="cli.help_w")
    parser.add_argument("--goal", action="append", default=[], metavar="GOAL", help="cli.help_goal")
    parser.add_argument("--out", metavar="FILE.{csv,xlsx,md}", help="cli.help_sheet")
    parser.set_defaults(run=chains)
    parser = subparsers.add_parser("review", help="cli.help_review")
    parser.add_argument("workspace", metavar="W", help="cli.help_w")
    parser.add_argument("goal", nargs="?", metavar="GOAL", help="cli.help_goal")
    parser.add_argument("--every", metavar="week|month|quarter|year", help="cli.help_every")
    parser.add_argument("--decisions", metavar="TEXT", help="cli.help_decisions")
    parser.add_argument("--strategy", metavar="TEXT", default="", help="cli.help_strategy")
    parser.set_defaults(run=review)
    parser = subparsers.add_parser("audit", help="cli.help_audit")
    parser.add_argument("workspace", metavar="W", help="cli.help_w")
    parser.add_argument("--measured", action="append", default=[], metavar="KPI", help="cli.help_measured")
    parser.add_argument("--save", action="store_true", help="cli.help_audit_save")
    parser.add_argument("--out", metavar="FILE.{csv,xlsx,md}", help="cli.help_sheet")
    parser.set_defaults(run=audit_of)


def lint_of(call: Call) -> Answer:
    """What the chosen set lacks, and what would answer it."""
    from kpi.measure.board import board
    from kpi.measure.lint import lint
    from kpi.measure.lint_words import fix_words, hint_words
    from kpi.workspace.choices import chosen_goals, selected_kpis

    ws, texts = call.workspace, call.texts
    selected, goals = [each.kpi for each in selected_kpis(ws)], chosen_goals(ws)
    told = lint(ws, selected, goals, board(ws, selected, goals), call.args.deep)
    data = [
        {
            "code": each.hint.code,
            "message": _MARKS.sub("", hint_words(ws, texts, each.hint)),
            "about": list(each.hint.about),
            "offered": list(each.hint.offered),
            "fixes": [{"kind": f.kind, "kpi": f.kpi or None, "name": fix_words(ws, texts, f)} for f in each.fixes],
        }
        for each in told
    ]
    return Answer({"hints": data}, [each["message"] for each in data] or [texts.t("cli.lint_none")])


def chains(call: Call) -> Answer:
    """The chain goal, strategy, tactic, KPI of the chosen goals; with --out as a file too."""
    from kpi.measure.chains import chain_of, chain_sheet, target_in
    from kpi.measure.sheets import write
    from kpi.workspace.choices import chosen_goals, selected_kpis
    from kpi.workspace.own_goals import goal_of
    from kpi.workspace.own_kpis import kpi_of
    from kpi.workspace.plans import Plan, plans

    ws, lang = call.workspace, call.texts.lang
    goals = [goal_of(ws, id_).id for id_ in dict.fromkeys(call.args.goal)] or list(chosen_goals(ws))
    held, owners = plans(ws), {each.kpi: each.owner for each in selected_kpis(ws)}
    data = []
    for id_ in goals:
        made, plan = chain_of(ws, id_), held.get(id_, Plan(id_))
        links = []
        for link in made.links:
            target = target_in(ws, id_, link.kpi)
            links.append(
                {
                    "kpi": link.kpi,
                    "name": kpi_of(ws, link.kpi).name.get(lang),
                    "function": link.function or None,
                    "tactic": link.tactic or None,
                    "loose": link.kpi in made.loose,
                    "owner": owners.get(link.kpi),
                    "baseline": target.baseline if target else None,
                    "target": target.aim if target else None,
                    "until": target.until if target else None,
                }
            )
        data.append(
            {
                "goal": id_,
                "name": goal_of(ws, id_).name.get(lang),
                "strategy": made.strategy or None,
                "tactics": dict(plan.tactics),
                "review_every": plan.review_every or None,
                "kpis": links,
                "idle": list(made.idle),
                "whole": made.whole,
            }
        )
    sheet = chain_sheet(ws, call.texts, goals)
    if call.args.out:
        write([sheet], call.path(call.args.out))
    return Answer({"chains": data}, [Table(sheet.heads, sheet.rows)])


def review(call: Call) -> Answer:
    """The reviews of the chosen goals and when the next is due; with --decisions a new one is stored."""
    from kpi.measure.review import snapshot
    from kpi.workspace.choices import chosen_goals
    from kpi.workspace.own_goals import goal_of
    from kpi.workspace.plans import Plan, plans, save_plan
    from kpi.workspace.reviews import Review, add_review, due, reviews

    ws, args, t = call.workspace, call.args, call.texts.t
    goals: Sequence[str] = chosen_goals(ws)
    if args.goal:
        goals = [goal_of(ws, args.goal).id]
    elif args.every or args.decisions or args.strategy:
        raise Refused("review_needs_goal")
    for id_ in goals if args.goal else ():
        if id_ not in plans(ws):
            raise Refused("goal_not_chosen", goal=id_)
        if args.every:
            plan = plans(ws)[id_]
            save_plan(ws, Plan(id_, plan.strategy, plan.tactics, args.every))
        if args.decisions or args.strategy:
            add_review(ws, Review(id_, datetime.now(), args.decisions or "", args.strategy, snapshot(ws, id_)))
    data = []
    for id_ in goals:
        plan, held = plans(ws).get(id_, Plan(id_)), reviews(ws, id_)
        earlier = [
            {
                "reviewed_at": each.reviewed_at,
                "decisions": each.decisions or None,
                "strategy_note": each.strategy_note or None,
                "snapshot": list(each.snapshot),
            }
            for each in held
        ]
        name, late = goal_of(ws, id_).name.get(call.texts.lang), due(ws, plan, date.today())
        data.append(
            {"goal": id_, "name": name, "every": plan.review_every or None, "overdue_days": late, "reviews": earlier}
        )
    heads = [t("cli.goal"), t("cli.name"), t("cli.every"), t("cli.last_review"), t("cli.overdue")]
    rows = [
        [d["goal"], d["name"], d["every"], d["reviews"][0]["reviewed_at"] if d["reviews"] else None, d["overdue_days"]]
        for d in data
    ]
    return Answer({"reviews": data}, [Table(heads, rows)])


def audit_of(call: Call) -> Answer:
    """The quick audit: what is measured, has data, has a target; --save stores it beside the earlier ones."""
    from kpi.analysis.audit import Answer as Answered
    from kpi.analysis.audit import answered, audit, compared, coverage, whole
    from kpi.measure.audits import audit_sheets, rows_of
    from kpi.measure.sheets import write
    from kpi.workspace.audits import audits, save_audit
    from kpi.workspace.own_kpis import kpi_of, kpis_of

    ws, lang = call.workspace, call.texts.lang
    saved = audits(ws)
    latest = list(saved.values())[-1] if saved else []
    rows = audit(ws, {id_: measured for id_, measured, _, _ in latest})
    said = {kpi_of(ws, id_).id: True for id_ in call.args.measured}
    rows = answered(rows, said)
    first = next(iter(saved.values()), None)
    change = compared(rows, [Answered(*each) for each in first]) if first else None
    data = {
        "answers": [
            {"kpi": r.kpi, "name": kpi_of(ws, r.kpi).name.get(lang), "measured": r.measured, "data": r.data, "target": r.target}
            for r in rows
        ],
        "whole": _covered(whole(rows)),
        "coverage": {by: [{"name": c.name, **_covered(c)} for c in coverage(rows, by, kpis_of(ws))] for by in ("group", "stage")},
        "audits": [{"audited_at": at, "kpis": len(listed)} for at, listed in saved.items()],
        "since_first": _covered(change) if change else None,
    }  # fmt: skip
    sheets = audit_sheets(ws, call.texts, rows, saved)
    if call.args.out:
        write(sheets, call.path(call.args.out))
    if call.args.save:
        save_audit(ws, rows_of(rows))
    return Answer(data, [Table(each.heads, each.rows) for each in sheets])


def _covered(found) -> dict[str, object]:
    return {"kpis": found.n, "measured": found.measured, "data": found.data, "target": found.target}

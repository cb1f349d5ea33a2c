"""goals and kpis: what can be chosen."""

from __future__ import annotations

from kpi.cli import Answer, Call, Table
from kpi.errors import Refused


def register(subparsers) -> None:
    """goals [W] [--choose G]… [--undo] [--evidence] · kpis [W] [--goal G]… · catalogue check|docs"""
    parser = subparsers.add_parser("goals", help="cli.help_goals")
    parser.add_argument("workspace", nargs="?", metavar="W", help="cli.help_w")
    parser.add_argument("--choose", action="append", default=[], metavar="GOAL", help="cli.help_choose")
    parser.add_argument("--undo", action="store_true", help="cli.help_undo_choice")
    parser.add_argument("--evidence", action="store_true", help="cli.help_evidence")
    parser.set_defaults(run=goals_of)
    parser = subparsers.add_parser("kpis", help="cli.help_kpis")
    parser.add_argument("workspace", nargs="?", metavar="W", help="cli.help_w")
    parser.add_argument("--goal", action="append", default=[], metavar="GOAL", help="cli.help_goal")
    parser.set_defaults(run=kpis_of)


def goals_of(call: Call) -> Answer:
    """The goal catalogue; with --choose the named goals become the chosen ones of the workspace."""
    from kpi.analysis.matching import match, suggest
    from kpi.catalogue import goal, goals
    from kpi.workspace.choice_history import undo
    from kpi.workspace.choices import Selection, choose_goals, chosen_goals
    from kpi.workspace.own_goals import goal_of, goals_of
    from kpi.workspace.own_kpis import kpis_of as all_kpis

    for id_ in call.args.choose:
        goal_of(call.workspace, id_) if call.opened is not None else goal(id_)
    known = goals_of(call.workspace) if call.opened is not None else goals()
    chosen: tuple[str, ...] = ()
    if (call.args.choose or call.args.undo or call.args.evidence) and call.opened is None:
        raise Refused("choose_needs_workspace")
    if call.args.undo:
        undo(call.workspace)
    if call.opened is not None:
        if call.args.choose:
            matches = match(call.args.choose, call.workspace.columns(), known, all_kpis(call.workspace))
            few = [Selection(m.kpi.id, m.roles[0].goal) for m in suggest(matches)]
            choose_goals(call.workspace, call.args.choose, few)
        chosen = chosen_goals(call.workspace)
    lang = call.texts.lang
    data = [
        {
            "id": g.id,
            "name": g.name.get(lang),
            "about": g.about.get(lang),
            "chosen": g.id in chosen,
            "kpis": [{"kpi": k.kpi, "role": k.role, "reason": k.reason.get(lang)} for k in g.kpis],
        }
        for g in known.values()
    ]
    for each in data:
        if each["chosen"]:
            each |= _standing(call, each["id"])
            if call.args.evidence:
                each["kpis"] = _with_evidence(call, each["id"])
    t = call.texts.t
    heads = ["", t("cli.goal"), t("cli.name"), t("cli.kpis")]
    rows = [["●" if d["chosen"] else "", d["id"], d["name"], len(d["kpis"])] for d in data]
    if chosen:
        heads += [t("cli.state"), t("cli.chance")]
        rows = [[*row, *_state_cells(call, d)] for row, d in zip(rows, data, strict=True)]
    return Answer({"goals": data}, [Table(heads, rows)])


def _with_evidence(call: Call, goal: str) -> list[dict]:
    """The KPIs of a goal in rank order, with what the data say for each."""
    from kpi.cli.findings import evidence_data
    from kpi.measure.evidence import ranked_matches

    found = ranked_matches(call.workspace, [goal])
    return [
        {
            "kpi": each.match.kpi.id,
            "role": each.match.role,
            "reason": each.match.roles[0].reason.get(call.texts.lang),
            "evidence": evidence_data(call, each),
        }
        for each in found
    ]


def _state_cells(call: Call, goal: dict) -> list[str]:
    chance = goal.get("chance")
    shown = "" if chance is None else call.texts.percent(chance, decimals=0)
    return [call.texts.t(f"state.{goal['state']}") if goal["chosen"] else "", shown]


def _standing(call: Call, goal: str) -> dict:
    """How a chosen goal stands: the KPI that speaks for it, and what its target says."""
    from kpi.cli.aims import standing_of
    from kpi.measure.home import speaker

    keys = ("actual", "target", "low", "high", "until", "progress", "elapsed", "state", "chance")
    kpi = speaker(call.workspace, goal)
    held = standing_of(call.workspace, kpi, goal) if kpi else None
    none = dict.fromkeys(keys) | {"state": "no_target" if kpi else "needs_data"}
    return {"speaks": kpi} | ({key: held[key] for key in keys} if held else none)


def kpis_of(call: Call) -> Answer:
    """The KPI catalogue; with --goal the matching KPIs in rank order; with a workspace what each still needs."""
    from kpi.analysis.matching import catalogue, match
    from kpi.catalogue import goal
    from kpi.cli.findings import evidence_data
    from kpi.measure.evidence import ranked_matches
    from kpi.workspace.own_goals import goal_of, goals_of
    from kpi.workspace.own_kpis import kpis_of as all_kpis

    goals = list(dict.fromkeys(call.args.goal))
    for id_ in goals:
        goal_of(call.workspace, id_) if call.opened is not None else goal(id_)
    known = goals_of(call.workspace) if call.opened is not None else None
    present = call.workspace.columns() if call.opened is not None else frozenset()
    every = all_kpis(call.workspace) if call.opened is not None else None
    told = {}
    if goals and call.opened is not None:
        told = {each.match.kpi.id: each for each in ranked_matches(call.workspace, goals)}
        matches = [each.match for each in told.values()]
    else:
        matches = match(goals, present, known, every) if goals else catalogue(present, known, every)
    lang = call.texts.lang
    data = [
        {
            "id": m.kpi.id,
            "name": m.kpi.name.get(lang),
            "about": m.kpi.about.get(lang),
            "unit": m.kpi.unit,
            "better": m.kpi.better,
            "nature": m.kpi.nature,
            "origin": m.kpi.origin or "built_in",
            "computable": m.computable if call.opened is not None else None,
            "missing": list(m.missing),
            "roles": [{"goal": r.goal, "role": r.role, "reason": r.reason.get(lang)} for r in m.roles],
            "evidence": evidence_data(call, told[m.kpi.id]) if m.kpi.id in told else None,
        }
        for m in matches
    ]
    t = call.texts.t
    heads = [t("cli.kpi"), t("cli.name"), t("cli.role"), *([t("cli.evidence")] if told else []), t("cli.state")]
    rows = [
        [
            m.kpi.id,
            m.kpi.name.get(lang),
            t(f"role.{m.role}") if goals and m.role else "",
            *([call.texts.percent(told[m.kpi.id].evidence.score, decimals=0)] if told else []),
            "" if m.computable else t("cli.needs", columns=", ".join(m.missing)),
        ]
        for m in matches
    ]
    return Answer({"kpis": data}, [Table(heads, rows)])

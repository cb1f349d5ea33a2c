"""own: a workspace's own and changed definitions, listed, carried in and out, removed."""

from __future__ import annotations

from kpi.cli import Answer, Call, Table
from kpi.errors import Refused


def register(subparsers) -> None:
    """own W · own W --add FILE.toml [--replace | --keep] · own W --remove ID · own W --out FILE.toml [--only ID]…"""
    parser = subparsers.add_parser("own", help="cli.help_own")
    parser.add_argument("workspace", metavar="W", help="cli.help_w")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--add", metavar="FILE.toml", help="cli.help_own_add")
    what.add_argument("--remove", metavar="ID", help="cli.help_own_remove")
    what.add_argument("--out", metavar="FILE.toml", help="cli.help_own_out")
    clash = parser.add_mutually_exclusive_group()
    clash.add_argument("--replace", action="store_true", help="cli.help_own_replace")
    clash.add_argument("--keep", action="store_true", help="cli.help_own_keep")
    parser.add_argument("--only", action="append", default=[], metavar="ID", help="cli.help_own_only")
    parser.set_defaults(run=own)


def own(call: Call) -> Answer:
    """The definitions as they stand, after what was asked for is done."""
    args = call.args
    if (args.replace or args.keep) and not args.add:
        raise Refused("own_option", option="--replace, --keep", needed="--add")
    if args.only and not args.out:
        raise Refused("own_option", option="--only", needed="--out")
    if args.add:
        return add(call)
    if args.remove:
        return remove(call)
    return out(call) if args.out else listed(call)


def listed(call: Call, told: str = "", **data: object) -> Answer:
    """All own and changed KPIs and own goals; those with mistakes name them."""
    from kpi.workspace.own_goals import own_goals
    from kpi.workspace.own_kpis import own_kpis

    t, lang = call.texts.t, call.texts.lang
    held = [
        {
            "id": each.id,
            "name": each.kpi.name.get(lang),
            "kind": each.kpi.origin,
            "unit": each.kpi.unit,
            "goals": [{"goal": goal, "role": link.role} for goal, link in each.goals.items()],
            "mistakes": [call.texts.error(mistake) for mistake in each.mistakes],
        }
        for each in own_kpis(call.workspace).values()
    ]
    goals = [
        {"id": goal.id, "name": goal.name.get(lang), "kind": "goal", "kpis": [k.kpi for k in goal.kpis]}
        for goal in own_goals(call.workspace).values()
    ]
    rows = [[d["id"], d["name"], t(f"cli.own_{d['kind']}"), "; ".join(d.get("mistakes", ()))] for d in (*held, *goals)]
    table = Table([t("cli.kpi"), t("cli.name"), t("cli.kind"), t("cli.state")], rows)
    lines = [told] if told else []
    lines += [table] if rows else [] if told else [t("cli.own_none")]
    return Answer({"kpis": held, "goals": goals, "revision": call.workspace.revision, **data}, lines)


def add(call: Call) -> Answer:
    """Takes in the definitions of a file, all or none; with mistakes it lists them and exits with 1."""
    from kpi.measure.carry import looked_through, take_in

    path = call.path(call.args.add)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise Refused("file_missing", file=str(path)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise Refused("file_unreadable", file=str(path)) from error
    found = looked_through(call.workspace, text, path.name)
    if found.mistakes:
        data = [
            {
                "file": path.name,
                "key": each.error.params["key"],
                "line": each.line,
                "column": each.column,
                "mistake": call.texts.error(each.error),
            }
            for each in found.mistakes
        ]
        lines = [f"{each['file']}:{each['line']}:{each['column']} · {each['mistake']}" for each in data]
        return Answer({"mistakes": data}, [*lines, call.texts.t("cli.own_nothing", n=len(data))], status=1)
    replacing = found.clashes if call.args.replace else ()
    taken = take_in(call.workspace, found, replacing, found.clashes if call.args.keep else ())
    return listed(call, call.texts.t("cli.own_added", n=len(taken.ids)), added=list(taken.ids), mistakes=[])


def remove(call: Call) -> Answer:
    """Forgets an own KPI or goal; a changed built-in one is as built in again."""
    from kpi.errors import Unknown
    from kpi.workspace.own_goals import delete_goal, own_goals
    from kpi.workspace.own_kpis import delete_kpi, own_kpis

    id_, held = call.args.remove, own_kpis(call.workspace)
    if id_ in held:
        delete_kpi(call.workspace, id_)
    elif id_ in own_goals(call.workspace):
        delete_goal(call.workspace, id_)
    else:
        raise Unknown("kpi", id_, [*held, *own_goals(call.workspace)])
    return listed(call, call.texts.t("cli.own_removed", id=id_), removed=id_)


def out(call: Call) -> Answer:
    """Writes the definitions to a file that another workspace can take in."""
    from kpi.measure.carry import carried_out

    text, path = carried_out(call.workspace, call.args.only or None), call.path(call.args.out)
    if not text:
        raise Refused("own_none")
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Refused("not_writable", file=str(path), why=error.strerror or "") from error
    return Answer({"documents": [{"file": str(path)}]}, [call.texts.t("cli.own_out", file=str(path))])

"""target: sets a target, lists those that are set with how they stand, removes one, brings one back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from kpi.calendars import CALENDARS
from kpi.cli import Answer, Call, Table
from kpi.cli.aims import as_data
from kpi.cli.given import day, number, whole_span
from kpi.cli.parser import Misuse
from kpi.errors import Refused

if TYPE_CHECKING:
    from kpi.analysis.progress import Target
    from kpi.analysis.rollup import RollUp
    from kpi.core import Kpi
    from kpi.measure.aims import Aim

_SETS = ("baseline", "target", "low", "high", "since", "until")


def register(subparsers) -> None:
    """target W [KPI] [--baseline X (--target Y | --low X --high Y) --from DATE --until DATE …] [--remove] [--undo ID]"""
    parser = subparsers.add_parser("target", help="cli.help_target")
    parser.add_argument("workspace", metavar="W", help="cli.help_w")
    parser.add_argument("kpi", nargs="?", metavar="KPI", help="cli.help_kpi")
    parser.add_argument("--baseline", type=number, metavar="X", help="cli.help_baseline")
    for name in ("target", "low", "high"):
        parser.add_argument(f"--{name}", type=number, metavar="Y", help=f"cli.help_{name}_value")
    parser.add_argument("--from", dest="since", metavar="DATE", help="cli.help_from")
    parser.add_argument("--until", metavar="DATE", help="cli.help_to")
    parser.add_argument("--calendar", choices=CALENDARS, default="", help="cli.help_calendar")
    parser.add_argument("--goal", metavar="G", help="cli.help_goal")
    parser.add_argument("--scope", metavar="SCOPE", help="cli.help_scope")
    parser.add_argument("--source", metavar="TEXT", help="cli.help_source")
    parser.add_argument("--pace", metavar="linear|seasonal", help="cli.help_pace")
    parser.add_argument("--rollup", metavar="sum|mean|none", help="cli.help_rollup")
    parser.add_argument("--percent", action="store_true", help="cli.help_percent")
    parser.add_argument("--as-given", action="store_true", help="cli.help_as_given")
    parser.add_argument("--remove", action="store_true", help="cli.help_remove_target")
    parser.add_argument("--undo", type=int, metavar="ID", help="cli.help_undo_target")
    parser.add_argument("--id", type=int, metavar="ID", help="cli.help_target_id")
    parser.add_argument("--all", action="store_true", help="cli.help_target_all")
    parser.set_defaults(run=target)


def target(call: Call) -> Answer:
    """Sets, removes or brings back a target; without any of it lists them."""
    args = call.args
    setting = any(getattr(args, name) is not None for name in _SETS)
    if args.undo is not None:
        return undo(call)
    if args.kpi:
        from kpi.workspace.own_kpis import kpi_of

        kpi = kpi_of(call.workspace, args.kpi)
        if args.remove:
            return remove(call, kpi)
        if setting:
            return put(call, kpi)
    elif setting or args.remove:
        raise Misuse("usage", message=call.texts.t("cli.target_names_kpi"), program="python -m kpi target")
    return listed(call)


def put(call: Call, kpi: Kpi) -> Answer:
    """Sets a target with its baseline, value or band, and horizon."""
    from kpi.analysis.progress import Target
    from kpi.analysis.scopes import read_scope
    from kpi.analysis.target_rules import check_target, remarks
    from kpi.core import Query
    from kpi.measure.aims import aim, roll_ups
    from kpi.measure.frame import frame_of
    from kpi.measure.run import chosen
    from kpi.measure.scopes import everyone
    from kpi.workspace.own_goals import goal_of
    from kpi.workspace.targets import set_target

    args, workspace = call.args, call.workspace
    if not (args.since and args.until):
        raise Misuse("usage", message=call.texts.t("cli.target_needs_days"), program="python -m kpi target")
    if args.goal:
        goal_of(workspace, args.goal)
    since, until = whole_span(args.since, args.until, args.calendar)
    ends = [each for each in (args.low, args.high) if each is not None]
    if (args.target is None) != (len(ends) == 2) or (args.target is not None and ends):
        raise Refused("target_or_band")
    scope = read_scope(args.scope or "all", everyone(workspace, call.texts.lang) if args.scope else {})
    base, value, low, high = (_read(x, args.percent) for x in (args.baseline, args.target, args.low, args.high))
    made = Target(
        kpi.id, args.goal, since, until, base, value, low, high, *scope, args.source or "",
        args.pace or "linear", args.rollup or "",
    )  # fmt: skip
    check_target(made, kpi, None, args.as_given)
    id_ = set_target(workspace, made)
    found = aim(workspace, replace(made, id=id_), args.calendar)
    now = frame_of(workspace, Query(())).now
    missing = chosen(workspace, kpi)[1]
    if missing:
        call.warn(call.texts.t("target.not_computable", columns=", ".join(missing)))
    for fact in remarks(made, kpi, now):
        call.warn(call.texts.t(f"target.{fact.code}"))
    data = {"kpi": kpi.id, "id": id_, "target": as_data(found), "revision": workspace.revision}
    whole = made if made.scope == "all" else None
    sums = roll_up_lines(call, kpi, roll_ups(workspace, kpi, whole or _whole(call, kpi)))
    return Answer(data, [call.texts.t("cli.target_set", kpi=kpi.id), *sums])


def remove(call: Call, kpi: Kpi) -> Answer:
    """Takes the one target out of force that the options name; it stays as history and can be brought back."""
    from kpi.workspace.targets import remove_target

    held = _fitting(call, kpi)
    if not held:
        raise Refused("target_none", kpi=kpi.id)
    if len(held) > 1:
        raise Refused("target_which", targets="; ".join(_named(call, t) for t in held))
    id_ = held[0].id or 0
    remove_target(call.workspace, id_)
    data = {"kpi": kpi.id, "removed": id_, "revision": call.workspace.revision}
    return Answer(data, [call.texts.t("cli.target_removed", kpi=kpi.id, id=str(id_))])


def undo(call: Call) -> Answer:
    """Brings a removed target back, or what it had replaced."""
    from kpi.workspace.targets import undo_target

    undo_target(call.workspace, call.args.undo)
    data = {"id": call.args.undo, "revision": call.workspace.revision}
    return Answer(data, [call.texts.t("cli.target_undone", id=str(call.args.undo))])


def listed(call: Call) -> Answer:
    """The targets with how they stand: those in force, with --all also what was replaced or removed."""
    from kpi.measure.aims import aims, roll_ups
    from kpi.workspace.own_kpis import kpis_of

    t, kpis = call.texts, kpis_of(call.workspace)
    found = aims(call.workspace, call.args.kpi, call.args.all, call.args.calendar, call.args.goal)
    rows = [_row(call, each, kpis.get(each.target.kpi)) for each in found]
    heads = [
        "id", t.t("cli.kpi"), t.t("cli.scope"), t.t("cli.since"), t.t("cli.until"), t.t("cli.value"),
        t.t("cli.compare_target"), t.t("cli.way"), t.t("cli.time"), t.t("cli.state"), t.t("cli.chance"),
    ]  # fmt: skip
    sums, lines = [], []
    for id_ in dict.fromkeys(each.target.kpi for each in found if each.target.kpi in kpis):
        held = roll_ups(call.workspace, kpis[id_], _whole(call, kpis[id_]))
        sums += [{"kpi": id_, **asdict(each), "gap": each.gap} for each in held]
        lines += [f"{id_}: {line}" for line in roll_up_lines(call, kpis[id_], held)]
    data = {"targets": [as_data(each) for each in found], "roll_ups": sums}
    return Answer(data, [Table(heads, rows) if rows else t.t("cli.no_targets"), *lines])


def roll_up_lines(call: Call, kpi: Kpi, held: Sequence[RollUp]) -> list[str]:
    """Whether the targets of parts make up that of the whole, in words."""
    from kpi.analysis.rollup import sentences

    return sentences(held, kpi, call.texts)


def _row(call: Call, found: Aim, kpi: Kpi | None) -> list[object]:
    t, target, done = call.texts, found.target, found.progress
    unit = kpi.unit if kpi else None

    def shown(x: float | None) -> str:
        return t.number(x, unit, currency=call.workspace.settings.currency)

    aim = shown(target.value) if target.band is None else t.range_(*target.band, unit)
    scope = target.scope if target.scope_id is None else f"{target.scope}:{target.scope_id}"
    state = (
        t.t(f"state.{found.state}")
        if found.state
        else t.t("cli.withdrawn" if target.withdrawn_at else "cli.not_judged")
    )
    chance = found.outlook.chance if found.outlook else None
    return [
        str(target.id), target.kpi, scope, target.since, target.until, shown(done.actual if done else None), aim,
        "" if done is None or done.done is None else t.percent(done.done, decimals=0),
        "" if done is None else t.percent(done.gone, decimals=0), state,
        "" if chance is None else t.percent(chance, decimals=0),
    ]  # fmt: skip


def _read(x: float | None, percent: bool) -> float | None:
    return x / 100 if percent and x is not None else x


def _whole(call: Call, kpi: Kpi) -> Target | None:
    """The company's own target of today."""
    from kpi.analysis.progress import target_for, targets_of
    from kpi.core import Query
    from kpi.measure.frame import frame_of

    day = frame_of(call.workspace, Query(())).now - timedelta(days=1)
    return target_for(targets_of(call.workspace), kpi.id, day)


def _fitting(call: Call, kpi: Kpi) -> list[Target]:
    """The targets in force that the options of --remove name."""
    from kpi.analysis.progress import targets_of
    from kpi.analysis.scopes import read_scope
    from kpi.measure.scopes import everyone

    args = call.args
    scope = read_scope(args.scope, everyone(call.workspace, call.texts.lang)) if args.scope else None
    since = day(args.since, args.calendar)
    return [
        t
        for t in targets_of(call.workspace)
        if t.kpi == kpi.id
        and args.id in (None, t.id)
        and args.goal in (None, t.goal)
        and scope in (None, (t.scope, t.scope_id))
        and since in (None, t.since)
    ]


def _named(call: Call, target: Target) -> str:
    scope = target.scope if target.scope_id is None else f"{target.scope}:{target.scope_id}"
    return f"{target.id} ({scope}, {call.texts.day(target.since)})"

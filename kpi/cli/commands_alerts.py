"""alerts: what fired, for people and for cron; the bounds and baselines behind it. docs/alerts.md tells how to use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.cli import Answer, Call, Table
from kpi.cli.given import day, number
from kpi.errors import Refused

if TYPE_CHECKING:
    from kpi.measure.alerts import Alert

FIRED = 3  # exit status


def register(subparsers) -> None:
    """alerts W [--all] [--ack ID]… [--set KPI above|below VALUE]… [--unset KPI]… [--re-base KPI --from DATE]"""
    parser = subparsers.add_parser("alerts", help="cli.help_alerts")
    parser.add_argument("workspace", metavar="W", help="cli.help_w")
    parser.add_argument("--all", action="store_true", help="cli.help_alerts_all")
    parser.add_argument("--ack", action="append", default=[], metavar="ID", help="cli.help_alerts_ack")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        nargs=3,
        metavar=("KPI", "above|below", "VALUE"),
        help="cli.help_alerts_set",
    )
    parser.add_argument("--unset", action="append", default=[], metavar="KPI", help="cli.help_alerts_unset")
    parser.add_argument("--re-base", dest="rebase", metavar="KPI", help="cli.help_alerts_rebase")
    parser.add_argument("--from", dest="since", metavar="DATE", help="cli.help_alerts_from")
    parser.set_defaults(run=alerts)


def alerts(call: Call) -> Answer:
    """Carries out what was asked to change; without that tells the events."""
    args = call.args
    if bool(args.rebase) != bool(args.since):
        raise Refused("rebase_needs_day")
    if args.ack or args.set or args.unset or args.rebase:
        return _change(call)
    from kpi.measure import alerts as early

    if args.all:
        found = early.alerts(call.workspace)
        return _answer(call, found.alerts, bool(found.pressing))
    found = early.tell(call.workspace)
    told = [each for each in found.alerts if each.new or (each.event.lasting and not each.seen)]
    return _answer(call, told, bool(found.new))


def _change(call: Call) -> Answer:
    from kpi.measure import alerts as early
    from kpi.workspace.alert_rules import set_rules

    made = _rules(call)
    if made:
        set_rules(call.workspace, *made)
    if call.args.rebase:
        early.rebase(call.workspace, call.args.rebase, day(call.args.since))  # type: ignore[arg-type]
    if call.args.ack:
        early.see(call.workspace, call.args.ack)
    rules = [{"kpi": rule.kpi, "side": rule.side, "value": rule.value} for rule in made]
    data = {"acknowledged": call.args.ack, "rules": rules, "rebased": call.args.rebase}
    return Answer(data | {"revision": call.workspace.revision}, [call.texts.t("cli.alerts_changed")])


def _rules(call: Call) -> list:
    from kpi.workspace.alert_rules import SIDES, Rule
    from kpi.workspace.own_kpis import kpi_of

    made = []
    for id_, side, value in call.args.set:
        kpi_of(call.workspace, id_)
        try:
            made.append(Rule(id_, side, number(value)))
        except ValueError as error:
            raise Refused("rule_number", value=value) from error
    for id_ in call.args.unset:
        kpi_of(call.workspace, id_)
        made += [Rule(id_, side, None) for side in SIDES]
    return made


def _answer(call: Call, shown, fired: bool) -> Answer:
    texts = call.texts
    data = [_as_data(call, each) for each in shown]
    rows = [
        [
            texts.t("cli.alerts_new") if each.new else "",
            texts.t(f"warnings.{'seen' if each.seen else each.severity}"),
            said["text"],
            each.id,
        ]
        for each, said in zip(shown, data, strict=True)
    ]
    heads = ["", texts.t("cli.state"), texts.t("cli.alerts_what"), texts.t("cli.alerts_id")]
    lines: list = [Table(heads, rows)] if rows else []
    new = sum(each.new for each in shown)
    lasting = sum(each.event.lasting and not each.seen for each in shown)
    lines.append(texts.t("cli.alerts_count", new=new, lasting=lasting))
    return Answer({"alerts": data, "as_of": call.workspace.as_of()}, lines, FIRED if fired else 0)


def _as_data(call: Call, alert: Alert) -> dict:
    from kpi.measure.alert_words import said

    event = alert.event
    return {
        "id": alert.id,
        "kpi": event.kpi,
        "rule": event.rule,
        "severity": alert.severity,
        "since": event.since.since,
        "last": event.last.since,
        "lasting": event.lasting,
        "text": said(call.workspace, call.texts, alert),
        "new": alert.new,
        "acknowledged": alert.seen,
    }

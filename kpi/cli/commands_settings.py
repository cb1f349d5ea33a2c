"""settings: what is set, and setting it."""

from __future__ import annotations

from kpi.cli import Answer, Call, Table
from kpi.workspace import known_settings, parse_assignments


def register(subparsers) -> None:
    """settings W [KEY=VALUE]…"""
    parser = subparsers.add_parser("settings", help="cli.help_settings")
    parser.add_argument("workspace", metavar="W", help="cli.help_w")
    parser.add_argument("assignments", nargs="*", metavar="KEY=VALUE", help="cli.help_key_value")
    parser.set_defaults(run=settings, creates=True)


def settings(call: Call) -> Answer:
    """Sets what is given (all or nothing) and shows what is in force."""
    changes = parse_assignments(call.args.assignments)
    if changes:
        call.workspace.change_settings(changes)
    values = call.workspace.settings
    t = call.texts.t
    shown = [name for name in known_settings() if not changes or name in changes]
    rows = [[name, values.text(name), known_settings()[name].about.get(call.texts.lang)] for name in shown]
    data = {
        "settings": {name: values.text(name) for name in values},
        "changed": sorted(changes),
        "revision": call.workspace.revision,
    }
    return Answer(data, [Table([t("cli.setting"), t("cli.value"), t("cli.meaning")], rows)])

"""workspaces, create, rename, delete."""

from __future__ import annotations

from kpi import workspace
from kpi.cli import Answer, Call, Table
from kpi.errors import Refused


def register(subparsers) -> None:
    """The commands as `workspaces create W`, and `create W` for short."""
    top = subparsers.add_parser("workspaces", help="cli.help_workspaces")
    top.set_defaults(run=listed)
    for where in (top.add_subparsers(dest="action", metavar="ACTION"), subparsers):
        parser = where.add_parser("create", help="cli.help_create")
        parser.add_argument("name", metavar="W", help="cli.help_w")
        parser.set_defaults(run=create)
        parser = where.add_parser("rename", help="cli.help_rename")
        parser.add_argument("workspace", metavar="W", help="cli.help_w")
        parser.add_argument("new", metavar="V", help="cli.help_v")
        parser.set_defaults(run=rename)
        parser = where.add_parser("delete", help="cli.help_delete")
        parser.add_argument("workspace", metavar="W", help="cli.help_w")
        parser.add_argument("--yes", action="store_true", help="cli.help_yes")
        parser.set_defaults(run=delete)


def listed(call: Call) -> Answer:
    """All workspaces of the home, with what they take on disk."""
    found = [{"name": name, "bytes": _size(call, name)} for name in workspace.names(call.home)]
    if not found:
        return Answer({"workspaces": []}, [call.texts.t("cli.no_workspaces", home=str(call.home))])
    t = call.texts.t
    rows = [[each["name"], f"{each['bytes'] / 1e6:.1f} MB"] for each in found]
    return Answer({"workspaces": found}, [Table([t("cli.workspace"), t("cli.size")], rows)])


def _size(call: Call, name: str) -> int:
    return sum(file.stat().st_size for file in (call.home / name).rglob("*") if file.is_file())


def create(call: Call) -> Answer:
    """Makes an empty workspace."""
    made = workspace.create(call.home, call.args.name)
    return _said(call, "created", made.name)


def rename(call: Call) -> Answer:
    """Gives a workspace another name."""
    new = workspace.check_name(call.args.new)
    workspace.rename(call.home, call.workspace.name, new)
    return _said(call, "renamed", new)


def delete(call: Call) -> Answer:
    """Removes a workspace, if --yes is given."""
    name = call.workspace.name
    if not call.args.yes:
        raise Refused("delete_unsure", name=name)
    workspace.delete(call.home, name)
    return _said(call, "deleted", name)


def _said(call: Call, what: str, name: str) -> Answer:
    return Answer(
        {"workspaces": [{"name": each} for each in workspace.names(call.home)], what: name},
        [call.texts.t(f"cli.{what}", name=name)],
    )

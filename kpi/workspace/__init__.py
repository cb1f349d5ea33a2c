"""One client's data and state: open and share, import log and undo, derived tables, settings, migrations."""

from kpi.workspace.door import door_check
from kpi.workspace.imports import (
    Import,
    Reject,
    imports,
    known_file,
    logged,
    next_import,
    record,
    rejects,
    take_back,
    take_out,
    undo,
)
from kpi.workspace.inventory import Loaded, inventory
from kpi.workspace.names import check_name, home, names
from kpi.workspace.registry import (
    close_all,
    close_workspace,
    create,
    delete,
    hand_over_or_open,
    open_workspace,
    rename,
)
from kpi.workspace.settings import Setting, Settings, known_setting, known_settings, parse_assignments
from kpi.workspace.sharing import Request
from kpi.workspace.workspace import Workspace

__all__ = [
    "Import",
    "Loaded",
    "Reject",
    "Request",
    "Setting",
    "Settings",
    "Workspace",
    "check_name",
    "close_all",
    "close_workspace",
    "create",
    "delete",
    "door_check",
    "hand_over_or_open",
    "home",
    "imports",
    "inventory",
    "known_file",
    "known_setting",
    "known_settings",
    "logged",
    "names",
    "next_import",
    "open_workspace",
    "parse_assignments",
    "record",
    "rejects",
    "rename",
    "take_back",
    "take_out",
    "undo",
]

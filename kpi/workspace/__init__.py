"""One client's data and state: open and share, import log and undo, derived tables, settings, migrations."""

from kpi.workspace.names import check_name, home, names
from kpi.workspace.registry import close_all, close_workspace, create, delete, hand_over_or_open, open_workspace, rename
from kpi.workspace.settings import Settings, known_setting, known_settings, parse_assignments
from kpi.workspace.sharing import Request
from kpi.workspace.workspace import Workspace

__all__ = [
    "Request",
    "Settings",
    "Workspace",
    "check_name",
    "close_all",
    "close_workspace",
    "create",
    "delete",
    "hand_over_or_open",
    "home",
    "known_setting",
    "known_settings",
    "names",
    "open_workspace",
    "parse_assignments",
    "rename",
]

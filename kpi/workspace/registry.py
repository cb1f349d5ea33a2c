"""Workspaces of this process: each opened once, shared by all sessions."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

from kpi.errors import Refused
from kpi.workspace.names import DATABASE, check_name, missing
from kpi.workspace.workspace import Workspace

_lock = threading.RLock()
_open: dict[Path, Workspace] = {}


def create(root: Path, name: str) -> Workspace:
    """A new workspace; Refused where it exists."""
    name = check_name(name)
    if (root / name / DATABASE).exists():
        raise Refused("workspace_exists", name=name)
    return _opened(root, name)


def open_workspace(root: Path, name: str) -> Workspace:
    """The workspace, opened once per process; Refused where there is none."""
    name = check_name(name)
    if not (root / name / DATABASE).exists():
        raise missing(root, name)
    return _opened(root, name)


def _opened(root: Path, name: str) -> Workspace:
    folder = (root / name).absolute()
    with _lock:
        if folder not in _open:
            _open[folder] = Workspace(root, name)
        return _open[folder]


def close_workspace(root: Path, name: str) -> None:
    """Closes the workspace in this process, if it is open here."""
    with _lock:
        found = _open.pop((root / check_name(name)).absolute(), None)
    if found:
        found.close()


def rename(root: Path, name: str, new: str) -> None:
    """Gives the workspace another name."""
    name, new = check_name(name), check_name(new)
    if not (root / name / DATABASE).exists():
        raise missing(root, name)
    if (root / new).exists():
        raise Refused("workspace_exists", name=new)
    with _lock:
        close_workspace(root, name)
        (root / name).rename(root / new)


def delete(root: Path, name: str) -> None:
    """Removes the workspace with all its data."""
    name = check_name(name)
    if not (root / name / DATABASE).exists():
        raise missing(root, name)
    with _lock:
        close_workspace(root, name)
        shutil.rmtree(root / name)

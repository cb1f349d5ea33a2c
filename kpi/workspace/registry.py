"""Workspaces of this process: each opened once, shared by all sessions, served to the other processes."""

from __future__ import annotations

import atexit
import shutil
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import duckdb

from kpi.errors import Refused
from kpi.workspace.door import door_check
from kpi.workspace.names import DATABASE, check_name, missing
from kpi.workspace.sharing import Died, Door, Request, ask
from kpi.workspace.workspace import Workspace

WAIT = 15.0  # seconds for another process's command to finish
STEP = 0.05


@dataclass(frozen=True)
class _Open:
    workspace: Workspace
    door: Door


_lock = threading.RLock()
_open: dict[Path, _Open] = {}


def create(root: Path, name: str) -> Workspace:
    """A new workspace; Refused where it exists."""
    name = check_name(name)
    if (root / name).exists():
        raise Refused("workspace_exists", name=name)
    return _wait(root, name, WAIT)


def open_workspace(root: Path, name: str, wait: float = WAIT) -> Workspace:
    """The workspace, opened once per process. Refused where there is none, or where another process still has it
    after `wait` seconds (command lines are short; an app that has it open serves them instead)."""
    name = check_name(name)
    if not (root / name / DATABASE).exists():
        raise missing(root, name)
    return _wait(root, name, wait)


def hand_over_or_open(
    root: Path, name: str, request: Request, out: TextIO, err: TextIO, create: bool = False
) -> Workspace | int:
    """The workspace opened here; or, where another process has it, `request` run there and its exit status.

    create: a workspace that does not exist is made.
    """
    name = check_name(name)
    folder = _folder(root, name)
    until = time.monotonic() + WAIT
    while folder not in _open:
        exists = (folder / DATABASE).exists()
        if not exists and not create:
            raise missing(root, name)
        try:
            status = ask(folder, request, out, err) if exists else None
            return _opened(root, name) if status is None else status
        except Died as error:
            raise Refused("workspace_died", name=name) from error
        except Refused as error:
            if error.code != "workspace_busy" or time.monotonic() > until:
                raise
        time.sleep(STEP)
    return _open[folder].workspace


def _folder(root: Path, name: str) -> Path:
    return (root / name).absolute()


def _wait(root: Path, name: str, seconds: float) -> Workspace:
    until = time.monotonic() + seconds
    while True:
        try:
            return _opened(root, name)
        except Refused as error:
            if error.code != "workspace_busy" or time.monotonic() > until:
                raise
        time.sleep(STEP)


def _opened(root: Path, name: str) -> Workspace:
    """The workspace, opened now or before; Refused("workspace_busy") while another process has its file."""
    folder = _folder(root, name)
    with _lock:
        if folder not in _open:
            try:
                workspace = Workspace(root, name)
            except duckdb.IOException as error:
                if "lock" in str(error):
                    raise Refused("workspace_busy", name=name) from error
                raise Refused("workspace_unreadable", name=name, why=str(error).splitlines()[0]) from error
            _open[folder] = _Open(workspace, Door(folder))
        door_check(_open[folder].workspace, "rater")
        return _open[folder].workspace


def close_workspace(root: Path, name: str) -> None:
    """Closes the workspace in this process, if it is open here, after the commands it runs for other processes."""
    _stop_serving(root, name)
    with _lock:
        _close(_folder(root, check_name(name)))


def _stop_serving(root: Path, name: str) -> None:
    """Not under the lock: the commands being served may need it to finish."""
    found = _open.get(_folder(root, check_name(name)))
    if found:
        found.door.close()


def _close(folder: Path, role: str = "rater") -> None:
    found = _open.get(folder)
    if found:
        door_check(found.workspace, role)
        del _open[folder]
        found.workspace.close()


def close_all() -> None:
    """Closes everything this process has open."""
    for folder in list(_open):
        close_workspace(folder.parent, folder.name)


atexit.register(close_all)


def rename(root: Path, name: str, new: str) -> None:
    """Gives the workspace another name. Sessions that have it open must open it anew."""
    name, new = check_name(name), check_name(new)
    _stop_serving(root, name)
    with _lock:
        if not (root / name / DATABASE).exists():
            raise missing(root, name)
        if (root / new).exists():
            raise Refused("workspace_exists", name=new)
        _close(_folder(root, name), "owner")
        (root / name).rename(root / new)


def delete(root: Path, name: str) -> None:
    """Removes the workspace with all its data and originals."""
    name = check_name(name)
    _stop_serving(root, name)
    with _lock:
        if not (root / name / DATABASE).exists():
            raise missing(root, name)
        _close(_folder(root, name), "owner")
        shutil.rmtree(root / name)

"""Uploaded bytes on their way in: held as a file in the workspace until they are loaded or given up."""

from __future__ import annotations

import contextlib
import re
import shlex
import uuid
from pathlib import Path
from typing import Any

from kpi.errors import Refused

MEGABYTE = 1 << 20
NAME = re.compile(r"[^\w.\- ()\[\]]+")


def hold(workspace: Any, name: str, data: bytes | memoryview, limit_mb: float | None = None) -> Path:
    """The uploaded file as a path under the workspace's spool, its name kept as far as a folder can take it.

    Refused("upload_too_big") above `limit_mb`: the message names the command line, which has no limit.
    """
    size = len(data) / MEGABYTE
    if limit_mb is not None and size > limit_mb:
        command = f"python -m kpi import {shlex.quote(workspace.name)} {shlex.quote(name)}"
        raise Refused("upload_too_big", file=name, size=round(size, 1), limit=limit_mb, command=command)
    path = place(workspace, name)
    path.write_bytes(data)
    return path


def place(workspace: Any, name: str) -> Path:
    """Where a file of that name can be written for a while: a folder of its own in the workspace's spool."""
    folder = workspace.spool / f"upload-{uuid.uuid4().hex[:12]}"
    folder.mkdir(mode=0o700)
    return folder / (NAME.sub("_", Path(name).name).strip(" .")[-120:] or "upload")


def drop(path: Path) -> None:
    """Forgets an upload; nothing happens where it is gone already."""
    if path.parent.name.startswith("upload-"):
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            path.parent.rmdir()

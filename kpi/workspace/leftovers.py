"""What a process that was killed left in a workspace's folder: half an original, uploads, spilled memory."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from kpi.workspace.storage import Cursor


def sweep(cur: Cursor, originals: Path, spool: Path) -> None:
    """Removes what no import refers to. Only for the process that has just opened the database: nobody else uses it."""
    named = {name for (name,) in cur.execute("SELECT DISTINCT stored_as FROM state.imports").fetchall() if name}
    kept = named | {name.removesuffix(".gz") for name in named}
    for each in originals.iterdir():
        if each.name not in kept:
            _remove(each)
    for each in spool.iterdir():
        _remove(each)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()

"""The files as they were uploaded, kept in the workspace: copied before the load, compressed after it."""

from __future__ import annotations

import contextlib
import gzip
import shutil
import threading
from pathlib import Path
from typing import Any

AT_ONCE = 32 << 20  # bytes above which a copy is compressed in the background


def name(sha256: str, path: Path) -> str:
    """What the original of these bytes is called in the folder of originals."""
    suffix = path.suffix.lower()
    safe = suffix if suffix[1:].isalnum() and suffix.isascii() and len(suffix) < 10 else ""
    return f"{sha256[:20]}{safe}.gz"


def copy(workspace: Any, path: Path, stored: str) -> None:
    """Copies the file, uncompressed for now; nothing where it lies there already."""
    target = workspace.originals / stored
    plain = workspace.originals / stored.removesuffix(".gz")
    if not target.exists() and not plain.exists():
        part = plain.with_name(f"{plain.name}.part")
        shutil.copyfile(path, part)
        part.rename(plain)


class Copying:
    """The copy of a file that is being loaded, made beside the load; taken back where that fails.

    A file in the workspace's spool is linked, not copied: nobody else writes there.
    """

    def __init__(self, workspace: Any, path: Path, stored: str) -> None:
        target = workspace.originals / stored
        self._plain = workspace.originals / stored.removesuffix(".gz")
        self._workspace, self._path, self._stored = workspace, path, stored
        self._linked = path.resolve().is_relative_to(workspace.spool.resolve())
        self._error: OSError | None = None
        self._thread: threading.Thread | None = None
        if not target.exists() and not self._plain.exists():
            self._thread = threading.Thread(target=self._copy)
            self._thread.start()

    def _copy(self) -> None:
        try:
            if self._linked:
                with contextlib.suppress(OSError):
                    self._plain.hardlink_to(self._path)
                    return
            copy(self._workspace, self._path, self._stored)
        except OSError as error:
            self._error = error

    def finish(self) -> None:
        """Waits for the copy. Raises OSError where it could not be made."""
        if self._thread:
            self._thread.join()
        if self._error:
            raise self._error

    def undo(self) -> None:
        """Removes what was made."""
        if self._thread:
            self._thread.join()
            self._plain.unlink(missing_ok=True)
            self._plain.with_name(f"{self._plain.name}.part").unlink(missing_ok=True)


def compress(workspace: Any, stored: str) -> None:
    """Replaces the copy by its compressed form; of a large file in the background, so that nobody waits for it."""
    plain = workspace.originals / stored.removesuffix(".gz")
    if not plain.exists():
        return
    if plain.stat().st_size > AT_ONCE:
        threading.Thread(target=_compress_quietly, args=(plain, stored)).start()
    else:
        _compress(plain, stored)


def _compress(plain: Path, stored: str) -> None:
    part = plain.with_name(f"{stored}.part")
    with plain.open("rb") as source, gzip.open(part, "wb", compresslevel=3) as target:
        shutil.copyfileobj(source, target, 1 << 20)
    part.rename(plain.with_name(stored))
    plain.unlink()


def _compress_quietly(plain: Path, stored: str) -> None:
    """Where the workspace is renamed or deleted meanwhile, the copy stays as it is or goes with it."""
    with contextlib.suppress(OSError):
        _compress(plain, stored)


def open_original(workspace: Any, stored: str) -> Any:
    """The original's bytes as a binary file, whether compressed yet or not. FileNotFoundError where it is gone."""
    target = workspace.originals / stored
    if target.exists():
        return gzip.open(target, "rb")
    return (workspace.originals / stored.removesuffix(".gz")).open("rb")

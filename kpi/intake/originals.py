"""The files as they were uploaded, kept in the workspace: copied before the load, compressed after it."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path
from typing import Any


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


def compress(workspace: Any, stored: str) -> None:
    """Replaces the copy by its compressed form."""
    plain = workspace.originals / stored.removesuffix(".gz")
    if not plain.exists():
        return
    part = plain.with_name(f"{stored}.part")
    with plain.open("rb") as source, gzip.open(part, "wb", compresslevel=3) as target:
        shutil.copyfileobj(source, target, 1 << 20)
    part.rename(workspace.originals / stored)
    plain.unlink()


def open_original(workspace: Any, stored: str) -> Any:
    """The original's bytes as a binary file, whether compressed yet or not. FileNotFoundError where it is gone."""
    target = workspace.originals / stored
    if target.exists():
        return gzip.open(target, "rb")
    return (workspace.originals / stored.removesuffix(".gz")).open("rb")

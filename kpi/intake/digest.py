"""The SHA-256 of a file; of a large one computed while it is read."""

from __future__ import annotations

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

LARGE = 8 << 20  # bytes above which it is worth a thread
_pool = ThreadPoolExecutor(2)
_begun: dict[Path, Future[str]] = {}


def of(path: Path) -> str:
    """The SHA-256 of a file's bytes, as begun or from now."""
    future = _begun.pop(path, None)
    return future.result() if future else _digest(path)


def begin(path: Path) -> None:
    """Begins with it in the background, if that is worth while."""
    if path.is_file() and path.stat().st_size > LARGE:
        _begun[path] = _pool.submit(_digest, path)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

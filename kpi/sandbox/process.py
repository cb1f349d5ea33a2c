"""The side of the app: starts the child, waits, and reads what it found."""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
LISTED, SAID = "list.json", "said.txt"
POLL = 0.1  # seconds between two looks at the child
REFUSED = 3  # exit status: the file is understood and refused, the list says why
MEMORY = 4  # exit status: out of memory, or of room to write
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """Megabytes of address space and of files written, seconds."""

    memory_mb: int = 3072
    seconds: int = 120
    written_mb: int = 8192


@dataclass(frozen=True)
class Part:
    """One table, or one file of an archive, that the child found.

    name: of the sheet, the table, the file; None where the file holds one thing only. file: where it lies in the folder.
    headers: names of the columns, None where the file is a grid whose header is still to be found. hidden: not read
    unless asked for. merged: (top, left, bottom, right) of merged ranges near the top of a sheet, counted from 0.
    notes: (code, params) to be told. broken: (line, text, code) of lines that are no rows.
    error: (code, params) where this part cannot be read.
    """

    name: str | None = None
    file: str = ""
    width: int = 0
    headers: tuple[str, ...] | None = None
    hidden: bool = False
    merged: tuple[tuple[int, int, int, int], ...] = ()
    notes: tuple[tuple[str, dict], ...] = ()
    broken: tuple[tuple[int, str, str], ...] = ()
    error: tuple[str, dict] | None = None


class Stopped(Exception):
    """The parser refused the file: code and params of the message. code "": it broke down without a word."""

    def __init__(self, code: str = "", params: dict | None = None) -> None:
        self.code, self.params = code, params or {}
        super().__init__(code)


class TooBig(Exception):
    """The file takes more memory or time than a file may."""


@dataclass(frozen=True)
class Answer:
    """What the child writes into its list."""

    parts: tuple[Part, ...] = ()
    error: tuple[str, dict] | None = None
    more: dict = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """The list as a JSON file of `folder`."""
        (folder / LISTED).write_text(json.dumps(asdict(self)), encoding="utf-8")


def run(
    kind: str,
    path: Path,
    folder: Path,
    limits: Limits | None = None,
    check: Callable[[], object] | None = None,
    **settings: object,
) -> list[Part]:
    """Parses `path` as `kind` (workbook, sqlite, json, parquet, zip) into `folder`; settings are those of the kind.

    check: called again and again while the child works; where it raises, the child is ended.
    Raises Stopped where the parser refuses the file or breaks down, TooBig where it goes beyond the limits.
    """
    limits = limits or Limits()
    told = json.dumps({"limits": asdict(limits), **settings})
    command = [sys.executable, "-m", "kpi.sandbox", kind, str(path.absolute()), str(folder), told]
    with (folder / SAID).open("w+b") as said:
        status = _wait(subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said), limits.seconds, check)
        said.seek(0)
        words = said.read(1 << 20)
    if status in (MEMORY, -signal.SIGKILL, -signal.SIGXCPU) or _allocation(status, words):
        raise TooBig
    if status not in (0, REFUSED):
        log.warning("parsing as %s ended with %s: %s", kind, status, words[:400].decode(errors="replace"))
        raise Stopped
    answer = json.loads((folder / LISTED).read_text(encoding="utf-8"))
    if answer["error"]:
        raise Stopped(*answer["error"])
    return [_part(each) for each in answer["parts"]]


def _wait(child: subprocess.Popen, seconds: float, check: Callable[[], object] | None) -> int:
    """The exit status of the child; it never outlives this call. TooBig after `seconds`."""
    until = time.monotonic() + seconds
    try:
        while time.monotonic() < until:
            try:
                return child.wait(POLL)
            except subprocess.TimeoutExpired:
                if check:
                    check()
        raise TooBig
    finally:
        if child.returncode is None:
            child.kill()
            child.wait()


def _allocation(status: int, said: bytes) -> bool:
    """Whether the child was aborted because its libraries got no more memory."""
    return status == -signal.SIGABRT and (b"allocation" in said or b"bad_alloc" in said or b"capacity overflow" in said)


def _part(plain: dict) -> Part:
    return Part(
        plain["name"],
        plain["file"],
        plain["width"],
        None if plain["headers"] is None else tuple(plain["headers"]),
        plain["hidden"],
        tuple((top, left, bottom, right) for top, left, bottom, right in plain["merged"]),
        tuple((code, params) for code, params in plain["notes"]),
        tuple((line, text, code) for line, text, code in plain["broken"]),
        None if plain["error"] is None else (plain["error"][0], plain["error"][1]),
    )

"""A file is read as parts: each a table, or something that cannot be read, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kpi.errors import Refused
from kpi.intake.options import Options
from kpi.intake.raw import Format, Raw


@dataclass(frozen=True)
class Unread:
    """A part of a file that cannot be read. name: its sheet, its table, its path in the archive; None for the file."""

    name: str | None
    error: Refused


Parts = tuple[list[Raw], list[Unread]]
Read = Callable[[Path, Options, Format | None], Sequence[Raw | Unread]]


def within(part: Raw | Unread, outer: str, kind: str, file: str) -> Raw | Unread:
    """The same part as one of the file that it lay in. outer: its path there, "" where a packed file holds one only.
    kind: of the packing. file: what messages call it."""
    name = part.format.sheet if isinstance(part, Raw) else part.name
    path = "/".join(filter(None, (outer, name))) or None
    if isinstance(part, Raw):
        chain = "/".join(filter(None, (kind, part.format.within)))
        part.format = replace(part.format, sheet=path, within=chain)
        return part.settle()  # the file it was read from is temporary
    return Unread(path, renamed(part.error, file))


def renamed(error: Refused, file: str) -> Refused:
    """The same refusal of a file under the name that its user knows."""
    return Refused(error.code, **{**error.params, "file": file})

"""Packed files: gzip, bzip2 and xz hold one file each, zip any number. What they hold is read by the other readers."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kpi.errors import Refused
from kpi.intake import job
from kpi.intake.readers import foreign, limits

CHUNK = 1 << 20
XZ_MEMORY = 256 << 20  # the dictionary that a packed file may ask for


@dataclass
class Room:
    """What may still be unpacked of one uploaded file, archives inside archives together."""

    mb: int
    levels: int

    @classmethod
    def all(cls) -> Room:
        """As much as definitions/intake/limits.toml allows."""
        return cls(limits.unpacked()["mb"], limits.unpacked()["levels"])

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """One level down; whoever goes beyond the room in there leaves none for the files beside it."""
        self.levels -= 1
        try:
            yield
        except Refused as error:
            if error.code in ("archive_too_big", "file_too_big"):
                self.mb = 0
            raise
        finally:
            self.levels += 1


@dataclass(frozen=True)
class Inside:
    """One file out of an archive. name: its path there, "" where the packing holds only one; error: why it is not
    to be had."""

    name: str
    path: Path | None = None
    error: Refused | None = None


def single(path: Path, folder: Path, wanted: str | None, room: Room) -> list[Inside]:
    """The file in a gzip, bzip2 or xz file. Raises archive_too_big, archive_unreadable."""
    allowed = limits.unpacked()
    most = min(room.mb << 20, max(path.stat().st_size * allowed["ratio"], allowed["ratio_from_mb"] << 20))
    target = folder / _inner_name(path)
    done = 0
    try:
        with _open(path)() as source, target.open("wb") as copy:
            while chunk := source.read(CHUNK):
                job.check()
                done += len(chunk)
                if done > most:
                    raise Refused("archive_too_big", file=path.name, mb=most >> 20)
                copy.write(chunk)
    except (OSError, EOFError, zlib.error, lzma.LZMAError, MemoryError) as error:
        raise Refused("archive_unreadable", file=path.name) from error
    room.mb -= done >> 20
    return [Inside("", target)]


def archive(path: Path, folder: Path, wanted: str | None, room: Room) -> list[Inside]:
    """The files of a zip archive, unpacked by the parser's process."""
    allowed = {name: n for name, n in limits.unpacked().items() if name in ("ratio", "ratio_from_mb", "files")}
    parts = foreign.parse(
        "zip", path, folder, "archive_unreadable", "file_too_big", wanted=wanted, mb=room.mb, **allowed
    )
    found = []
    for part in parts:
        if part.error:
            found.append(Inside(part.name or "", error=foreign.refusal(part, f"{path.name}/{part.name}")))
        else:
            found.append(Inside(part.name or "", folder / part.file))
    room.mb -= sum(each.path.stat().st_size for each in found if each.path) >> 20
    return found


def _open(path: Path) -> Callable[[], Any]:
    with path.open("rb") as file:
        head = file.read(6)
    if head.startswith(b"\x1f\x8b"):
        return lambda: gzip.open(path, "rb")
    if head.startswith(b"BZh"):
        return lambda: bz2.open(path, "rb")
    return lambda: _Xz(path)


def _inner_name(path: Path) -> str:
    """orders.csv.gz holds orders.csv, a name without such an end itself."""
    suffix = path.suffix.lower()
    if suffix in (".gz", ".bz2", ".xz"):
        return path.name[: -len(suffix)] or "file"
    return path.name


class _Xz:
    """An xz file whose dictionary is limited: the reader of the standard library would give it any memory."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("rb")
        self.decoder = lzma.LZMADecompressor(memlimit=XZ_MEMORY)

    def __enter__(self) -> _Xz:
        return self

    def __exit__(self, *error: object) -> None:
        self.file.close()

    def read(self, n: int) -> bytes:
        """Up to n bytes, none at the end."""
        while not self.decoder.eof:
            chunk = self.file.read(CHUNK) if self.decoder.needs_input else b""
            if not chunk and self.decoder.needs_input:
                raise EOFError
            if found := self.decoder.decompress(chunk, n):
                return found
        return b""

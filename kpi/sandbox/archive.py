"""Zip archives: every file inside copied out under a safe name, never beyond a limit, never along a path from inside."""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from kpi.sandbox.process import Part, Stopped

CHUNK = 1 << 20
LITTER = re.compile(r"(^|/)(__MACOSX(/|$)|\.(?!\.)|~\$|Thumbs\.db$|desktop\.ini$)", re.I)
UNSAFE = re.compile(r"[^\w.\- ()\[\]]+")
ENCRYPTED, UTF8 = 0x1, 0x800


def read(
    path: Path, folder: Path, wanted: str | None, mb: int, ratio: int, ratio_from_mb: int, files: int
) -> list[Part]:
    """The files of the archive in their order there, each copied to folder/<number>/<name>; only `wanted`, or what it
    lies in, where that is named. mb, ratio, ratio_from_mb, files: as in limits.toml."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = _named(archive)
            if len(members) > files:
                raise Stopped("archive_many", {"n": len(members), "most": files})
            if wanted is not None:
                exact = {n: m for n, m in members.items() if f"{wanted}/".startswith(f"{n}/")}
                members = exact or {n: m for n, m in members.items() if wanted_in(wanted, n)} or members
            budget = _Budget(mb << 20, path.stat().st_size * ratio, ratio_from_mb << 20)
            return [
                _part(archive, name, member, folder / str(i), budget)
                for i, (name, member) in enumerate(members.items())
            ]
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, UnicodeDecodeError, ValueError) as error:
        raise Stopped("archive_unreadable") from error


def wanted_in(wanted: str, name: str) -> bool:
    """Whether what a person calls `wanted` is the file `name` or lies in it: by its path, or its last part alone."""
    last = PurePosixPath(name).name
    return any(wanted == each or wanted.startswith(f"{each}/") for each in (name, last, PurePosixPath(last).stem))


def _named(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files by their path in the archive; folders and what systems leave behind are no files."""
    found: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        name = _name(member)
        if member.is_dir() or name.endswith("/") or LITTER.search(name):
            continue
        number, unique = 2, name
        while unique in found:
            unique, number = f"{name} ({number})", number + 1
        found[unique] = member
    return found


def _name(member: zipfile.ZipInfo) -> str:
    """The name as it was meant: old archivers wrote it in the code page of their system, not in the one of the format."""
    name = member.filename
    if not member.flag_bits & UTF8 and not name.isascii():
        raw = name.encode("cp437", errors="replace")
        for encoding in ("utf-8", "cp866"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")


class _Budget:
    """Bytes that may still be unpacked."""

    def __init__(self, most: int, by_ratio: int, ratio_from: int) -> None:
        self.most, self.done = min(most, max(by_ratio, ratio_from)), 0
        self.params = {"mb": self.most >> 20}

    def take(self, n: int) -> None:
        self.done += n
        if self.done > self.most:
            raise Stopped("archive_too_big", self.params)


def _part(archive: zipfile.ZipFile, name: str, member: zipfile.ZipInfo, folder: Path, budget: _Budget) -> Part:
    parts = PurePosixPath(name).parts
    if (
        name.startswith("/")
        or ".." in parts
        or re.match(r"^[A-Za-z]:", name)
        or stat.S_ISLNK(member.external_attr >> 16)
    ):
        return Part(name, error=("archive_path", {"name": name}))
    if member.flag_bits & ENCRYPTED:
        return Part(name, error=("file_locked", {}))
    if budget.done + member.file_size > budget.most:
        raise Stopped("archive_too_big", budget.params)
    target = folder / (UNSAFE.sub("_", parts[-1]).strip(" .")[-120:] or "file")
    folder.mkdir()
    try:
        with archive.open(member) as source, target.open("wb") as copy:
            while chunk := source.read(CHUNK):
                budget.take(len(chunk))
                copy.write(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        return Part(name, error=("archive_member", {"name": name}))
    return Part(name, f"{folder.name}/{target.name}")

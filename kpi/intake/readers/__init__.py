"""Bytes → tables of text. A new format is one function and one line in READERS."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kpi.errors import Refused
from kpi.intake.options import Options
from kpi.intake.raw import Format, Raw
from kpi.intake.readers import csv_file, json_file, packed, parquet, sheet, sqlite, unpacked
from kpi.intake.readers.kinds import OLE, of_zip
from kpi.intake.readers.packed import Room
from kpi.intake.readers.parts import Parts, Read, Unread
from kpi.intake.readers.unpacked import Packing, Unpack
from kpi.workspace.names import DATABASE


@dataclass(frozen=True)
class Reader:
    """kind: the name in Format; suffixes it is chosen by; magic: what its files begin with.

    read: makes tables of a file. unpack, for a packing: brings out the files in it, several where it is a zip.
    damaged: code of the refusal of a file of that suffix with binary content of no known kind.
    """

    kind: str
    suffixes: tuple[str, ...]
    magic: tuple[bytes, ...]
    read: Read | None = None
    unpack: Unpack | None = None
    damaged: str = "archive_unreadable"


ZIP = (b"PK\x03\x04", b"PK\x05\x06")
PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0")
READERS = (
    Reader("sheet", (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"), (OLE,), sheet.read, damaged="sheet_unreadable"),
    Reader("parquet", (".parquet", ".pq", ".parq"), (b"PAR1",), parquet.read, damaged="parquet_unreadable"),
    Reader("sqlite", (".sqlite", ".sqlite3", ".db"), (b"SQLite format 3\0",), sqlite.read, damaged="sqlite_unreadable"),
    Reader("json", (".json", ".jsonl", ".ndjson"), (), json_file.read),
    Reader("csv", (".csv", ".tsv", ".txt", ".tab"), (), csv_file.read),
    Reader("zip", (".zip",), ZIP, unpack=packed.archive),
    Reader("gzip", (".gz", ".bz2", ".xz"), PACKED, unpack=packed.single),
)
SUFFIXES = tuple(suffix for reader in READERS for suffix in reader.suffixes)


def read(path: Path, options: Options, format: Format | None = None) -> list[Raw]:
    """The tables of a file, one per sheet. What the file is, its first bytes say, whatever its name pretends.

    Raises Refused where there is none: file_missing, file_empty, file_no_rows, not_a_table, file_binary, file_locked,
    sheet_too_big, archive_too_big …
    """
    found, unread = read_each(path, options, format)
    if not found:
        raise unread[0].error if unread else Refused("file_no_rows", file=path.name)
    return found


def read_each(path: Path, options: Options, format: Format | None = None, room: Room | None = None) -> Parts:
    """The tables of a file and the parts of it that cannot be read; Refused where there is nothing else.

    room: what may still be unpacked, for a file that lay in an archive itself.
    """
    if not path.is_file():
        raise Refused("file_missing", file=str(path))
    kind = (format.within or format.kind).partition("/")[0] if format else kind_of(path)
    reader = next(each for each in READERS if each.kind == kind)
    if reader.unpack:
        named = path.suffix.lower() in reader.suffixes
        packing = Packing(kind, reader.unpack, kind == "zip", named, frozenset(SUFFIXES) - {".txt"})
        return unpacked.read(path, packing, options, format, room or Room.all(), read_each)
    parts = reader.read(path, options, format) if reader.read else ()
    return [each for each in parts if isinstance(each, Raw)], [each for each in parts if isinstance(each, Unread)]


def kind_of(path: Path) -> str:
    """The reader of a file, by its first bytes and, where these are text, by its suffix."""
    with path.open("rb") as file:
        head = file.read(4096)
    suffix = path.suffix.lower()
    named = next((each for each in READERS if suffix in each.suffixes), None)
    if head.startswith(ZIP):
        return of_zip(path, named.kind if named else None)
    for reader in READERS:
        if reader.magic and head.startswith(reader.magic):
            return reader.kind
    if not head:
        raise Refused("file_empty", file=path.name)
    if named and named.magic and b"\0" in head:
        raise Refused(named.damaged, file=path.name)
    is_json = named is not None and named.kind == "json"
    if (is_json or suffix not in (".csv", ".tsv", ".tab")) and json_file.begins(head, is_json):
        return "json"
    return "csv"


def files(paths: Iterable[Path]) -> list[Path]:
    """The same with every folder replaced by the files of known formats in it, in the order of their names.

    Hidden files and links are none of them. Refused("folder_without_files") where none is left, and
    Refused("folder_of_workspaces") for a folder in which workspaces lie: their own files are no export.
    """
    found = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        if next(path.rglob(DATABASE), None):
            raise Refused("folder_of_workspaces", file=str(path))
        held = [each for each in sorted(path.rglob("*")) if _is_shown(each, path)]
        if not held:
            raise Refused("folder_without_files", file=str(path))
        found += held
    return found


def _is_shown(file: Path, folder: Path) -> bool:
    inside = file.relative_to(folder)
    if any(part.startswith((".", "__MACOSX")) for part in inside.parts) or file.suffix.lower() not in SUFFIXES:
        return False
    return file.is_file() and not file.is_symlink()


__all__ = ["READERS", "SUFFIXES", "Parts", "Reader", "Unread", "files", "kind_of", "read", "read_each"]

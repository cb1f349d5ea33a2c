"""Bytes → table of text. A new format is one function and one line in READERS."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kpi.errors import Refused
from kpi.intake.options import Options
from kpi.intake.raw import Format, Raw
from kpi.intake.readers import csv_file, parquet, sheet

Read = Callable[[Path, Options, Format | None], list[Raw]]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # xls, and any other old Office file


@dataclass(frozen=True)
class Reader:
    """kind: the name in Format; suffixes it is chosen by; magic: what its files begin with."""

    kind: str
    suffixes: tuple[str, ...]
    magic: tuple[bytes, ...]
    read: Read


READERS = (
    Reader("sheet", (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"), (b"PK\x03\x04", OLE), sheet.read),
    Reader("parquet", (".parquet", ".pq"), (b"PAR1",), parquet.read),
    Reader("csv", (".csv", ".tsv", ".txt", ".tab"), (), csv_file.read),
)
SUFFIXES = tuple(suffix for reader in READERS for suffix in reader.suffixes)


def read(path: Path, options: Options, format: Format | None = None) -> list[Raw]:
    """The tables of a file, one per sheet. What the file is, its first bytes say, whatever its name pretends.

    Raises Refused: file_missing, file_empty, file_no_rows, not_a_table, file_binary, file_is_other, sheet_too_big …
    """
    if not path.is_file():
        raise Refused("file_missing", file=str(path))
    kind = format.kind if format else _kind(path)
    return next(each for each in READERS if each.kind == kind).read(path, options, format)


def _kind(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(8)
    for reader in READERS:
        if reader.magic and head.startswith(reader.magic):
            if head.startswith(b"PK") and not _is_workbook(path):
                raise Refused("file_binary", file=path.name)
            return reader.kind
    named = next((each for each in READERS if path.suffix.lower() in each.suffixes), None)
    if named and named.magic and head:
        return _pretender(path, named)
    return "csv"


def _pretender(path: Path, named: Reader) -> str:
    """A file with the suffix of a workbook and the content of something else: text is read as text."""
    if b"\0" in path.read_bytes()[:4096]:
        raise Refused("sheet_unreadable" if named.kind == "sheet" else "parquet_unreadable", file=path.name)
    return "csv"


def _is_workbook(path: Path) -> bool:
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    return any(name.startswith("xl/") or name == "content.xml" for name in names)


__all__ = ["READERS", "SUFFIXES", "Read", "Reader", "read"]

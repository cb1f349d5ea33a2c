"""Files of the formats that tests of the import read: written as programs write them, and as attackers do."""

from __future__ import annotations

import json
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from kpi.intake import readers
from kpi.intake.names import identifier
from kpi.intake.options import Options
from kpi.intake.raw import Raw
from tests.support import SHARED

MESSY = SHARED / "data" / "messy"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
MIME = "application/vnd.oasis.opendocument.spreadsheet"


def tables(path: Path, **given: Any) -> dict[str | None, tuple[tuple[str, ...], list[tuple]]]:
    """Sheet → (headers, [(line, cells …)]) of every table of a file."""
    found = {}
    for raw in readers.read(path, Options(**given)):
        found[raw.format.sheet] = (raw.headers, lines(raw))
        raw.close()
    return found


def table(path: Path, **given: Any) -> tuple[tuple[str, ...], list[tuple]]:
    """(headers, [(line, cells …)]) of a file with one table."""
    ((_, only),) = tables(path, **given).items()
    return only


def lines(raw: Raw) -> list[tuple]:
    """The rows of a Raw, each with its line."""
    columns = ", ".join(f"c{i}" for i in range(len(raw.headers)))
    return raw.query(f"SELECT {raw.line}, {columns} FROM raw ORDER BY 1")


def notes(path: Path, **given: Any) -> dict[str, dict]:
    """code → params of what is told of all tables of a file."""
    found = {}
    for raw in readers.read(path, Options(**given)):
        found |= {each.code: dict(each.params) for each in raw.notes}
        raw.close()
    return found


def zipped(path: Path, files: Mapping[str, bytes | str]) -> Path:
    """A zip archive of the files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def database(path: Path, tables: Mapping[str, tuple[Sequence[str], Iterable[Sequence[object]]]]) -> Path:
    """A SQLite file; columns as in CREATE TABLE, a table is named as it is."""
    with sqlite3.connect(path) as con:
        for name, (columns, rows) in tables.items():
            con.execute(f"CREATE TABLE {identifier(name)} ({', '.join(columns)})")
            con.executemany(f"INSERT INTO {identifier(name)} VALUES ({', '.join('?' * len(columns))})", rows)
    con.close()
    return path


def written(path: Path, value: object) -> Path:
    """A JSON file."""
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


def ods(path: Path, sheets: Mapping[str, Sequence[Sequence[str]]]) -> Path:
    """An OpenDocument spreadsheet; a cell is its own attributes and content: see `ods_cell`."""
    listed = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(f"<table:table-row>{''.join(row)}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    spaces = " ".join(f'xmlns:{name}="{OFFICE}{name}:1.0"' for name in ("office", "table", "text"))
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.3">'
        f"<office:body><office:spreadsheet>{listed}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    files = {"mimetype": MIME, "content.xml": content, "META-INF/manifest.xml": manifest}
    return zipped(path, files)


def ods_cell(value: object, kind: str = "string") -> str:
    """One cell: kind string, float, percentage, boolean, date or time."""
    name = {"date": "date-value", "time": "time-value", "boolean": "boolean-value"}.get(kind, "value")
    given = "" if kind == "string" else f' office:{name}="{value}"'
    return (
        f'<table:table-cell office:value-type="{kind}"{given}><text:p>{escape(str(value))}</text:p></table:table-cell>'
    )


def gzip_of_zeros(path: Path, megabytes: int) -> Path:
    """A gzip bomb: zeros, a thousand times smaller than what they unpack to."""
    block = bytes(1 << 20)
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    with path.open("wb") as file:
        file.writelines(packer.compress(block) for _ in range(megabytes))
        file.write(packer.flush())
    return path


def lying_zip(path: Path, said: int) -> Path:
    """A zip whose directory says that its only file has `said` bytes, whatever it holds."""
    zipped(path, {"a.csv": "id,name\n" + "1,A\n" * 1000})
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", said)
    path.write_bytes(data)
    return path


def corpus(archive: str, member: str, folder: Path) -> Path:
    """One file of the corpora beside the checkout; the test is skipped where they are absent."""
    import tarfile

    source = MESSY / archive
    if not source.exists():
        pytest.skip("the corpora are not beside the checkout")
    with tarfile.open(source) as tar:
        data = tar.extractfile(member)
        assert data is not None
        target = folder / Path(member).name
        target.write_bytes(data.read())
    return target

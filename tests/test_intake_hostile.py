"""Hostile files: each a clear refusal, the app unharmed, nothing left behind."""

from __future__ import annotations

import gzip
import json
import sqlite3
import stat
import tempfile
import threading
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from kpi import sandbox
from kpi.errors import Refused
from kpi.intake import job, readers
from kpi.intake.options import Options
from kpi.intake.readers import limits
from kpi.sandbox import Limits
from tests.foreign_files import corpus, database, gzip_of_zeros, lying_zip, tables, zipped

CSV = b"id,name\n1,A\n2,B\n"


@pytest.fixture(autouse=True)
def nothing_is_left(tmp_path, monkeypatch):
    """Temporary files go to a folder of the test, which must be empty afterwards."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    kept = [each.name for each in folder.iterdir() if not each.name.startswith("kpi-intake-")]  # scratch of open Raws
    assert kept == []


@pytest.fixture
def small(monkeypatch):
    """Limits that a test can reach."""
    monkeypatch.setitem(limits._all(), "unpacked", {"mb": 4, "ratio": 50, "ratio_from_mb": 2, "files": 5, "levels": 2})
    monkeypatch.setitem(limits._all(), "process", {"memory_mb": 700, "seconds": 60, "written_mb": 8})


def refused(path: Path, **given) -> str:
    with pytest.raises(Refused) as error:
        readers.read(path, Options(**given))
    assert path.name in str(error.value)
    return error.value.code


# Bombs


def test_gzip_bombs(tmp_path, small):
    assert refused(gzip_of_zeros(tmp_path / "ratio.csv.gz", 3)) == "archive_too_big"
    noise = bytes(i * 7919 % 251 for i in range(1 << 20))
    (tmp_path / "size.csv.gz").write_bytes(gzip.compress(noise * 5, 0))
    assert refused(tmp_path / "size.csv.gz") == "archive_too_big"


def test_zip_bombs(tmp_path, small):
    assert refused(zipped(tmp_path / "ratio.zip", {"a.csv": bytes(3 << 20)})) == "archive_too_big"
    many = {f"{i}.csv": bytes(1 << 20) for i in range(5)}
    assert refused(zipped(tmp_path / "together.zip", many)) == "archive_too_big"
    assert refused(zipped(tmp_path / "many.zip", {f"{i}.csv": CSV for i in range(6)})) == "archive_many"


def test_archives_in_archives(tmp_path, small):
    path = zipped(tmp_path / "a.zip", {"a.csv": CSV})
    two = zipped(tmp_path / "two.zip", {"a.zip": path.read_bytes()})
    assert list(tables(two)) == ["a.zip/a.csv"]
    assert refused(zipped(tmp_path / "three.zip", {"two.zip": two.read_bytes()})) == "archive_deep"
    bombs = {f"{i}.zip": zipped(tmp_path / "x.zip", {"a.csv": bytes(19 << 17)}).read_bytes() for i in range(3)}
    found, unread = [], []
    with pytest.raises(Refused) as error:  # what one archive unpacks counts for all archives in it
        found, unread = readers.read_each(zipped(tmp_path / "bombs.zip", bombs), Options())
        raise unread[-1].error
    assert error.value.code == "archive_too_big" and not found


def test_sizes_that_lie(tmp_path):
    for said in (5, 1 << 31):
        assert refused(lying_zip(tmp_path / f"{said}.zip", said)) in (
            "archive_member",
            "archive_too_big",
            "archive_unreadable",
        )


def test_a_workbook_that_unpacks_to_gigabytes(tmp_path, small):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(5 << 20))
    assert refused(path) == "sheet_too_big"


@pytest.mark.parametrize("name", ["OOM_alloc.xls", "OOM_alloc2.xls", "OOM_alloc3.xls"])
def test_memory_bombs_of_the_corpora(tmp_path, name):
    """They load or are refused; the process that reads them has a gigabyte, ours stays as it is."""
    path = corpus("xlsx_corpora.tar.xz", f"calamine_tests/{name}", tmp_path)
    before = _memory()
    try:
        assert tables(path)
    except Refused as error:
        assert error.code in ("sheet_unreadable", "sheet_too_big")
    assert _memory() - before < 200


def _memory() -> int:
    """Megabytes that this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 >> 20


# Paths, links, passwords


def test_names_that_lead_out_of_the_archive(tmp_path):
    files = {
        "../../evil.csv": CSV,
        "/etc/evil.csv": CSV,
        "C:\\evil.csv": CSV,
        "x/../../evil.csv": CSV,
        "good/a.csv": CSV,
    }
    (tmp_path / "deep").mkdir()
    path = zipped(tmp_path / "deep" / "a.zip", files)
    found, unread = readers.read_each(path, Options())
    assert [raw.format.sheet for raw in found] == ["good/a.csv"]
    assert [each.error.code for each in unread] == ["archive_path"] * 4
    assert not list(tmp_path.rglob("evil*")) and not Path("/etc/evil.csv").exists()


def test_links_in_archives(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("passwords.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert refused(path) == "archive_path"


def test_passwords(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a.csv": CSV})
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert refused(path) == "file_locked"
    for suffix in ("xlsx", "xlsb", "ods"):
        book = corpus("xlsx_corpora.tar.xz", f"calamine_tests/pass_protected.{suffix}", tmp_path)
        assert refused(book) == "file_locked"


# Broken and lying files


def test_archives_cut_short(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a.csv": CSV * 500, "b.csv": CSV * 500})
    data = path.read_bytes()
    path.write_bytes(data[:-30])
    assert refused(path) == "archive_unreadable"
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(CSV * 500)[:-20])
    assert refused(tmp_path / "a.csv.gz") == "archive_unreadable"
    (tmp_path / "b.csv.xz").write_bytes(b"\xfd7zXZ\0" + bytes(50))
    assert refused(tmp_path / "b.csv.xz") == "archive_unreadable"
    (tmp_path / "c.zip").write_bytes(b"\x01\x02\0\0" * 20)
    assert refused(tmp_path / "c.zip") == "archive_unreadable"


def test_one_damaged_file_in_an_archive(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.csv", CSV)
        archive.writestr("b.csv", CSV.replace(b"A", b"Z"))
    path.write_bytes(path.read_bytes().replace(b"1,Z", b"1,Y"))  # its checksum no longer fits
    found, unread = readers.read_each(path, Options())
    assert [raw.format.sheet for raw in found] == ["a.csv"]
    assert [(each.name, each.error.code) for each in unread] == [("b.csv", "archive_member")]


def test_json_nested_without_end(tmp_path):
    for text in ("[" * 200_000, '{"a":' * 200_000, '[{"a": ' + "[" * 100_000 + "]" * 100_000 + "}]"):
        path = tmp_path / "a.json"
        path.write_text(text, encoding="utf-8")
        assert refused(path) in ("json_deep", "json_unreadable", "json_broken")


def test_gigantic_json_is_stopped_and_a_long_list_of_records_is_not(tmp_path, small):
    record = {"id": 1, "text": "x" * 50}
    path = tmp_path / "whole.json"
    path.write_text('{"n": [' + "1.5," * 15_000_000 + "1]}", encoding="utf-8")
    assert refused(path) == "file_too_big"
    path = tmp_path / "list.json"
    path.write_text(json.dumps([record] * 40_000), "utf-8")
    ((_, (headers, rows)),) = tables(path).items()
    assert headers == ("id", "text") and len(rows) == 40_000


def test_numbers_of_ten_thousand_digits(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('[{"id": ' + "9" * 10_000 + "}]", encoding="utf-8")
    assert refused(path) == "json_unreadable"


def test_databases_with_broken_pages(tmp_path):
    rows = [(i, "x" * 300) for i in range(400)]
    path = database(tmp_path / "a.db", {"good": (["id", "a"], rows), "bad": (["id", "b"], rows)})
    with sqlite3.connect(path) as con:
        page, size = con.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'bad'").fetchone()[0], 4096
    con.close()
    data = bytearray(path.read_bytes())
    data[(page - 1) * size : page * size] = b"\xff" * size
    path.write_bytes(data)
    found, unread = readers.read_each(path, Options())
    assert [raw.format.sheet for raw in found] == ["good"] and found[0].rows == 400
    assert [(each.name, each.error.code) for each in unread] == [("bad", "sqlite_damaged")]
    path.write_bytes(data[:100] + b"\xff" * 4000)
    assert refused(path) == "sqlite_unreadable"


def test_a_view_that_never_ends(tmp_path, monkeypatch):
    monkeypatch.setitem(limits._all(), "process", {"memory_mb": 700, "seconds": 3, "written_mb": 8})
    path = database(tmp_path / "a.db", {"t": (["id", "x"], [(1, 2)])})
    with sqlite3.connect(path) as con:
        con.execute(
            "CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i, i AS j FROM n"
        )
    con.close()
    assert refused(path, sheet="endless") == "file_too_big"


def test_a_schema_that_lies(tmp_path):
    """A table whose definition was changed into something else is refused; nothing of it runs."""
    path = database(tmp_path / "a.db", {"t": (["id", "x"], [(1, 2)])})
    with sqlite3.connect(path) as con:
        con.execute("PRAGMA writable_schema = ON")
        con.execute("UPDATE sqlite_schema SET sql = 'CREATE TABLE t AS SELECT load_extension(1)' WHERE name = 't'")
    con.close()
    assert refused(path) == "sqlite_unreadable"


def test_parquet_that_lies(tmp_path):
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"id": list(range(5000)), "name": [f"n{i}" for i in range(5000)]}), path)
    good = path.read_bytes()
    path.write_bytes(good[:4] + b"\xff" * 3000 + good[3004:])
    assert refused(path) == "parquet_unreadable"
    path.write_bytes(good[:-8] + (1 << 30).to_bytes(4, "little") + b"PAR1")
    assert refused(path) == "parquet_unreadable"
    for at in range(len(good) - 300, len(good) - 8, 50):  # metadata with a wrong byte: a table, or a refusal
        path.write_bytes(good[:at] + bytes([good[at] ^ 0x55]) + good[at + 1 :])
        try:
            tables(path)
        except Refused as error:
            assert error.code in ("parquet_unreadable", "file_too_big", "file_no_rows", "file_binary")


# The process


def test_a_crash_of_the_parser_is_a_refusal(tmp_path, monkeypatch):
    monkeypatch.setitem(limits._all(), "process", {"memory_mb": 60, "seconds": 20, "written_mb": 8})
    path = database(tmp_path / "a.db", {"t": (["id", "x"], [(1, 2)])})
    assert refused(path) in ("file_too_big", "sqlite_unreadable")


def test_parsing_can_be_given_up(tmp_path):
    """The child that never ends is gone when the work is."""
    path = database(tmp_path / "a.db", {})
    with sqlite3.connect(path) as con:
        con.execute(
            "CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i, i AS j FROM n"
        )
    con.close()
    stop = threading.Event()
    threading.Timer(0.7, stop.set).start()
    with pytest.raises(Refused) as error, job.running("a.db", stop=stop):
        readers.read(path, Options())
    assert error.value.code == "import_stopped"


def test_the_child_cannot_write_more_than_it_may(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", bytes(6 << 20))
    out = tmp_path / "out"
    out.mkdir()
    given = {"wanted": None, "mb": 100, "ratio": 10**6, "ratio_from_mb": 1, "files": 9}
    with pytest.raises(sandbox.TooBig):
        sandbox.run("zip", path, out, Limits(700, 20, 2), **given)


def test_rubbish_under_every_suffix(tmp_path):
    noise = bytes((i * 37 + i // 7) % 256 for i in range(5000))
    for suffix in readers.SUFFIXES:
        (tmp_path / f"rubbish{suffix}").write_bytes(noise)
        assert refused(tmp_path / f"rubbish{suffix}") in (
            "file_binary", "sheet_unreadable", "parquet_unreadable", "sqlite_unreadable", "archive_unreadable"
        )  # fmt: skip


@pytest.mark.parametrize(
    "head", [b"PK\x03\x04", b"PAR1", b"SQLite format 3\0", b"\x1f\x8b", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]
)
def test_rubbish_that_begins_like_a_known_format(tmp_path, head):
    path = tmp_path / "rubbish.xlsx"
    path.write_bytes(head + bytes((i * 37 + i // 7) % 256 for i in range(5000)))
    assert refused(path).endswith(("_unreadable", "_binary"))


def test_a_letter_is_no_archive_of_tables(tmp_path):
    path = zipped(tmp_path / "letter.docx", {"word/document.xml": "<w/>", "[Content_Types].xml": "<Types/>"})
    assert refused(path) == "file_binary"

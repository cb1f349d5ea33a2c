"""Every format beside delimited text: packed files, JSON, JSON lines, SQLite, Parquet."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import sqlite3
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.errors import Refused
from kpi.intake import SUFFIXES, readers
from kpi.intake.options import Options
from kpi.intake.raw import Format
from kpi.intake.readers.title import title
from tests.foreign_files import database, notes, table, tables, written, zipped

CSV = b"id,name\n1,A\n2,B\n"
ROWS = [(2, "1", "A"), (3, "2", "B")]


def test_the_uploader_takes_every_format():
    assert {".csv", ".xlsx", ".ods", ".parquet", ".json", ".jsonl", ".sqlite", ".db", ".zip", ".gz"} <= set(SUFFIXES)


# Packed files


@pytest.mark.parametrize(
    ("name", "pack"),
    [("a.csv.gz", gzip.compress), ("a.csv.bz2", bz2.compress), ("a.csv.xz", lzma.compress), ("a.csv", gzip.compress)],
)
def test_a_packed_file_is_what_it_holds(tmp_path, name, pack):
    path = tmp_path / name
    path.write_bytes(pack(CSV))
    (raw,) = readers.read(path, Options())
    assert (raw.format.kind, raw.format.within, raw.format.sheet) == ("csv", "gzip", None)
    assert raw.query(f"SELECT {raw.line}, c0, c1 FROM raw ORDER BY 1") == ROWS
    assert title(raw.format, path) == "a"


def test_other_formats_may_be_packed_too(tmp_path):
    path = tmp_path / "a.json.gz"
    path.write_bytes(gzip.compress(b'[{"id": 1}, {"id": 2}]'))
    assert table(path) == (("id",), [(1, "1"), (2, "2")])


def test_each_file_of_a_zip_is_a_table(tmp_path):
    inside = {
        "crm/customers.csv": CSV,
        "crm/deals.csv": b"deal;sum\nD1;1,5\nD2;2,5\n",
        "crm/more/people.tsv": b"p\tq\n1\t2\n",
    }
    found = tables(zipped(tmp_path / "export.zip", inside))
    assert list(found) == ["crm/customers.csv", "crm/deals.csv", "crm/more/people.tsv"]
    assert found["crm/customers.csv"] == (("id", "name"), ROWS)
    assert found["crm/deals.csv"] == (("deal", "sum"), [(2, "D1", "1,5"), (3, "D2", "2,5")])


def test_a_part_of_a_zip_by_its_path_its_name_or_its_stem(tmp_path):
    path = zipped(tmp_path / "export.zip", {"crm/customers.csv": CSV, "crm/deals.csv": b"d,s\n1,2\n"})
    for name in ("crm/customers.csv", "customers.csv", "customers"):
        assert list(tables(path, sheet=name)) == ["crm/customers.csv"]
    assert len(tables(path, sheet="crm")) == 2
    with pytest.raises(Refused) as refused:
        readers.read(path, Options(sheet="orders"))
    assert refused.value.code == "sheet_unknown" and "crm/deals.csv" in str(refused.value)


def test_workbooks_and_databases_inside_a_zip(tmp_path):
    database(tmp_path / "crm.db", {"deals": (["id", "x"], [(1, 2)]), "people": (["id", "y"], [(3, 4)])})
    inside = {"a/crm.db": (tmp_path / "crm.db").read_bytes(), "b.csv.gz": gzip.compress(CSV)}
    path = zipped(tmp_path / "all.zip", inside)
    assert list(tables(path)) == ["a/crm.db/deals", "a/crm.db/people", "b.csv.gz"]
    assert list(tables(path, sheet="a/crm.db/people")) == ["a/crm.db/people"]
    assert list(tables(path, sheet="people")) == ["a/crm.db/people"]
    path = zipped(tmp_path / "nested.zip", {"all.zip": path.read_bytes()})
    raws = readers.read(path, Options())
    assert [(raw.format.sheet, raw.format.within) for raw in raws] == [
        ("all.zip/a/crm.db/deals", "zip/zip"),
        ("all.zip/a/crm.db/people", "zip/zip"),
        ("all.zip/b.csv.gz", "zip/zip/gzip"),
    ]
    for raw in raws:  # read again as a plan knows it: that part alone, and the same
        (again,) = readers.read(path, Options(), raw.format)
        assert again.format == raw.format and again.headers == raw.headers
        assert again.query("SELECT * FROM raw") == raw.query("SELECT * FROM raw")


def test_what_systems_leave_in_archives_is_no_file(tmp_path):
    litter = {
        "__MACOSX/._a.csv": b"\0\5\26\7",
        ".DS_Store": b"\0\0\0\1Bud1",
        "x/~$deals.xlsx": b"no",
        "x/Thumbs.db": b"\xd0",
    }
    assert list(tables(zipped(tmp_path / "mac.zip", {"a.csv": CSV} | litter))) == ["a.csv"]


def test_letters_pictures_and_empty_tables_beside_tables_are_told(tmp_path):
    aside = {
        "README.txt": b"Dear all,\nplease find the export.\n",
        "logo.png": b"\x89PNG\r\n\x1a\n\0\0",
        "notes.csv": b"id,text\n",
    }
    path = zipped(tmp_path / "a.zip", {"a.csv": CSV} | aside)
    found, unread = readers.read_each(path, Options())
    assert not unread and [raw.format.sheet for raw in found] == ["a.csv"]
    assert notes(path)["files_left_out"] == {"n": 3, "files": "README.txt, logo.png, notes.csv"}


def test_a_table_of_a_zip_that_cannot_be_read_is_no_reason_to_lose_the_others(tmp_path):
    bad = {
        "letter.csv": b"Dear all,\nplease find the export.\n",
        "broken.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 90,
    }
    path = zipped(tmp_path / "a.zip", {"a.csv": CSV} | bad)
    found, unread = readers.read_each(path, Options())
    assert [raw.format.sheet for raw in found] == ["a.csv"]
    assert [(each.name, each.error.code) for each in unread] == [
        ("letter.csv", "not_a_table"),
        ("broken.xlsx", "sheet_unreadable"),
    ]
    assert "a.zip/broken.xlsx" in str(unread[1].error)


def test_names_written_by_old_archivers(tmp_path):
    path = zipped(tmp_path / "a.zip", {"XXXXXXX.csv": CSV})
    path.write_bytes(path.read_bytes().replace(b"XXXXXXX", "клієнти".encode("cp1125")))
    ((name, _),) = tables(path).items()
    assert name and name.startswith("кл") and name.endswith("нти.csv")


# JSON


def test_a_list_of_objects(tmp_path):
    records = [
        {"id": 12345678901234567890, "won": True, "sum": 1.5, "note": None},
        {"id": "007", "extra": "x", "sum": 2},
    ]
    headers, rows = table(written(tmp_path / "a.json", records))
    assert headers == ("id", "won", "sum", "note", "extra")
    assert rows == [(1, "12345678901234567890", "TRUE", "1.5", None, None), (2, "007", None, "2", None, "x")]


def test_nested_objects_become_columns_and_lists_stay_json(tmp_path):
    records = [{"id": 1, "customer": {"id": "C1", "city": {"name": "Київ"}}, "tags": ["a", 2], "none": []}]
    path = written(tmp_path / "a.json", records)
    assert table(path) == (
        ("id", "customer.id", "customer.city.name", "tags", "none"),
        [(1, "1", "C1", "Київ", '["a", 2]', None)],
    )
    assert notes(path)["json_nested"] == {"columns": "tags"}


def test_the_answer_of_an_interface(tmp_path):
    path = written(tmp_path / "a.json", {"total": 2, "next": None, "data": [{"id": 1}, {"id": 2}], "errors": []})
    assert tables(path) == {"data": (("id",), [(1, "1"), (2, "2")])}
    assert notes(path)["json_aside"] == {"keys": "total, next"}
    deep = {"data": {"deals": [{"id": 1}], "people": {"items": [{"id": 2}, {"id": 3}]}}}
    assert list(tables(written(tmp_path / "b.json", deep))) == ["data.deals", "data.people.items"]
    assert title(Format("json", sheet="data.people.items"), tmp_path / "b.json") == "people"


@pytest.mark.parametrize(
    "value",
    [
        [["id", "name"], [1, "A"], [2, "B"]],
        {"columns": ["id", "name"], "index": [0, 1], "data": [[1, "A"], [2, "B"]]},
        {"id": [1, 2], "name": ["A", "B"]},
        {"id": {"0": 1, "1": 2}, "name": {"0": "A", "1": "B"}},
    ],
)
def test_tables_written_by_rows_or_by_columns(tmp_path, value):
    headers, rows = table(written(tmp_path / "a.json", value))
    assert headers == ("id", "name") and [row[1:] for row in rows] == [("1", "A"), ("2", "B")]


def test_records_under_their_keys(tmp_path):
    path = written(tmp_path / "a.json", {"C1": {"name": "A", "city": "X"}, "C2": {"name": "B", "city": "Y"}})
    assert table(path) == (("key", "name", "city"), [(1, "C1", "A", "X"), (2, "C2", "B", "Y")])


def test_json_lines_keep_their_lines_and_set_broken_ones_aside(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": 1, "a": "x"}\n\n{"id": 2, "a": \n{"id": 3, "b": {"c": 5}}\n', encoding="utf-8")
    (raw,) = readers.read(path, Options())
    assert raw.headers == ("id", "a", "b.c")
    assert raw.query("SELECT * FROM raw ORDER BY line") == [(1, "1", "x", None), (4, "3", None, "5")]
    assert [(each.line, each.text, each.reason.code) for each in raw.broken] == [(3, '{"id": 2, "a":', "json_line")]


def test_objects_one_after_the_other_and_other_encodings(tmp_path):
    records = [{"id": i, "назва": f"Клієнт {i}"} for i in range(3)]
    path = tmp_path / "a.json"
    path.write_text("\n".join(json.dumps(each, indent=2) for each in records), encoding="utf-8")
    assert [row[1] for row in table(path)[1]] == ["0", "1", "2"]
    for encoding in ("utf-8-sig", "utf-16", "utf-16-be"):
        path.write_text(json.dumps(records, ensure_ascii=False), encoding=encoding)
        assert table(path)[1][2] == (3, "2", "Клієнт 2")


def test_json_is_known_by_its_content_where_the_name_says_nothing(tmp_path):
    path = tmp_path / "export.txt"
    path.write_text('[{"id": 1}, {"id": 2}]', encoding="utf-8")
    assert table(path)[0] == ("id",)
    path = tmp_path / "table.json"
    path.write_bytes(CSV)
    assert table(path) == (("id", "name"), ROWS)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"id": 1, "a": [1, 2', "json_unreadable"),
        ('[{"id": 1}, {"id": 2}', "json_unreadable"),
        ('[{"id": 1} oops]', "json_unreadable"),
        ("[]", "json_no_table"),
        ("{}", "json_no_table"),
        ('{"data": []}', "json_no_table"),
        ("", "file_empty"),
        (json.dumps([{f"c{i}": i} for i in range(2100)]), "too_many_columns"),
    ],
)
def test_json_that_is_no_table(tmp_path, text, code):
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        readers.read(path, Options())
    assert refused.value.code == code and "a.json" in str(refused.value)


VALUES = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False, allow_infinity=False)
)


@settings(max_examples=8, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(["a", "b", "c"]), VALUES), min_size=1, max_size=6))
def test_records_are_the_same_in_a_list_and_in_lines(tmp_path_factory, records):
    folder = tmp_path_factory.mktemp("json")
    (folder / "b.jsonl").write_text(
        "".join(json.dumps(each) + "\n" for each in [*records, {"a": 1}, {"a": 2}]), "utf-8"
    )
    listed = table(written(folder / "a.json", [*records, {"a": 1}, {"a": 2}]))
    assert table(folder / "b.jsonl") == listed
    for (_, *cells), record in zip(listed[1], records, strict=False):
        for header, shown in zip(listed[0], cells, strict=True):
            value = record.get(header)
            if isinstance(value, float):
                assert shown is not None and float(shown) == value
            else:
                words = {True: "TRUE", False: "FALSE"}
                assert shown == (
                    words[value] if isinstance(value, bool) else None if value in (None, "") else str(value)
                )


# SQLite, Parquet


def test_tables_of_a_database_are_sheets(tmp_path):
    made = {
        "deals": (["id INTEGER", "sum REAL", "note TEXT"], [(2**62, 1.5, "x"), (2, 17850.0, None)]),
        'odd "name"; --': (['"a b"', "c"], [("1", b"\xff\x00")]),
        "empty": (["x"], []),
    }
    path = database(tmp_path / "crm.sqlite", made)
    assert tables(path) == {
        "deals": (("id", "sum", "note"), [(1, str(2**62), "1.5", "x"), (2, "2", "17850", None)]),
        'odd "name"; --': (("a b", "c"), [(1, "1", "0xff00")]),
    }


def test_views_are_left_out_told_and_read_when_asked_for(tmp_path):
    path = database(tmp_path / "crm.db", {"deals": (["id", "x"], [(1, 5), (2, 6)])})
    with sqlite3.connect(path) as con:
        con.execute("CREATE VIEW big AS SELECT * FROM deals WHERE x > 5")
    con.close()
    before = path.read_bytes()
    assert list(tables(path)) == ["deals"] and notes(path)["views_left_out"] == {"n": 1, "views": "big"}
    assert tables(path, sheet="big") == {"big": (("id", "x"), [(1, "2", "6")])}
    assert path.read_bytes() == before and [each.name for each in tmp_path.iterdir()] == ["crm.db"]
    with pytest.raises(Refused) as refused:
        readers.read(path, Options(sheet="small"))
    assert refused.value.code == "sheet_unknown"


def test_a_database_of_nothing_but_views_or_nothing_at_all(tmp_path):
    path = database(tmp_path / "crm.db", {})
    with pytest.raises(Refused):
        readers.read(path, Options())
    with sqlite3.connect(path) as con:
        con.execute("CREATE VIEW one AS SELECT 1 AS id, 'x' AS name")
    con.close()
    assert tables(path) == {"one": (("id", "name"), [(1, "1", "x")])}


def test_types_of_a_parquet_file(tmp_path):
    made = {
        "id": pa.array([2**60, 1]),
        "sum": pa.array([Decimal("1.50"), None]),
        "day": pa.array([date(2024, 1, 31), None]),
        "at": pa.array([datetime(2024, 1, 31, 8, 30), None]),
        "kind": pa.array(["a", "b"]).dictionary_encode(),
        "who": pa.array([{"name": "X", "at": {"city": "Y"}}, None]),
        "tags": pa.array([["a", "b"], None]),
        "won": pa.array([True, False]),
    }
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table(made), path)
    headers, rows = table(path)
    assert headers == ("id", "sum", "day", "at", "kind", "who.name", "who.at.city", "tags", "won")
    first = (2, str(2**60), "1.50", "2024-01-31", "2024-01-31 08:30:00", "a", "X", "Y", '["a", "b"]', "true")
    assert rows == [first, (3, "1", None, None, None, "b", None, None, None, "false")]


def test_a_folder_is_its_files(tmp_path):
    for name in ("b/deals.csv", "a.csv", ".hidden.csv", "__MACOSX/a.csv", "notes.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(CSV)
    (tmp_path / "link.csv").symlink_to(tmp_path / "a.csv")
    assert [each.relative_to(tmp_path) for each in readers.files([tmp_path])] == [Path("a.csv"), Path("b/deals.csv")]

"""Bad input: each a clear message, nothing of what was loaded before touched, no traceback."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from kpi import cli
from kpi import workspace as workspaces
from kpi.errors import Refused
from kpi.intake import hold, inspect
from kpi.workspace import imports
from tests.intake_files import import_file, said, write_csv, write_text

GOOD = ["order_id", "customer_id", "ordered_at", "amount"]
ROWS = [[f"O{i}", f"C{i % 3}", f"2024-01-{i + 1:02d}", i + 1] for i in range(20)]


@pytest.fixture
def home(tmp_path):
    yield tmp_path / "home"
    for name in workspaces.names(tmp_path / "home"):
        workspaces.close_workspace(tmp_path / "home", name)


@pytest.fixture
def ws(home, tmp_path):
    """A workspace with twenty orders in it."""
    made = workspaces.create(home, "w")
    import_file(made, write_csv(tmp_path / "before.csv", GOOD, ROWS))
    return made


@pytest.fixture
def refuse(ws, home):
    """Imports a file that must be refused: (code, message); checks that what was there is as it was."""

    def run(path, *options):
        before = ws.rows("SELECT * FROM orders ORDER BY order_id")
        revision = ws.revision
        out, err = io.StringIO(), io.StringIO()
        status = cli.main(["--home", str(home), "--json", "import", "w", str(path), *options], out=out, err=err)
        assert status == 1 and "Traceback" not in err.getvalue() and len(err.getvalue().splitlines()) == 1
        assert ws.rows("SELECT * FROM orders ORDER BY order_id") == before
        assert ws.revision == revision and len(imports(ws)) == 1
        answer = json.loads(out.getvalue())
        return answer.get("error", {}).get("code"), err.getvalue()

    return run


def test_empty_file(refuse, tmp_path):
    code, message = refuse(write_text(tmp_path / "empty.csv", ""))
    assert code == "file_empty" and "empty.csv is empty" in message
    assert refuse(write_text(tmp_path / "blank.csv", "\n \n\n"))[0] == "file_empty"
    (tmp_path / "empty.xlsx").write_bytes(b"")
    assert refuse(tmp_path / "empty.xlsx")[0] == "file_empty"


def test_header_only(refuse, tmp_path):
    code, message = refuse(write_text(tmp_path / "head.csv", "order_id,customer_id,amount\n"))
    assert code == "file_no_rows" and "no rows" in message


@pytest.mark.parametrize(
    "content",
    [
        "Dear all,\nplease find below, as promised, the list.\nIt is long, but good.\n\nBest,\nAnn\n",
        "<html><body><table><tr><td>1</td></tr></table></body></html>",
        '{"orders": [{"id": 1, "sum": 2}]}',
        "just one word\n",
    ],
)
def test_not_a_table(refuse, tmp_path, content):
    code, message = refuse(write_text(tmp_path / "letter.csv", content))
    assert code == "not_a_table" and "letter.csv" in message


def test_renamed_binary(refuse, tmp_path):
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    code, message = refuse(tmp_path / "picture.csv")
    assert code == "file_binary" and "binary" in message
    (tmp_path / "noise.csv").write_bytes(bytes((i * 37 + i // 7) % 256 for i in range(5000)))
    assert refuse(tmp_path / "noise.csv")[0] == "file_binary"
    with zipfile.ZipFile(tmp_path / "archive.csv", "w") as archive:
        archive.writestr("a.txt", "hello")
    assert refuse(tmp_path / "archive.csv")[0] == "file_binary"
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04" + bytes(200))
    assert refuse(tmp_path / "broken.xlsx")[0] == "file_binary"
    (tmp_path / "noise.parquet").write_bytes(b"PAR1" + bytes(range(256)))
    assert refuse(tmp_path / "noise.parquet")[0] == "parquet_unreadable"


def test_missing_file(refuse, tmp_path):
    assert refuse(tmp_path / "nowhere.csv")[0] == "file_missing"


def test_two_columns_of_one_name_that_differ_are_asked_about(refuse, ws, tmp_path):
    rows = [[f"P{i}", "c", "2024-02-01", i, i + 1] for i in range(5)]
    path = write_csv(tmp_path / "twice.csv", ["order_id", "customer_id", "ordered_at", "amount", "amount"], rows)
    _, message = refuse(path)
    assert "two columns are called amount" in message and "--map orders.amount=" in message
    report = import_file(ws, path, maps=["orders.amount=amount (2)"])
    assert ws.rows("SELECT sum(amount) FROM rows.orders WHERE _import = 2") == [(15,)]
    assert "two columns are called amount; the second is kept as amount (2)" in said(report)


def test_two_equal_columns_of_one_name_are_no_question(ws, tmp_path):
    rows = [[f"P{i}", "c", "2024-02-01", i, i] for i in range(5)]
    path = write_csv(tmp_path / "twice.csv", ["order_id", "customer_id", "ordered_at", "amount", "amount"], rows)
    assert import_file(ws, path).rows_loaded == 5


def test_a_date_column_with_three_percent_rubbish(ws, tmp_path):
    """The good 97 % load; each bad line is listed with its column, value and reason."""
    bad = {7: "rubbish", 50: "31/31/2024", 90: "2024"}
    rows = [[f"R{i}", "c", bad.get(i, f"{1 + i % 28:02d}/03/2024"), 5] for i in range(100)]
    report = import_file(ws, write_csv(tmp_path / "dates.csv", GOOD, rows))
    assert (report.rows_read, report.rows_loaded, report.rows_rejected) == (100, 97, 3)
    assert [(r.row, r.column, r.value, r.reason.code) for r in report.rejects] == [
        (i + 2, "ordered_at", value, "bad_date") for i, value in bad.items()
    ]
    rows = [[f"S{i}", "c", "tomorrow" if i % 33 == 5 else f"{1 + i % 28:02d}/03/2024", 5] for i in range(100)]
    report = import_file(ws, write_csv(tmp_path / "words.csv", GOOD, rows))
    assert (report.rows_loaded, [r.value for r in report.rejects]) == (97, ["tomorrow"] * 3)


def test_an_nps_of_eleven(ws, tmp_path):
    rows = [[i, 11 if i == 3 else i % 11, "2024-01-01"] for i in range(30)]
    report = import_file(ws, write_csv(tmp_path / "nps.csv", ["response id", "nps", "date"], rows))
    assert [(r.row, r.column, r.value, r.reason.code) for r in report.rejects] == [(5, "nps", "11", "bad_scale")]
    assert ws.rows("SELECT count(*), max(score) FROM surveys") == [(29, 10)]


def test_over_the_upload_limit_the_message_names_the_command_line(ws):
    with pytest.raises(Refused) as refused:
        hold(ws, "big file.csv", b"x" * 3_000_000, limit_mb=2)
    assert refused.value.code == "upload_too_big"
    assert "python -m kpi import w 'big file.csv'" in str(refused.value) and "2 MB" in str(refused.value)
    path = hold(ws, "big file.csv", b"order_id,amount\n1,2\n", limit_mb=2)
    assert path.name == "big file.csv" and path.read_bytes().startswith(b"order_id")


def test_upload_names_cannot_leave_their_folder(ws):
    for name in ("../../evil.csv", "/etc/passwd", "..", "a\x00b.csv", "سفارش.csv", "-rf.csv"):
        path = hold(ws, name, b"x")
        assert path.resolve().is_relative_to(ws.spool.resolve()) and path.read_bytes() == b"x"


HOSTILE = [
    '"; DROP TABLE rows.orders; --',
    "<script>alert(1)</script>",
    "=cmd()",
    "'); SELECT 1; --",
    "a\"b'c;",
    "{n}",
    "\\",
    "%s",
]


def test_hostile_column_names(ws, tmp_path):
    rows = [[f"H{i}", "c", "2024-02-01", i + 1, *(f"{name}{i}" for name in HOSTILE)] for i in range(3)]
    report = import_file(ws, write_csv(tmp_path / "hostile.csv", [*GOOD, *HOSTILE], rows))
    assert report.rows_loaded == 3 and set(report.plan.unmapped) == set(HOSTILE)
    assert ws.rows("SELECT count(*) FROM orders") == [(23,)]
    (kept,) = ws.rows("SELECT _extra FROM orders WHERE order_id = 'H0'")[0]
    assert json.loads(kept) == {name: f"{name}0" for name in HOSTILE}


def test_hostile_names_that_are_mapped_and_hostile_values(ws, tmp_path):
    name = '"; DROP TABLE rows.orders; --'
    rows = [["'); DELETE FROM orders; --", "x' OR '1'='1", "2024-02-01", "1; DROP"], ["ok", "c", "2024-02-02", "7"]]
    path = write_csv(tmp_path / "hostile.csv", ["order_id", "customer_id", "ordered_at", name], rows)
    report = import_file(ws, path, table="orders", maps=[f"amount={name}"])
    assert [(r.row, r.column, r.value) for r in report.rejects] == [(2, name, "1; DROP")]
    assert ws.rows("SELECT count(*) FROM orders") == [(21,)]


def test_hostile_words_of_closed_lists_and_stages(ws, tmp_path):
    words = ["Won'); DROP TABLE rows.orders; --", "{a|b}", "open"]
    rows = [[f"D{i}", words[i], words[i], "2024-01-01"] for i in range(3)]
    report = import_file(
        ws, write_csv(tmp_path / "deals.csv", ["opportunity_id", "deal stage", "outcome", "created_at"], rows)
    )
    assert report.rows_loaded == 3 and ws.rows("SELECT count(*) FROM stages") == [(3,)]
    assert ws.rows("SELECT count(*) FROM orders WHERE order_id LIKE 'O%'") == [(20,)]


def test_a_file_name_with_marks_is_no_way_in(ws, tmp_path):
    path = write_csv(tmp_path / "it's; DROP.csv", GOOD, [["Q1", "c", "2024-02-01", 5]])
    assert import_file(ws, path).rows_loaded == 1


def test_nothing_loads_when_every_line_is_bad(refuse, tmp_path):
    rows = [[f"X{i}", "c", "never ever", "x"] for i in range(4)]
    path = write_csv(tmp_path / "bad.csv", GOOD, rows)
    _, message = refuse(path, "--table", "orders", "--map", "orders.ordered_at=ordered_at")
    assert "all 4 rows were rejected" in message


def test_several_files_what_loaded_stays(ws, home, tmp_path):
    good = write_csv(tmp_path / "more.csv", GOOD, [["N1", "c", "2024-02-01", 5]])
    bad = write_text(tmp_path / "empty.csv", "")
    out, err = io.StringIO(), io.StringIO()
    status = cli.main(["--home", str(home), "--json", "import", "w", str(bad), str(good)], out=out, err=err)
    assert status == 1 and "empty.csv is empty" in err.getvalue()
    assert ws.rows("SELECT count(*) FROM orders") == [(21,)]


def test_a_very_wide_and_a_very_long_cell(ws, tmp_path):
    header = [*GOOD, *(f"x{i}" for i in range(500))]
    rows = [["W1", "c", "2024-02-01", 5, "y" * 300_000, *("z" for _ in range(499))]]
    assert import_file(ws, write_csv(tmp_path / "wide.csv", header, rows)).rows_loaded == 1


def test_inspecting_writes_nothing(ws, tmp_path):
    revision = ws.revision
    inspect(ws, [write_csv(tmp_path / "more.csv", GOOD, [["N1", "c", "2024-02-01", 5]])])
    assert ws.revision == revision and len(imports(ws)) == 1

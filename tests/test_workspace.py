"""Workspaces: names, one database per process, writes in one transaction, settings, memory, safety."""

from __future__ import annotations

import threading
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from kpi import model, workspace
from kpi.errors import Refused, Unknown
from kpi.workspace import storage
from kpi.workspace.workspace import Workspace
from tests.workspaces import insert, load


@pytest.fixture
def home(tmp_path: Path):
    yield tmp_path
    for name in workspace.names(tmp_path):
        workspace.close_workspace(tmp_path, name)


@pytest.fixture
def ws(home: Path) -> Workspace:
    return workspace.create(home, "shop")


# Names


@pytest.mark.parametrize("name", ["Acme-2024_a b", "فروش‌های تهران ۱۴۰۵", "Продажі Їжак", "  trimmed  ", "a" * 64])
def test_names_of_three_scripts_become_folders(home: Path, name: str):
    made = workspace.create(home, name)
    assert made.folder.parent == home
    assert workspace.names(home) == [name.strip()]
    assert (made.folder / "workspace.duckdb").is_file() and (made.folder / "originals").is_dir()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "workspace_name_empty"),
        ("   ", "workspace_name_empty"),
        ("a" * 65, "workspace_name_long"),
        ("../x", "workspace_name_letters"),
        ("a/b", "workspace_name_letters"),
        ("a\\b", "workspace_name_letters"),
        (".", "workspace_name_letters"),
        ("a\x00b", "workspace_name_letters"),
        ("a\nb", "workspace_name_letters"),
        ("-rf", "workspace_name_letters"),
        ("売上", "workspace_name_letters"),
        ("a\u202eb", "workspace_name_letters"),
    ],
)
def test_other_names_are_refused(home: Path, name: str, code: str):
    with pytest.raises(Refused) as refused:
        workspace.create(home, name)
    assert refused.value.code == code
    assert list(home.iterdir()) == []


def test_arabic_and_persian_letters_name_the_same_workspace(home: Path):
    made = workspace.create(home, "فروش يك")
    assert workspace.open_workspace(home, "فروش یک") is made


def test_what_does_not_exist_is_named_with_what_does(home: Path, ws: Workspace):
    with pytest.raises(Refused) as refused:
        workspace.open_workspace(home, "shp")
    assert refused.value.code == "workspace_missing_near" and refused.value.params["near"] == "shop"
    with pytest.raises(Refused) as refused:
        workspace.create(home, "shop")
    assert refused.value.code == "workspace_exists"


def test_home_comes_from_the_option_then_the_environment(monkeypatch, tmp_path: Path):
    monkeypatch.setenv("KPI_HOME", str(tmp_path / "env"))
    assert workspace.home() == tmp_path / "env"
    assert workspace.home(tmp_path / "given") == tmp_path / "given"
    monkeypatch.delenv("KPI_HOME")
    assert workspace.home().parts[-2:] == ("data", "workspaces")


def test_rename_and_delete(home: Path, ws: Workspace):
    load(ws, {"customers": [{"customer_id": "a"}]})
    workspace.create(home, "other")
    with pytest.raises(Refused):
        workspace.rename(home, "shop", "other")
    workspace.rename(home, "shop", "store")
    assert workspace.names(home) == ["other", "store"]
    assert workspace.open_workspace(home, "store").rows("SELECT customer_id FROM customers") == [("a",)]
    with pytest.raises(Refused) as refused:
        ws.rows("SELECT 1")
    assert refused.value.code == "workspace_closed"
    workspace.delete(home, "store")
    assert workspace.names(home) == ["other"] and not (home / "store").exists()


# The database


def test_all_tables_exist_with_all_columns(ws: Workspace):
    for name, table in model.tables().items():
        described = ws.rows(f'DESCRIBE SELECT * FROM main."{name}"')
        assert [(row[0], row[1]) for row in described] == [
            *((field.name, field.sql_type) for field in table.fields.values()),
            ("_extra", "JSON"),
        ]
        stored = [row[0] for row in ws.rows(f'DESCRIBE SELECT * FROM rows."{name}"')]
        assert stored == [*table.fields, "_import", "_line", "_extra"]
    assert {name for (name,) in ws.rows("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'state'")} == {
        "meta",
        *storage.state_tables(),
    }
    assert ws.columns() == frozenset() and ws.as_of() is None and ws.notes() == {}


def test_it_is_opened_once_per_process(home: Path, ws: Workspace):
    found: list[Workspace] = []
    threads = [threading.Thread(target=lambda: found.append(workspace.open_workspace(home, "shop"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(each is ws for each in found) and len(found) == 8


def test_what_is_written_is_there_after_opening_again(home: Path, ws: Workspace):
    load(ws, {"customers": [{"customer_id": "a", "name": "Ada"}]})
    ws.change_settings({"currency": "UAH"})
    revision = ws.revision
    workspace.close_workspace(home, "shop")
    again = workspace.open_workspace(home, "shop")
    assert again is not ws and again.revision == revision
    assert again.rows("SELECT customer_id, name FROM customers") == [("a", "Ada")]
    assert again.settings.currency == "UAH"


def test_the_database_grows_with_the_definitions(home: Path, ws: Workspace):
    load(ws, {"customers": [{"customer_id": "a", "city": "Kyiv"}]})
    workspace.close_workspace(home, "shop")
    with duckdb.connect(str(home / "shop" / "workspace.duckdb")) as connection:
        for statement in (
            "DROP VIEW main.customers",
            "ALTER TABLE rows.customers DROP COLUMN email",
            "CREATE VIEW main.customers AS SELECT customer_id FROM rows.customers",
            "DROP VIEW main.deliveries",
            "DROP TABLE rows.deliveries",
            "ALTER TABLE state.targets DROP COLUMN pace",
            "DROP TABLE state.votes",
        ):
            connection.execute(statement).fetchall()
    again = workspace.open_workspace(home, "shop")
    assert again.rows("SELECT customer_id, city, email FROM customers") == [("a", "Kyiv", None)]
    assert again.rows("SELECT delivery_id FROM deliveries") == []
    assert again.rows("SELECT pace FROM state.targets") == [] and again.rows("SELECT * FROM state.votes") == []


def test_a_database_of_a_newer_version_is_refused_unharmed(home: Path, ws: Workspace):
    with ws.write() as cur:
        storage.put_meta(cur, "schema_version", 99)
    workspace.close_workspace(home, "shop")
    with pytest.raises(Refused) as refused:
        workspace.open_workspace(home, "shop")
    assert refused.value.code == "workspace_newer"
    with duckdb.connect(str(home / "shop" / "workspace.duckdb")) as connection:
        assert connection.execute("SELECT value FROM state.meta WHERE key = 'schema_version'").fetchall() == [("99",)]


def test_a_broken_database_is_told_in_one_line(home: Path):
    (home / "torn").mkdir()
    (home / "torn" / "workspace.duckdb").write_bytes(b"not a database" * 500)
    with pytest.raises(Refused) as refused:
        workspace.open_workspace(home, "torn")
    assert refused.value.code == "workspace_unreadable"


# Writing


def test_a_failed_write_leaves_nothing(ws: Workspace):
    load(ws, {"customers": [{"customer_id": "a"}]})
    revision = ws.revision
    with pytest.raises(ZeroDivisionError), ws.write() as cur:
        insert(cur, "customers", [{"customer_id": "b"}], 2)
        cur.execute("INSERT INTO state.settings VALUES ('currency', 'UAH')").fetchall()
        raise ZeroDivisionError
    assert ws.revision == revision and ws.settings.currency == "USD"
    assert ws.rows("SELECT customer_id FROM customers") == [("a",)]
    with pytest.raises(duckdb.Error), ws.write() as cur:
        insert(cur, "customers", [{"customer_id": "b"}], 2)
        cur.execute("SELECT * FROM no_such_table").fetchall()
    assert ws.rows("SELECT customer_id FROM customers") == [("a",)]
    load(ws, {"customers": [{"customer_id": "b"}]})
    assert ws.revision == revision + 1 and len(ws.rows("SELECT 1 FROM customers")) == 2


def test_readers_see_the_old_state_until_the_write_is_committed(ws: Workspace):
    load(ws, {"customers": [{"customer_id": "a"}]})
    with ws.write() as cur:
        insert(cur, "customers", [{"customer_id": "b"}], 2)
        assert ws.rows("SELECT count(*) FROM customers") == [(1,)]
    assert ws.rows("SELECT count(*) FROM customers") == [(2,)]


def test_writes_come_one_at_a_time_and_readers_never_fail(ws: Workspace):
    def write(start: int) -> None:
        for number in range(start, start + 5):
            load(ws, {"orders": [{"order_id": f"o{number}", "customer_id": "c", "gross_amount": 5}]})

    errors, counts, done = [], [], threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                rows = ws.rows("SELECT count(*), sum(amount) FROM orders")[0]
            except duckdb.Error as error:
                errors.append(error)
                return
            counts.append(rows)

    readers = [threading.Thread(target=read) for _ in range(3)]
    writers = [threading.Thread(target=write, args=(start,)) for start in (0, 100, 200)]
    for thread in readers + writers:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join()
    assert errors == []
    assert ws.rows("SELECT count(*) FROM orders") == [(15,)]
    assert len(workspace.imports(ws)) == 15 and {each.id for each in workspace.imports(ws)} == set(range(1, 16))
    assert all(n == 0 and amount is None or amount == 5 * n for n, amount in counts)


# Memory


def test_memo_is_made_once_and_forgotten_at_the_next_revision(ws: Workspace):
    made = []

    def make() -> int:
        made.append(1)
        time.sleep(0.05)
        return len(made)

    threads = [threading.Thread(target=lambda: ws.memo("k", make)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ws.memo("k", make) == 1 and len(made) == 1
    ws.change_settings({"currency": "EUR"})
    assert ws.memo("k", make) == 2


def test_memo_does_not_keep_what_was_begun_before_a_write(ws: Workspace):
    def make() -> str:
        load(ws, {"customers": [{"customer_id": "a"}]})
        return "old"

    assert ws.memo("k", make) == "old"
    assert ws.memo("k", lambda: "new") == "new"


def test_memo_is_bounded_and_does_not_keep_failures(ws: Workspace):
    with pytest.raises(ZeroDivisionError):
        ws.memo("bad", lambda: 1 // 0)
    assert ws.memo("bad", lambda: 7) == 7
    for number in range(2000):
        ws.memo(("n", number), lambda: 1)
    assert ws.memo("bad", lambda: 8) == 8


# Columns and reach


def test_columns_and_as_of(ws: Workspace):
    tomorrow = datetime.now() + timedelta(days=1)
    load(
        ws,
        {
            "contracts": [{"contract_id": "k", "started_at": "2024-03-05 10:00", "ends_at": "2024-09-01"}],
            "leads": [{"lead_id": "l", "created_at": "2024-05-01"}, {"lead_id": "m", "created_at": tomorrow}],
        },
    )
    assert {"contracts.started_at", "leads.created_at", "leads.lead_id"} <= ws.columns()
    assert "leads.email" not in ws.columns() and "orders.order_id" not in ws.columns()
    assert ws.as_of() == date(2024, 5, 1)  # a contract's end is planned, tomorrow has not come


# Settings


def test_settings_are_typed_and_said_back(ws: Workspace):
    assert (ws.settings.language, ws.settings.churn_gap_days, ws.settings.fiscal_year_start) == ("en", 365, (1, 1))
    assert ws.settings["top_share"] == 0.2 and ws.settings.get("nothing") is None and ws.settings.hourly_cost is None
    given = ["churn_gap_days=۹۰", "Top_Share=0٫3", "weekend=friday", "fiscal_year_start=03-21", "hourly_cost=12.5"]
    ws.change_settings(workspace.parse_assignments([*given, "risk_weights=1,2,3,4", "orders_from_deals=off"]))
    values = ws.settings
    assert (values.churn_gap_days, values.top_share, values.weekend) == (90, 0.3, ("friday",))
    assert (values.fiscal_year_start, values.hourly_cost, values.orders_from_deals) == ((3, 21), 12.5, False)
    assert values.risk_weights == {"closing": 1, "contract_question": 2, "complaint": 3, "frequency": 4}
    ws.change_settings(workspace.parse_assignments(["hourly_cost=none"]))
    assert ws.settings.hourly_cost is None


def test_every_setting_reads_what_it_writes_and_is_explained():
    values = workspace.Settings()
    for name, setting in workspace.known_settings().items():
        assert setting.parse(values.text(name)) == values[name], name
        assert setting.about.en and setting.about.fa and setting.about.uk, name


@pytest.mark.parametrize(
    "text",
    ["language=de", "churn_gap_days=0", "churn_gap_days=1.5", "top_share=nan", "top_share=2", "fiscal_year_start=02-30",
     "fiscal_year_start=13-01", "time_zone=Mars/Base", "currency=dollars", "weekend=someday", "risk_weights=1,2",
     "digits=", "orders_from_deals=perhaps", "language"],
)  # fmt: skip
def test_wrong_settings_are_refused(text: str):
    with pytest.raises(Refused) as refused:
        workspace.parse_assignments([text])
    assert str(refused.value) and refused.value.exit_status == 1


def test_unknown_settings_name_the_near_ones():
    with pytest.raises(Unknown) as unknown:
        workspace.parse_assignments(["calender=jalali"])
    assert unknown.value.near == ["calendar"] and unknown.value.exit_status == 2


# Safety


@pytest.mark.parametrize(
    "sql",
    ["SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM read_text('{home}/secret.txt')", "ATTACH '{home}/x.duckdb'",
     "SELECT * FROM read_text('{home}/shop/originals/../../secret.txt')", "SELECT * FROM '{home}/shop/originals/link'",
     "COPY (SELECT 1) TO '{home}/out.csv'", "INSTALL httpfs", "SET threads = 1", "SET enable_external_access = true",
     "SELECT * FROM read_csv('https://example.org/a.csv')"],
)  # fmt: skip
def test_sql_reaches_nothing_outside_the_workspace(home: Path, ws: Workspace, sql: str):
    (home / "secret.txt").write_text("secret")
    (ws.originals / "link").symlink_to(home / "secret.txt")
    with pytest.raises(duckdb.Error):
        ws.rows(sql.format(home=home))


def test_originals_and_arrow_tables_can_be_read(ws: Workspace):
    (ws.originals / "a.csv").write_text("a,b\n1,x\n")
    assert ws.rows("SELECT * FROM read_csv(?)", [str(ws.originals / "a.csv")]) == [(1, "x")]
    import pyarrow

    with ws.write() as cur:
        cur.register("incoming", pyarrow.table({"id": ["a", "b"]}))
        cur.execute("INSERT INTO rows.customers (customer_id, _import, _line) SELECT id, 1, 2 FROM incoming").fetchall()
    assert ws.rows("SELECT count(*) FROM customers") == [(2,)]


def test_sorting_more_than_fits_into_memory_spills(monkeypatch, home: Path):
    monkeypatch.setenv("KPI_MEMORY_LIMIT", "60MB")
    small = workspace.create(home, "small")
    sql = "SELECT count(*) FROM (SELECT a, b FROM (SELECT hash(range)::VARCHAR a, hash(range + 1)::VARCHAR b FROM range(1500000)) ORDER BY a, b OFFSET 1)"
    assert small.rows(sql) == [(1499999,)]


def test_the_door_refuses_who_may_less(monkeypatch, ws: Workspace):
    monkeypatch.setattr("kpi.workspace.door.role_of", lambda _: "viewer")
    with pytest.raises(Refused) as refused, ws.write():
        raise AssertionError("a viewer writes")
    assert refused.value.code == "not_allowed"
    assert ws.rows("SELECT 1") == [(1,)]

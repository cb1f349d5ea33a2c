"""Workspaces: names, folders, one database per process that grows with the definitions."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from kpi import model, workspace
from kpi.errors import Refused
from kpi.workspace import storage
from kpi.workspace.workspace import Workspace
from tests.workspaces import load

pytestmark = pytest.mark.usefixtures("made_from_nothing")


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
            ("_stub", "BOOLEAN"),
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

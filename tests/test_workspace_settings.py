"""Settings as text and typed; what SQL may reach; who may write."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from kpi import workspace
from kpi.errors import Refused, Unknown
from kpi.workspace.workspace import Workspace


@pytest.fixture
def ws(home: Path) -> Workspace:
    return workspace.create(home, "shop")


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


def test_stored_settings_of_another_version_do_no_harm(ws: Workspace):
    with ws.write() as cur:
        stored = "('language', 'xx'), ('gone', '1'), ('currency', 'UAH')"
        cur.execute(f"INSERT INTO state.settings VALUES {stored}").fetchall()
    assert (ws.settings.language, ws.settings.currency) == ("en", "UAH") and "gone" not in ws.settings


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

"""The command line as scripts rely on it: one JSON object; workspaces, imports, the catalogue, the frame's options."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from io import StringIO
from pathlib import Path

import pytest

from kpi import workspace
from kpi.catalogue import goals, kpis
from kpi.cli import main
from kpi.core import ROLES
from tests.contract import Shell, check, fill, opened, orders, write

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    yield from opened(tmp_path_factory)


@pytest.fixture
def empty(tmp_path: Path):
    yield Shell(tmp_path)
    for name in workspace.names(tmp_path):
        workspace.close_workspace(tmp_path, name)


# Workspaces, settings, imports


def test_workspaces_create_rename_delete(empty):
    assert empty.ask("workspaces")["workspaces"] == []
    for argv, names in (
        (("create", "a"), ["a"]),
        (("workspaces", "create", "b"), ["a", "b"]),
        (("rename", "b", "c"), ["a", "c"]),
        (("delete", "a", "--yes"), ["c"]),
    ):
        assert [each["name"] for each in empty.ask(*argv)["workspaces"]] == names
    check(empty.ask("workspaces")["workspaces"], name="text")


def test_settings(empty):
    answer = empty.ask("settings", "new", "calendar=jalali")
    assert answer["settings"]["calendar"] == "jalali" and answer["settings"]["churn_gap_days"] == "365"
    assert {"language", "currency", "time_zone", "fiscal_year_start", "week_start"} <= answer["settings"].keys()


def test_import_has_one_entry_a_file(empty):
    entries = fill(empty)["imports"]
    assert [entry["file"] for entry in entries] == ["orders.csv", "leads.csv", "surveys.csv"]
    keys = {"id": "text", "file": "text", "sheet": "text?", "table": "text", "tables": "object", "format": "object"}
    keys |= {"mapping": "list", "unmapped": "list", "rejects": "list"}
    check(entries, **keys, rows_read="count", rows_loaded="count", rows_rejected="count")
    for entry in entries:
        assert entry["rows_read"] == entry["rows_loaded"] + entry["rows_rejected"]
        assert {"encoding", "delimiter", "header"} <= entry["format"].keys()
        check(entry["mapping"], column="text", field="text", confidence="number", why="text")
        assert all(0 <= each["confidence"] <= 1 and "." in each["field"] for each in entry["mapping"])
    assert entries[0]["tables"] == {"orders": 73} and entries[0]["unmapped"] == ["memo"]


def test_rejected_lines_are_told_and_a_failed_file_leaves_the_others(empty):
    rows = [["1", "a", "2024-01-01", "5"], ["2", "a", "2024-02-30", "6"], ["3", "b", "2024-03-01", "x"]]
    rows += [[str(n), "c", "2024-03-02", "7"] for n in range(4, 200)]
    write(empty.home / "orders.csv", "order_id customer_id ordered_at amount", rows)
    answer = empty.ask("import", "shop", "orders.csv", "none.csv", status=1)
    entry = answer["imports"][0]
    assert (entry["rows_read"], entry["rows_loaded"], entry["rows_rejected"]) == (199, 197, 2)
    check(entry["rejects"], row="count", column="text", value="text", reason="text")
    assert [(r["row"], r["column"], r["value"]) for r in entry["rejects"]] == [
        (3, "ordered_at", "2024-02-30"),
        (4, "amount", "x"),
    ]
    assert answer["imports"][1]["file"] == "none.csv" and any("none.csv" in each for each in answer["warnings"])
    listed = empty.ask("imports", "shop")["imports"]
    assert [(each["id"], each["rows_rejected"]) for each in listed] == [(entry["id"], 2)]
    assert empty.ask("undo", "shop", entry["id"])["imports"][0]["undone_at"]
    assert empty.ask("tables", "shop")["tables"] == []


def test_a_dry_run_loads_nothing_and_the_same_bytes_are_refused_until_again(empty):
    write(empty.home / "orders.csv", "order_id customer_id ordered_at amount", [["1", "a", "2024-01-01", "5"]])
    plan = empty.ask("import", "shop", "orders.csv", "--dry-run")["imports"][0]
    assert plan["table"] == "orders" and plan["mapping"]
    assert "shop" not in workspace.names(empty.home) or empty.ask("imports", "shop")["imports"] == []
    empty.ask("import", "shop", "orders.csv")
    refused = empty.ask("import", "shop", "orders.csv", status=1)
    assert refused["imports"][0]["id"] is None and "--again" in refused["warnings"][0]
    assert empty.ask("import", "shop", "orders.csv", "--again")["imports"][0]["rows_loaded"] == 1


def test_tables_and_template(shell):
    tables = {each["table"]: each for each in shell.ask("tables", "shop")["tables"]}
    check(tables.values(), table="text", rows="count", columns="object", since="day?", until="day?")
    assert tables["orders"]["rows"] == 73 and tables["orders"]["columns"]["amount"] == 1
    assert tables["leads"]["columns"]["qualified_at"] == 0.5
    last = max(day for _, _, day, *_ in orders())
    assert date.fromisoformat(tables["orders"]["until"]).toordinal() == last.toordinal() + 1, "half-open"
    shell.ask("template", "orders", "--out", "orders.xlsx")
    assert (shell.home / "orders.xlsx").stat().st_size > 1000


def test_check(empty):
    rows = [["t1", "2024-01-05 10:00", "2024-01-04 10:00", "resolved"], ["t2", "2024-01-05", "2024-01-06", "resolved"]]
    write(empty.home / "tickets.csv", "ticket_id opened_at resolved_at status", rows)
    empty.ask("import", "shop", "tickets.csv", "--table", "tickets")
    (found,) = empty.ask("check", "shop")["findings"]
    assert (found["code"], found["table"], found["rows"], found["of"]) == (
        "ticket_resolved_before_opened",
        "tickets",
        1,
        2,
    )
    assert found["examples"] == ["t1"] and "1 of 2" in found["message"]
    assert "{" not in empty.ask("check", "shop", "--lang", "fa")["findings"][0]["message"]
    empty.ask("undo", "shop", "1")
    assert empty.ask("check", "shop")["findings"] == []
    status, out, _ = empty.run("check", "shop")
    assert status == 0 and out.strip()


# The catalogue


def test_goals(shell):
    found = shell.ask("goals", "shop")["goals"]
    check(found, id="text", name="text", chosen="flag", kpis="list")
    assert [each["id"] for each in found] == list(goals()) and len(found) == 31
    assert [each["id"] for each in found if each["chosen"]] == ["increase_sales"]
    for each in found:
        check(each["kpis"], kpi="text", role="text", reason="text")
    assert not any(each["chosen"] for each in shell.ask("goals")["goals"])


def test_kpis_of_the_catalogue_and_of_a_workspace(shell):
    keys = {"id": "text", "name": "text", "unit": "text", "better": "text", "nature": "text", "missing": "list"}
    whole = shell.ask("kpis")["kpis"]
    check(whole, **keys, roles="list", computable="flag?")
    assert len(whole) == len(kpis()) == 222
    mine = {each["id"]: each for each in shell.ask("kpis", "shop")["kpis"]}
    assert mine["total_revenue"]["computable"] is True and mine["total_revenue"]["missing"] == []
    blocked = mine["sla_compliance_rate"]
    assert blocked["computable"] is False and all(each.count(".") == 1 for each in blocked["missing"])


def test_kpis_of_goals_stand_in_rank_order(shell):
    found = shell.ask("kpis", "shop", "--goal", "increase_sales", "--goal", "improve_service")["kpis"]
    check((role for each in found for role in each["roles"]), goal="text", role="text", reason="text")
    rank = [(min(ROLES.index(r["role"]) for r in each["roles"]), not each["computable"]) for each in found]
    assert rank == sorted(rank) and len({*rank}) > 2
    assert {r["goal"] for each in found for r in each["roles"]} == {"increase_sales", "improve_service"}


def test_catalogue_check(shell):
    answer = shell.ask("catalogue", "check")
    assert answer["mistakes"] == [] and answer["kpis"] == 222 and answer["goals"] == 31


# The frame


def test_names_and_messages_speak_the_language(shell):
    names = {lang: shell.ask("--lang", lang, "kpis")["kpis"][0]["name"] for lang in ("en", "fa", "uk")}
    assert len(set(names.values())) == 3
    assert shell.ask("goals", "--lang", "fa")["goals"][0]["name"] == goals()[next(iter(goals()))].name.fa
    assert "did you mean" not in shell.refuse("compute", "shop", "total_revenu", "--lang", "uk")[1].lower()


@pytest.mark.parametrize(
    "argv",
    [
        ("--home", "{home}", "--json", "--lang", "uk", "tables", "shop"),
        ("tables", "shop", "--json", "--home={home}", "--lang=uk"),
        ("tables", "--home", "{home}", "shop", "--lang", "uk", "--json"),
    ],
)
def test_the_frames_options_stand_anywhere(shell, argv):
    out = StringIO()
    assert main([each.format(home=shell.home) for each in argv], out=out, err=StringIO()) == 0
    assert json.loads(out.getvalue())["tables"]


def test_as_a_process_only_json_stands_on_stdout(shell, tmp_path):
    """A second process: this one has the workspace open and answers it through the socket."""

    def process(*argv: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "KPI_HOME": str(tmp_path), "LC_ALL": "C"}
        line = [sys.executable, "-m", "kpi", "--home", str(shell.home), *argv]
        return subprocess.run(
            line, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=60
        )

    done = process("nps", "shop", "--json")
    assert done.returncode == 0 and json.loads(done.stdout)["results"][0]["n"] == 24
    assert json.loads(done.stdout)["warnings"] and done.stderr.strip(), "warnings go to stderr too"
    wrong = process("compute", "shop", "total_revenu")
    assert (wrong.returncode, wrong.stdout) == (2, "") and "total_revenue" in wrong.stderr
    table = process("--lang", "fa", "tables", "shop")
    assert table.returncode == 0 and "orders" in table.stdout and not table.stdout.lstrip().startswith("{")

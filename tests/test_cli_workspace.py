"""The command line's frame, and workspaces, settings, imports, undo, tables."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kpi import cli, workspace
from kpi.cli import Answer, Table
from kpi.cli.answer import as_json, as_text, width
from kpi.errors import Refused
from kpi.text import Texts
from kpi.workspace import Import, Reject, record
from tests.workspaces import insert, load

ROOT = Path(__file__).parents[1]


@pytest.fixture
def kpi(home: Path):
    """Runs a command line in this process: (exit status, stdout, stderr)."""

    def run(*argv: str, cwd: Path | None = None) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        status = cli.main(["--home", str(home), *argv], out=out, err=err, cwd=cwd)
        return status, out.getvalue(), err.getvalue()

    return run


@pytest.fixture
def answer(kpi):
    """The JSON object of a command line that succeeds."""

    def run(*argv: str) -> dict:
        status, out, err = kpi(*argv, "--json")
        assert status == 0, err
        return json.loads(out)

    return run


# Workspaces


def test_workspaces_are_made_listed_renamed_deleted(kpi, answer):
    assert answer("workspaces")["workspaces"] == []
    assert kpi("workspaces", "create", "فروش تهران")[0] == 0
    assert kpi("create", "Київ")[0] == 0
    assert [each["name"] for each in answer("workspaces")["workspaces"]] == ["Київ", "فروش تهران"]
    assert kpi("create", "Київ")[0] == 1
    assert kpi("rename", "Київ", "Львів") == (0, "It is now called Львів.\n", "")
    assert kpi("workspaces", "rename", "Львів", "../x")[0] == 1
    status, out, err = kpi("delete", "Львів")
    assert (status, out) == (1, "") and "--yes" in err
    assert kpi("workspaces", "delete", "Львів", "--yes")[0] == 0
    assert [each["name"] for each in answer("workspaces")["workspaces"]] == ["فروش تهران"]


def test_a_workspace_that_is_not_there(kpi, home: Path):
    assert kpi("create", "shop")[0] == 0
    status, out, err = kpi("tables", "shpo")
    assert (status, out) == (1, "") and "shop" in err and len(err.splitlines()) == 1
    status, out, err = kpi("tables", "nothing like it")
    assert status == 1 and "create" in err
    assert workspace.names(home) == ["shop"]  # looking makes nothing


def test_a_workspace_made_for_a_command_that_failed_is_gone_again(kpi, home: Path):
    assert kpi("settings", "new", "calender=x")[0] == 2
    assert workspace.names(home) == [] and not (home / "new").exists()
    assert kpi("settings", "new", "calendar=jalali")[0] == 0
    assert workspace.names(home) == ["new"]
    assert kpi("settings", "new", "calender=x")[0] == 2
    assert workspace.names(home) == ["new"]


# Settings


def test_settings_are_shown_and_set_all_or_nothing(kpi, answer):
    first = answer("settings", "shop")
    assert first["settings"]["churn_gap_days"] == "365" and first["changed"] == []
    after = answer("settings", "shop", "churn_gap_days=90", "calendar=jalali")
    assert after["changed"] == ["calendar", "churn_gap_days"] and after["revision"] == first["revision"] + 1
    assert kpi("settings", "shop", "churn_gap_days=30", "language=de")[0] == 1
    assert answer("settings", "shop")["settings"]["churn_gap_days"] == "90"
    status, out, _ = kpi("--lang", "uk", "settings", "shop", "week_start=saturday")
    assert status == 0 and "saturday" in out and "Перший день тижня" in out and "churn" not in out


# Imports, undo, tables


@pytest.fixture
def loaded(home: Path):
    ws = workspace.create(home, "shop")
    with ws.write() as cur:
        made = Import("orders.csv", "ab", "orders", 4, 3, 1, tables={"orders": 3}, unmapped=["memo"],
                      mapping=[{"column": "Id", "field": "orders.order_id", "confidence": 0.9, "why": "name"}])  # fmt: skip
        number = record(cur, made, [Reject(4, "Amount", "x", "not_a_number")])
        rows = [{"order_id": str(n), "customer_id": "c", "ordered_at": f"2024-01-0{n}", "amount": n} for n in (1, 2, 3)]
        insert(cur, "orders", rows, number)
    load(ws, {"orders": [{"order_id": "1", "amount": 100, "channel": "web"}]}, "more.csv")
    return ws


def test_imports_say_what_was_loaded(loaded, answer, kpi):
    first, second = answer("imports", "shop")["imports"]
    assert {key: first[key] for key in ("id", "file", "sheet", "table", "tables")} == {
        "id": "1",
        "file": "orders.csv",
        "sheet": None,
        "table": "orders",
        "tables": {"orders": 3},
    }
    assert (first["rows_read"], first["rows_loaded"], first["rows_rejected"]) == (4, 3, 1)
    assert first["mapping"][0]["field"] == "orders.order_id" and first["unmapped"] == ["memo"]
    assert first["rejects"] == [{"row": 4, "column": "Amount", "value": "x", "reason": "not_a_number"}]
    assert first["undone_at"] is None and second["id"] == "2"
    status, out, _ = kpi("imports", "shop")
    assert status == 0 and "more.csv" in out and ":" in out


def test_undo_takes_back_one_import(loaded, answer, kpi):
    assert loaded.rows("SELECT sum(amount)::INT FROM orders") == [(105,)]
    done = answer("undo", "shop", "2")
    assert done["imports"][0]["undone_at"] and done["revision"] == loaded.revision
    assert loaded.rows("SELECT sum(amount)::INT, count(channel) FROM orders") == [(6, 0)]
    for wrong in ("2", "9", "x", "-1"):
        status, out, err = kpi("undo", "shop", wrong)
        assert status in (1, 2) and out == "" and len(err.splitlines()) == 1


def test_tables_say_what_is_there(loaded, answer, kpi):
    orders, customers = sorted(answer("tables", "shop")["tables"], key=lambda t: t["table"], reverse=True)
    assert (orders["table"], orders["rows"], orders["lines"], orders["stubs"]) == ("orders", 3, 4, 0)
    assert orders["columns"]["order_id"] == 1 and orders["columns"]["channel"] == pytest.approx(1 / 3)
    assert "discount_amount" not in orders["columns"]
    assert (orders["since"], orders["until"]) == ("2024-01-01", "2024-01-04")  # half-open
    assert (customers["table"], customers["rows"], customers["lines"], customers["stubs"]) == ("customers", 1, 0, 1)
    assert "orders" in kpi("tables", "shop")[1]
    kpi("create", "empty")
    assert answer("tables", "empty")["tables"] == []


# The frame


def test_the_frames_options_may_stand_anywhere(kpi, home: Path):
    for argv in (("settings", "a", "--json", "--lang=fa"), ("--json", "--lang", "fa", "settings", "a")):
        status, out, _ = kpi(*argv)
        assert status == 0 and json.loads(out)["settings"]
    out = io.StringIO()
    assert cli.main(["workspaces", "--home", str(home), "--json"], out=out, err=io.StringIO()) == 0
    assert json.loads(out.getvalue())["workspaces"][0]["name"] == "a"
    assert kpi("settings", "a", "--lang", "de")[0] == 2 and kpi("settings", "a", "--lang")[0] == 2


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("tabels", "w"), "tables"),
        (("settings", "w", "--jsn"), "--jsn"),
        (("settings", "w", "calender=x"), "calendar"),
        (("undo", "w"), "IMPORT_ID"),
        (("rename", "w", "v", "u"), "u"),
        (("workspaces", "destroy", "w"), "destroy"),
    ],
)
def test_a_wrong_command_line_is_two_and_one_line(kpi, argv, said):
    kpi("create", "w")
    status, out, err = kpi(*argv)
    assert (status, out) == (2, "") and said in err and len(err.splitlines()) == 1


def test_errors_speak_the_language_and_json_stays_one_object(kpi):
    assert "وجود ندارد" in kpi("--lang", "fa", "tabels")[2]
    assert "Можливо" in kpi("--lang", "uk", "tabels")[2] or "tables" in kpi("--lang", "uk", "tabels")[2]
    status, out, err = kpi("tables", "nothing", "--json")
    assert status == 1 and json.loads(out)["error"]["code"] == "workspace_missing" and err


def test_help_and_no_command(kpi):
    status, out, err = kpi("--help")
    assert status == 0 and "settings" in out and err == ""
    assert "налаштування" in kpi("settings", "--help", "--lang", "uk")[1]
    status, out, err = cli.main([], out=io.StringIO(), err=io.StringIO()), "", ""
    assert status == 2


def test_a_mistake_in_a_command_is_one_line_and_a_log(kpi, home: Path, monkeypatch):
    monkeypatch.setenv("KPI_HOME", str(home))
    monkeypatch.setattr("kpi.cli.commands_imports.inventory", lambda _: 1 // 0)
    kpi("create", "shop")
    status, out, err = kpi("tables", "shop")
    assert (status, out) == (1, "") and "ZeroDivisionError" in err and len(err.splitlines()) == 1
    log = (home / "errors.log").read_text(encoding="utf-8")
    assert str(home / "errors.log") in err and "Traceback" in log and "tables" in log


def test_every_family_documents_its_commands():
    from kpi.cli.parser import build

    for lang in ("en", "fa", "uk"):
        _, commands = build(cli.FAMILIES, Texts(lang))
        assert {"workspaces", "create", "rename", "delete", "settings", "imports", "undo", "tables"} <= set(commands)
        for name, parser in commands.items():
            assert parser.format_help() and "cli.help" not in parser.format_help(), name


def test_as_a_process_with_an_ascii_terminal(home: Path):
    """cron has LANG=C; the name and the language come through all the same, and pipes may close early."""
    command = [sys.executable, "-m", "kpi", "--home", str(home), "--lang", "fa", "settings", "فروش"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "LC_ALL": "C"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=60)
    assert done.returncode == 0 and "زبان" in done.stdout.decode("utf-8"), done.stderr
    piped = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    piped.stdout.close()
    assert b"Traceback" not in piped.stderr.read() and piped.wait(timeout=60) in (0, 1)
    piped.stderr.close()


# Answers


def test_json_is_plain():
    from types import SimpleNamespace

    data = {
        "d": date(2024, 1, 2),
        "m": Decimal("1.50"),
        "n": Decimal("3"),
        "x": float("nan"),
        "y": float("inf"),
        "s": {"b", "a"},
        "t": (1, None, True),
        "p": Path("a"),
        "i": SimpleNamespace(item=lambda: 5),
        1: "ی",
    }
    assert json.loads(as_json(Answer(data), ["w"])) == {
        "warnings": ["w"], "d": "2024-01-02", "m": 1.5, "n": 3, "x": None, "y": None, "s": ["a", "b"],
        "t": [1, None, True], "p": "a", "i": 5, "1": "ی",
    }  # fmt: skip


def test_tables_line_up_for_people():
    shown = as_text(
        Answer({}, ["head", Table(["name", "n"], [["می‌رود", 5], ["a", None], ["b\nc", 1234]])]), Texts("en")
    )
    lines = shown.splitlines()
    assert lines[0] == "head" and lines[1].split() == ["name", "n"]
    assert lines[3].endswith("    5") and lines[4].endswith("–") and lines[5].startswith("b c ")
    assert len({width(line) for line in lines[3:]}) == 1
    assert width("می‌رود") == 5 and width("漢") == 2


def test_refusals_have_texts_in_all_languages():
    for code, params in {
        "workspace_busy": {"name": "w"}, "workspace_died": {"name": "w"}, "workspace_closed": {"name": "w"},
        "workspace_newer": {"version": 2, "known": 1}, "workspace_unreadable": {"name": "w", "why": "x"},
        "not_allowed": {"needed": "owner", "role": "viewer"}, "import_undone": {"id": "1"},
    }.items():  # fmt: skip
        for lang in ("en", "fa", "uk"):
            assert f"({code})" not in Texts(lang).error(Refused(code, **params)), (code, lang)

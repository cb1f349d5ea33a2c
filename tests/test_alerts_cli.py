"""`alerts` in the command line: what scripts and cron rely on (docs/alerts.md)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from kpi import workspace as workspaces
from kpi.cli import main
from kpi.core import LANGUAGES
from kpi.measure.alerts import alerts
from tests.watched import CALM, add, first_day, watching

ROOT = Path(__file__).parents[1]
SIGNAL = f"total_revenue:signal_down:{first_day(48)}"


@pytest.fixture
def home(tmp_path):
    made = workspaces.create(tmp_path, "shop")
    watching(made)
    add(made, [*CALM[:48], 700])
    yield tmp_path
    for name in workspaces.names(tmp_path):
        workspaces.close_workspace(tmp_path, name)


def call(home: Path, *argv: str, lang: str = "en") -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    status = main(["--home", str(home), "--lang", lang, *argv], out=out, err=err)
    return status, out.getvalue(), err.getvalue()


def ask(home: Path, *argv: str) -> tuple[int, list[dict]]:
    status, out, _ = call(home, "alerts", "shop", *argv, "--json")
    return status, json.loads(out)["alerts"]


def process(home: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kpi", "--home", str(home), *argv]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, "LANG": "C"}, capture_output=True, text=True, timeout=120
    )


def test_new_is_3_once_then_0_with_the_event_still_listed(home):
    status, (event,) = ask(home)
    assert status == 3 and event["new"]
    assert event.keys() == {
        "id", "kpi", "rule", "severity", "since", "last", "lasting", "text", "new", "acknowledged",
    }  # fmt: skip
    assert (event["id"], event["kpi"], event["rule"]) == (SIGNAL, "total_revenue", "signal")
    assert (event["since"], event["last"], event["lasting"]) == (str(first_day(48)), str(first_day(48)), True)
    status, (event,) = ask(home)
    assert (status, event["new"]) == (0, False)


def test_no_alert_twice_across_processes(home):
    workspaces.close_workspace(home, "shop")
    first, second = (process(home, "alerts", "shop", "--json") for _ in range(2))
    assert (first.returncode, second.returncode) == (3, 0), first.stderr + second.stderr
    again = workspaces.open_workspace(home, "shop")
    assert ask(home)[0] == 0
    add(again, [690], 49)
    handed_over = process(home, "alerts", "shop", "--json")  # this process has it open and answers
    assert handed_over.returncode == 0 and json.loads(handed_over.stdout)["alerts"][0]["last"] == str(first_day(49))


def test_all_is_a_state_and_marks_nothing_as_told(home):
    assert [ask(home, "--all")[0] for _ in range(2)] == [3, 3]
    assert ask(home)[0] == 3
    assert call(home, "alerts", "shop", "--ack", SIGNAL)[0] == 0
    status, (event,) = ask(home, "--all")
    assert status == 0 and event["acknowledged"]
    assert ask(home) == (0, [])


def test_nothing_fired_is_0(tmp_path):
    made = workspaces.create(tmp_path, "shop")
    assert ask(tmp_path) == (0, [])
    watching(made)
    add(made, CALM[:48])
    assert ask(tmp_path) == (0, []) and ask(tmp_path, "--all") == (0, [])
    workspaces.close_workspace(tmp_path, "shop")


def test_bounds_are_set_told_and_taken_away(home):
    ask(home)
    status, out, _ = call(home, "alerts", "shop", "--set", "total_revenue", "below", "750", "--json")
    assert status == 0 and json.loads(out)["rules"] == [{"kpi": "total_revenue", "side": "below", "value": 750.0}]
    status, events = ask(home)
    assert status == 3 and [e["rule"] for e in events if e["new"]] == ["threshold"]
    assert call(home, "alerts", "shop", "--unset", "total_revenue")[0] == 0
    assert [e["rule"] for e in ask(home)[1]] == ["signal"]


def test_a_declared_change_begins_the_limits_anew(home):
    assert call(home, "alerts", "shop", "--re-base", "total_revenue", "--from", str(first_day(48)))[0] == 0
    assert ask(home, "--all") == (0, [])
    held = workspaces.open_workspace(home, "shop")
    assert dict(alerts(held).blind)["total_revenue"].why == "few"


@pytest.mark.parametrize(
    ("argv", "status", "said"),
    [
        (("--ack", "nothing"), 2, "nothing"),
        (("--set", "total_revenu", "above", "1"), 2, "total_revenue"),
        (("--set", "total_revenue", "over", "1"), 1, "over"),
        (("--set", "total_revenue", "above", "much"), 1, "much"),
        (("--set", "total_revenue", "above", "inf"), 1, "inf"),
        (("--set", "total_revenue", "above"), 2, "--set"),
        (("--unset", "nothing"), 2, "nothing"),
        (("--re-base", "total_revenue"), 1, "--from"),
        (("--from", "2020-01-01"), 1, "--re-base"),
        (("--re-base", "total_revenue", "--from", "never"), 1, "never"),
        (("--re-base", "total_revenue", "--from", "2999-01-01"), 1, "2999"),
        (("--threshold", "x"), 2, "--threshold"),
    ],
)
def test_what_cannot_be_is_one_sentence(home, argv, status, said):
    got, out, err = call(home, "alerts", "shop", *argv)
    assert got == status and not out
    assert said in err and err.count("\n") == 1 and "Traceback" not in err


@pytest.mark.parametrize("lang", LANGUAGES)
def test_people_read_a_sentence_an_event(home, lang):
    status, out, _ = call(home, "alerts", "shop", lang=lang)
    assert status == 3 and SIGNAL in out and len(out.splitlines()) == 4

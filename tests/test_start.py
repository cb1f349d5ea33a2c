"""Starting is quick because little is loaded and asked: counted here, timed by tests/bench/start.py."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

import kpi
from kpi import cli
from kpi.catalogue import kpi_set
from kpi.cli.parser import build
from kpi.core import Row
from kpi.intake import written
from kpi.measure.alerts import alerts
from kpi.measure.board import Item, board
from kpi.measure.home import read_ahead, standings
from kpi.text import Texts
from kpi.workspace import Workspace, close_workspace, create
from kpi.workspace.choices import chosen_goals, selected_kpis
from tests.statements import statements

ROOT = Path(__file__).parents[1]
SLOW = ("pandas", "numpy", "scipy", "sklearn", "altair", "sqlglot", "duckdb", "kpi.catalogue", "kpi.workspace")
MOST_BOARD, MOST_HOME, MOST_ALERTS = (
    80,
    110,
    30,
)  # statements, where one for each KPI and part of a page would be hundreds


def loaded_by(*command: str) -> set[str]:
    """The modules that a command line in a fresh process loads."""
    code = "import io, sys\nfrom kpi import cli\ncli.main(sys.argv[1:], out=io.StringIO())\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, *command], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("command", [("--help",), ("compute", "--help")])
def test_help_loads_nothing_slow(command):
    assert not loaded_by(*command).intersection(SLOW)


def test_numbers_of_sql_take_neither_pandas_nor_statistics(tmp_path):
    create(tmp_path, "shop")
    close_workspace(tmp_path, "shop")
    heavy = {"pandas", "scipy", "sklearn", "altair"}
    for command in (("compute", "shop", "total_revenue", "--home", str(tmp_path)), ("catalogue", "check")):
        found = loaded_by(*command)
        assert "kpi.catalogue" in found and not found & heavy


def test_families_name_their_commands_and_the_list_is_the_same_without_loading_them():
    for lang in ("en", "fa", "uk"):
        whole, commands = build(cli.FAMILIES, Texts(lang))
        listed, names = build(cli.FAMILIES, Texts(lang), "-")
        assert whole.format_help() == listed.format_help() and list(commands) == list(names)


def test_loading_the_product_reads_no_definition():
    """A definition with a mistake is told by `catalogue check`; nothing may trip over it before. (The functions of
    kpi.analysis are loaded when a KPI wants them, with the model at hand.)"""
    found = [each.name for each in pkgutil.walk_packages(kpi.__path__, "kpi.")]
    names = [name for name in found if not name.endswith("__main__") and not name.startswith("kpi.analysis.")]
    code = (
        "import importlib, tomllib\n"
        "def loads(*_): raise AssertionError('read while loading')\n"
        "tomllib.loads = loads\n"
        f"for name in {names!r}: importlib.import_module(name)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_no_sign_of_money_stands_where_nobody_looks():
    assert not [c for c in map(chr, range(written.PLANES, sys.maxunicode + 1)) if unicodedata.category(c) == "Sc"]


class Counted:
    """Asks questions and tells how many statements each took."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.goals = chosen_goals(workspace)
        self.selected = [each.kpi for each in selected_kpis(workspace)]

    def asked(self, question) -> list[str]:
        with statements() as found:
            question()
        return found


@pytest.fixture
def counted(sample) -> Counted:
    """The sample company with nothing remembered but what is loaded."""
    sample._memory.forget()
    for known in (sample.columns, sample.as_of, sample.notes):
        known()
    return Counted(sample)


def test_the_first_board_asks_few_statements_and_the_next_none_of_the_data(counted):
    wanted = [*counted.selected, *kpi_set("essentials").kpis]

    def ask():
        return board(counted.workspace, wanted, counted.goals, periods=24)

    first, again = counted.asked(ask), counted.asked(ask)
    assert len(first) <= MOST_BOARD, len(first)
    assert all("state." in sql for sql in again) and len(again) <= 3


def test_what_home_shows_is_asked_once(counted):
    ws, strip, core = counted.workspace, kpi_set("outcomes").kpis, kpi_set("essentials").kpis
    first = counted.asked(lambda: read_ahead(ws, [*counted.selected, *strip, *core], counted.goals))
    assert len(first) <= MOST_HOME, len(first)

    def rest():
        standings(ws, counted.goals)
        for kpis in (counted.selected, core):
            board(ws, kpis, counted.goals)

    assert len(counted.asked(rest)) <= 8  # limits, and what targets have added up to
    assert len(counted.asked(lambda: alerts(ws))) <= MOST_ALERTS


def test_a_board_after_home_and_home_after_a_board_ask_the_same_only_once(counted):
    ws, core = counted.workspace, kpi_set("essentials").kpis
    counted.asked(lambda: board(ws, counted.selected, counted.goals))
    more = counted.asked(lambda: board(ws, [*counted.selected[:5], *core], counted.goals))
    alone = counted.asked(lambda: (ws._memory.forget(), board(ws, [*counted.selected[:5], *core], counted.goals)))
    assert len(more) < 0.7 * len(alone)


def test_shared_answers_are_those_of_a_board_of_their_own(counted):
    """What other KPIs stood beside a KPI when it was asked changes nothing but the SQL."""
    ws = counted.workspace
    board(ws, [*counted.selected, *kpi_set("essentials").kpis], counted.goals)
    together = {each.result.kpi.id: each for each in board(ws, counted.selected, counted.goals)}
    for id_ in counted.selected:
        ws._memory.forget()
        (alone,) = board(ws, [id_], counted.goals)
        told = together[id_]
        assert (told.result.notes, told.result.warnings) == (alone.result.notes, alone.result.warnings)
        assert told.state == alone.state
        for here, there in zip(told.result.rows, alone.result.rows, strict=True):
            assert (here.period, here.n, here.mature) == (there.period, there.n, there.mature)
            assert numbers(here) == pytest.approx(numbers(there))
        assert so_far(told) == pytest.approx(so_far(alone))


def so_far(item: Item) -> tuple:
    return (item.running.value, item.running.compared) if item.running else ()


def numbers(row: Row) -> tuple:
    """The order in which threads add up differs from time to time: the last digit is not compared."""
    return row.value, row.low, row.high, row.numerator, row.denominator, *(value for _, value in row.beside)

"""A user's own KPI that would take all the memory: stopped with a reason, while everybody else gets answers."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import duckdb
import pytest

from kpi.core import Query
from kpi.errors import Refused
from kpi.measure import evaluate, run
from kpi.text import Texts
from kpi.workspace import Workspace, create
from kpi.workspace.own_kpis import save_kpi
from kpi.workspace.timed import RUNNING, rows_within

# Every value of every group is held until the end, and nothing of it can be put on the disk.
GREEDY = "select sum(m) from (select i % 1000 as g, median(i) as m from range(400000000) t(i) group by 1)"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace whose database may take 200 MB, with some orders in it."""
    monkeypatch.setenv("KPI_MEMORY_LIMIT", "200MB")
    made = create(tmp_path, "shop")
    with made.write() as cur:
        cur.execute(
            "insert into rows.orders (order_id, customer_id, ordered_at, amount, _import, _line) "
            "select 'O' || i, 'C' || i % 50, timestamp '2026-01-01' + to_minutes(i::int), i, 1, i from range(5000) t(i)"
        ).fetchall()
    return made


def test_what_takes_too_much_is_stopped_and_the_others_live_on(small):
    told, answers = [], []

    def greedy():
        try:
            rows_within(small, GREEDY, (), 120)
        except Refused as refused:
            told.append(refused.code)

    thread = threading.Thread(target=greedy)
    thread.start()
    while thread.is_alive():
        answers.append(small.rows("select count(*), count(distinct customer_id) from orders"))
    thread.join()
    assert told == ["query_too_big"]
    assert set(map(tuple, answers)) == {((5000, 50),)}
    with small.write() as cur:  # nothing of it is left in the way
        cur.execute("delete from rows.orders where _line >= 1000").fetchall()
    assert small.rows("select count(*) from orders") == [(1000,)]


def test_who_meets_the_peak_asks_again_when_it_is_over(small):
    """The database refuses one answer while somebody's query runs; it comes when that has ended."""
    ended, asked = threading.Event(), []

    def peak():
        with RUNNING:
            ended.wait(30)

    thread = threading.Thread(target=peak)
    thread.start()

    def question(cursor):
        asked.append(ended.is_set())
        if len(asked) == 1:
            threading.Timer(0.1, ended.set).start()
            raise duckdb.OutOfMemoryException("all taken")
        return cursor.execute("select 1").fetchall()

    assert small.ask(question) == [(1,)]
    thread.join()
    assert asked == [False, True]


def test_the_kpi_says_why_it_has_no_value_in_every_language(small, monkeypatch):
    save_kpi(small, "spread", {"name": {"en": "Spread"}, "unit": "count", "better": "higher", "from": "orders",
                               "value": "median(amount)", "date": "ordered_at"})  # fmt: skip
    query = Query(("spread", "total_revenue"), date(2026, 1, 1), date(2026, 2, 1))

    def too_big(*_):
        raise Refused("query_too_big")

    with monkeypatch.context() as patch:
        patch.setattr(evaluate, "rows_within", too_big)
        found = run(small, query)
    assert found["spread"].rows == () and [code for code, _ in found["spread"].notes if "query" in code] == [
        "note.query_too_big"
    ]
    assert found["total_revenue"].rows[0].value == sum(range(5000))
    for lang in ("en", "fa", "uk"):
        assert Texts(lang).has("note.query_too_big") and Texts(lang).error(Refused("query_too_big"))

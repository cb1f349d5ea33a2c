"""Writes in one transaction; what is remembered until the next revision."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import duckdb
import pytest

from kpi import workspace
from kpi.workspace.workspace import Workspace
from tests.workspaces import insert, load


@pytest.fixture
def ws(home: Path) -> Workspace:
    return workspace.create(home, "shop")


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
            time.sleep(0.01)

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


def test_a_write_within_a_write_is_a_mistake_not_a_wait(ws: Workspace):
    with pytest.raises(RuntimeError), ws.write(), ws.write():
        raise AssertionError
    load(ws, {"customers": [{"customer_id": "a"}]})
    assert ws.rows("SELECT count(*) FROM customers") == [(1,)]


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

"""Large files: what goes straight in is what the careful way would have loaded; giving up leaves nothing behind."""

from __future__ import annotations

import contextlib
import csv
import itertools
import json
import random
import threading
from pathlib import Path

import pytest

from kpi.errors import Refused
from kpi.intake import direct, inspect, job, load, loading, options, preview, staging, try_out
from kpi.intake.readers import large
from kpi.workspace import create, imports, rejects, undo

ORDERS = ["order_id", "customer_id", "ordered_at", "amount", "discount_amount", "channel", "status", "note"]


@pytest.fixture
def small_is_large(monkeypatch):
    """Files of a few kilobytes take the way of large ones."""
    monkeypatch.setattr(large, "LARGE", 2000)
    monkeypatch.setattr(large, "HEAD", 1500)
    monkeypatch.setattr(large, "BLOCK", 400)
    monkeypatch.setattr(large, "BLOCKS", 6)


@pytest.fixture
def ways(monkeypatch):
    """Which way each load took."""
    taken: list[str] = []
    whole, straight = loading._Load._careful, direct.Direct.write

    def careful(self, raw, standing):
        taken.append("careful")
        return whole(self, raw, standing)

    def written(self, cur, number, work):
        taken.append("direct")
        return straight(self, cur, number, work)

    monkeypatch.setattr(loading._Load, "_careful", careful)
    monkeypatch.setattr(direct.Direct, "write", written)
    return taken


@contextlib.contextmanager
def refused(code: str):
    """The block is refused with this code."""
    with pytest.raises(Refused) as error:
        yield
    assert error.value.code == code


def orders(seed: int, n: int = 400, faults: float = 0.02) -> list[list[str]]:
    """Lines of orders with everything that may be odd about a cell."""
    chance = random.Random(seed)
    odd = {
        "order_id": ["", " O7 ", "null", '"quoted" id', "12.0"],
        "customer_id": ["", "C9 ", "N/A", "\u00a0C3", "17850.0"],
        "ordered_at": [
            "",
            "2024-13-45",
            "soon",
            "2024-02-30 10:00:00",
            " 2024-01-05 08:00:00",
            "-",
            "2024-05-12 10:20 PM",
        ],
        "amount": ["", "abc", "-5.00", "0", "1_000", "€ 12.50", "(3.10)", "?", " 7.25 ", "12 EUR"],
        "discount_amount": ["", "none", "1.5"],
        "channel": ["", " web", "Ünder", "a,b", 'say "hi"', "nan"],
        "status": ["", "Completed ", "shipped", "lost in space", "CANCELLED"],
        "note": ["", 'two\nlines, and "more"', "; , |", "نشانی", "\t"],
    }
    lines = []
    for i in range(n):
        line = [
            f"O{1000 + i}",
            f"C{chance.randrange(60)}",
            f"20{chance.randrange(20, 25)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02} 1{chance.randrange(10)}:30:00",
            f"{chance.randrange(1, 90000) / 100:.2f}",
            f"{chance.randrange(0, 900) / 100:.2f}",
            chance.choice(["web", "shop", "phone"]),
            chance.choice(["completed", "completed", "cancelled", "open"]),
            chance.choice(["", "gift", "call first"]),
        ]
        for place, name in enumerate(ORDERS):
            if chance.random() < faults:
                line[place] = chance.choice(odd[name])
        if chance.random() < faults / 4:
            line = [""] * len(ORDERS)
        lines.append(line)
    return lines


def write(path: Path, header: list[str], lines: list[list[str]], **dialect) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, **{"lineterminator": "\n", **dialect})
        writer.writerow(header)
        writer.writerows(lines)
    return path


def state(ws) -> dict:
    """All that an import leaves in a workspace."""
    tables = [name for (name,) in ws.rows("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'rows'")]
    rows = {name: ws.rows(f'SELECT * FROM rows."{name}" ORDER BY _import, _line, rowid') for name in tables}
    logged = [
        (e.table, e.rows_read, e.rows_loaded, e.rows_rejected, e.tables, e.mapping, e.unmapped, e.warnings)
        for e in imports(ws)
    ]
    bad = [
        [(r.row, r.column, r.value, r.reason, r.params, r.line) for r in rejects(ws, e.id, None)] for e in imports(ws)
    ]
    seen = {name: sorted(ws.rows(f'SELECT * FROM main."{name}"'), key=str) for name in ("orders", "customers")}
    return json.loads(json.dumps({"rows": rows, "log": logged, "rejects": bad, "main": seen}, default=str))


def both_ways(tmp_path, path: Path, monkeypatch, given=None) -> tuple[dict, dict]:
    """The state after a load the careful way and after one the way of large files, by the same plan."""
    found = []
    name = itertools.count()
    seen = create(tmp_path / "plan", "w")
    plan = inspect(seen, [path], given)[0]
    for limit in (1 << 40, 2000):
        monkeypatch.setattr(large, "LARGE", limit)
        staging._kept.clear()
        ws = create(tmp_path / f"home{next(name)}", "w")
        load(ws, plan)
        found.append(state(ws))
        ws.close()
    seen.close()
    return found[0], found[1]


@pytest.mark.parametrize("seed", range(8))
def test_what_goes_straight_in_is_what_the_careful_way_loads(tmp_path, monkeypatch, small_is_large, ways, seed):
    dialect = [{}, {"delimiter": ";"}, {"quoting": csv.QUOTE_ALL}, {"lineterminator": "\r\n"}][seed % 4]
    monkeypatch.setattr(direct, "MOST_ODD", seed % 2)  # odd lines set aside, or all lines looked at closely
    path = write(tmp_path / "orders.csv", ORDERS, orders(seed, faults=0.01 * (seed % 3)), **dialect)
    careful, straight = both_ways(tmp_path, path, monkeypatch)
    assert straight == careful
    assert ways[0] == "careful" and ways[1] == "direct"
    assert careful["log"][0][1] == careful["log"][0][2] + careful["log"][0][3] > 300


def test_several_tables_of_one_large_file_are_the_same_too(tmp_path, monkeypatch, small_is_large):
    chance = random.Random(4)
    header = ["order_id", "customer_id", "order_date", "product_id", "product_name", "quantity", "unit_price"]
    lines = [
        [f"A{i // 3}", f"C{i // 3 % 40}", f"2024-03-{1 + i // 3 % 28:02}", f"P{i % 7}", f"Lamp {i % 7}",
         str(chance.choice([1, 2, 3, -1 if i % 50 == 0 else 4])), f"{chance.randrange(100, 999) / 100}"]
        for i in range(300)
    ]  # fmt: skip
    lines[77][5] = "many"
    path = write(tmp_path / "lines.csv", header, lines)
    careful, straight = both_ways(tmp_path, path, monkeypatch, options(table="order_lines"))
    assert straight == careful
    assert careful["log"][0][4].keys() >= {"order_lines", "orders", "products", "returns"}


def test_a_word_that_the_sample_lacks_gets_its_meaning(tmp_path, monkeypatch, small_is_large, ways):
    lines = orders(1, faults=0)
    path = write(tmp_path / "orders.csv", ORDERS, lines)
    seen = {value for (value,) in staging.take(inspect(None, [path])[0]).query("SELECT c0 FROM raw")}
    gap = next(i for i in range(60, 350) if not seen & {line[0] for line in lines[i - 4 : i + 5]})
    lines[gap][6], lines[gap + 1][1] = "refunded", "17850.0"
    path = write(tmp_path / "orders.csv", ORDERS, lines)
    raw = staging.take(inspect(None, [path])[0])
    assert raw.sampled and not raw.query("SELECT 1 FROM raw WHERE c6 = 'refunded' OR c1 LIKE '%.0'")
    careful, straight = both_ways(tmp_path, path, monkeypatch)
    assert straight == careful and ways.count("direct") > 1


def test_a_large_file_is_recognised_by_its_sample(tmp_path, small_is_large):
    path = write(tmp_path / "orders.csv", ORDERS, orders(3, 900, faults=0))
    plan = inspect(None, [path])[0]
    assert plan.rows == 900 and plan.table == "orders"
    raw = staging.take(plan)
    assert raw.sampled and raw.query("SELECT count(*) FROM raw")[0][0] < 300
    filled, distinct = raw.counts()[0]
    assert filled == 900 and distinct == 900
    assert raw.counts()[5][1] == 3 and 30 <= raw.counts()[1][1] <= 120
    assert raw.whole().query("SELECT count(*) FROM raw")[0][0] == 900
    assert raw.settle().query("SELECT count(*), count(DISTINCT c0) FROM raw")[0] == (900, 900) and not raw.sampled


def test_totals_below_a_large_table_are_taken_out(tmp_path, monkeypatch, small_is_large):
    lines = [*orders(5, faults=0), ["Total", "", "", "180000.00", "", "", "", ""]]
    path = write(tmp_path / "orders.csv", ORDERS, lines)
    careful, straight = both_ways(tmp_path, path, monkeypatch)
    assert straight == careful and careful["log"][0][2] == 400


def test_dry_run_and_preview_of_a_large_file(tmp_path, small_is_large):
    lines = orders(6, faults=0)
    lines[300][3] = "abc"
    path = write(tmp_path / "orders.csv", ORDERS, lines)
    ws = create(tmp_path / "home", "w")
    plan = inspect(ws, [path])[0]
    told = try_out(ws, plan)
    assert (told.rows_read, told.rows_rejected, told.tables["orders"]) == (400, 1, 399)
    assert [each.row for each in told.rejects] == [302]
    shown = preview(ws, plan)
    assert shown.lines[:3] == (2, 3, 4) and shown.rows == 400
    report = load(ws, plan)
    assert (report.rows_read, report.rows_rejected) == (400, 1)
    assert [each.row for each in report.rejects] == [302]


def test_a_file_that_changes_is_not_loaded(tmp_path, small_is_large):
    path = write(tmp_path / "orders.csv", ORDERS, orders(7, faults=0))
    ws = create(tmp_path / "home", "w")
    plan = inspect(ws, [path])[0]
    write(path, ORDERS, orders(8, 401, faults=0))
    with refused("file_changed"):
        load(ws, plan)
    assert not ws.rows("SELECT 1 FROM rows.orders") and not list(ws.originals.iterdir())


def files(ws) -> list[str]:
    return sorted(p.name for folder in (ws.originals, ws.spool) for p in folder.rglob("*"))


@pytest.mark.parametrize("step", ["read", "check", "write"])
@pytest.mark.parametrize("limit", [2000, 1 << 40])
def test_giving_up_at_any_step_leaves_nothing_behind(tmp_path, monkeypatch, small_is_large, step, limit):
    path = write(tmp_path / "orders.csv", ORDERS, orders(9, faults=0))
    ws = create(tmp_path / "home", "w")
    monkeypatch.setattr(large, "LARGE", limit)
    before = state(ws), ws.revision, files(ws)
    plan = inspect(ws, [path])[0]
    stop = threading.Event()
    with refused("import_stopped"):
        load(ws, plan, lambda name, share: stop.set() if name == step else None, stop)
    assert (state(ws), ws.revision, files(ws)) == before
    report = load(ws, plan)  # and it can be loaded all the same
    assert report.rows_loaded == 400
    undo(ws, report.id or 0)


def test_a_running_query_is_interrupted():
    import duckdb

    stop = threading.Event()
    con = duckdb.connect()
    threading.Timer(0.2, stop.set).start()
    work = job.Job("f.csv", None, stop)
    work.start()
    with refused("import_stopped"), work.interruptible(con):
        con.execute("SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range + b.range = 7").fetchall()
    work.finish()
    assert con.execute("SELECT 1").fetchall() == [(1,)]  # nothing interrupts what comes after


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_error_in_the_middle_leaves_nothing_behind(tmp_path, small_is_large, error):
    path = write(tmp_path / "orders.csv", ORDERS, orders(9, faults=0))
    ws = create(tmp_path / "home", "w")
    before = state(ws), ws.revision, files(ws)

    def fails(name, share):
        if name == "write":
            raise error

    with pytest.raises(error):
        load(ws, inspect(ws, [path])[0], fails)
    assert (state(ws), ws.revision, files(ws)) == before

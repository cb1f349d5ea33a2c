"""The benchmarks: `python -m tests.bench.run [--lines 1000000] [--rounds 3]`. Prints docs/benchmarks.md.

Ratios against raw DuckDB and pandas in the same run; values are compared, times are not asserted.
"""

from __future__ import annotations

import argparse
import math
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

from kpi import intake
from kpi.core import Query
from kpi.measure import run
from kpi.workspace import Workspace, create
from tests.bench.data import LINES, order_lines_csv

SQL = Path(__file__).with_name("board.sql")
TYPES = {
    "order_id": "VARCHAR", "order_line_id": "VARCHAR", "customer_id": "VARCHAR", "product_id": "VARCHAR",
    "ordered_at": "TIMESTAMP", "quantity": "DOUBLE", "unit_price": "DECIMAL(18,4)", "unit_cost": "DECIMAL(18,4)",
    "channel": "VARCHAR",
}  # fmt: skip


def timed(what: Callable[[], object], rounds: int) -> float:
    """Median seconds of `rounds` runs."""
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        what()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def load_raw(path: Path, folder: Path) -> None:
    """DuckDB's own load of the same file into the same types, in a file of its own."""
    target = folder / "raw.duckdb"
    target.unlink(missing_ok=True)
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in TYPES.items())
    with duckdb.connect(str(target)) as con:
        con.execute(
            f"create table lines as from read_csv('{path}', header=true, auto_detect=false, columns={{{columns}}})"
        ).fetchall()


def pandas_board(orders: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """The flows of the board in pandas, the frames already in memory: orders, revenue, margin, first orders."""
    month = orders["ordered_at"].dt.to_period("M")
    flows = orders.groupby(month)["amount"].agg(["size", "sum"])
    first = orders.groupby("customer_id")["ordered_at"].transform("min")
    flows["new"] = orders[orders["ordered_at"] == first].groupby(month)["amount"].sum()
    both = lines.merge(orders[["order_id", "ordered_at"]], on="order_id")
    both["margin"] = both["line_amount"] - both["quantity"] * both["unit_cost"]
    sums = both.groupby(both["ordered_at"].dt.to_period("M"))[["margin", "line_amount"]].sum()
    flows["product_margin"] = sums["margin"] / sums["line_amount"]
    return flows


def differences(workspace: Workspace, query: Query, by_hand: pd.DataFrame) -> int:
    """How many values of the board differ from those by hand."""
    result = run(workspace, query)
    wrong = 0
    for kpi in query.kpis:
        for row, hand in zip(result[kpi].rows, by_hand[kpi], strict=True):
            ours, theirs = row.value, None if pd.isna(hand) else float(hand)
            if ours is None or theirs is None:
                wrong += (ours or 0.0) != (theirs or 0.0)
            else:
                wrong += not math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9)
    return wrong


def main() -> None:
    """Run everything and print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=LINES)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = order_lines_csv(folder, given.lines)
        raw = timed(lambda: load_raw(path, folder), given.rounds)
        workspace = create(folder / "home", "bench")
        start = time.perf_counter()
        plan = intake.inspect(workspace, [path])[0]
        seen = time.perf_counter()
        intake.load(workspace, plan)
        loaded = time.perf_counter()
        sql = SQL.read_text(encoding="utf-8")
        now = workspace.as_of()
        sql = sql.replace("getvariable('now')", f"(timestamp '{now}' + interval 1 day)")
        by_hand = workspace.frame(sql)
        kpis = tuple(c for c in by_hand.columns if c != "since")
        query = Query(kpis, date(2021, 1, 1), date(2026, 1, 1), "month")

        def board() -> None:
            workspace._memory.forget()  # noqa: SLF001 - the benchmark asks again what is remembered
            run(workspace, query)

        ours = timed(board, given.rounds)
        hand = timed(lambda: workspace.frame(sql), given.rounds)
        again = timed(lambda: run(workspace, query), given.rounds)
        orders = workspace.frame(
            "select order_id, customer_id, ordered_at, cast(amount as double) as amount from orders"
        )
        lines = workspace.frame(
            "select order_id, quantity, cast(unit_cost as double) as unit_cost, cast(line_amount as double) as line_amount from order_lines"
        )
        in_pandas = timed(lambda: pandas_board(orders, lines), given.rounds)
        wrong = differences(workspace, query, by_hand)
        workspace.close()
    print(
        f"# Benchmarks\n\n{given.lines:,} order lines, median of {given.rounds} runs, one machine, one run of all rows together."
    )
    print("Made by `python -m tests.bench.run`; read the ratios, not the seconds.\n")
    print("| what | seconds | against |\n|---|---|---|")
    print(f"| DuckDB's own load of the file into the same types | {raw:.2f} | 1 |")
    print(f"| import: recognise the file | {seen - start:.2f} | {(seen - start) / raw:.1f} × |")
    print(f"| import: check, load, merge, derive | {loaded - seen:.2f} | {(loaded - seen) / raw:.1f} × |")
    print(f"| board by hand in SQL (tests/bench/board.sql), {len(kpis)} KPIs × 60 months | {hand:.2f} | 1 |")
    print(f"| the same board from the definitions | {ours:.2f} | {ours / hand:.2f} × |")
    print(f"| the same board again (remembered) | {again:.4f} | {again / hand:.4f} × |")
    print(f"| four of its flows in pandas, frames in memory | {in_pandas:.2f} | {in_pandas / hand:.2f} × |")
    print(f"\nValues that differ between the definitions and the SQL by hand: {wrong} of {len(kpis) * 60}.")


if __name__ == "__main__":
    main()

"""The board of all SQL KPIs over a large company: `python -m tests.bench.board [--lines 10000000] [--write]`.

The same 27 KPIs of 24 months from the definitions, by hand in SQL (board.sql) and in pandas, in one run; every value is
compared. --write puts the report into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import math
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from kpi.catalogue import kpis as built_in
from kpi.compile import Statement
from kpi.core import Query
from kpi.measure import evaluate, run
from kpi.measure.asking import Asking, shared_facts
from kpi.measure.run import chosen
from kpi.workspace import Workspace, create
from kpi.workspace.own_kpis import kpis_of
from tests.bench.data import fill
from tests.bench.in_pandas import board as pandas_board
from tests.bench.in_pandas import frames
from tests.bench.timing import in_turn, put, timed

SQL = Path(__file__).with_name("board.sql")
FIRST, LAST = date(2024, 1, 1), date(2026, 1, 1)
BIG = ("orders", "order_lines", "customers")


def sql_kpis(workspace: Workspace) -> tuple[str, ...]:
    """The KPIs that can be computed from what is loaded and are no function."""
    found = {id_: chosen(workspace, kpi)[0] for id_, kpi in kpis_of(workspace).items()}
    return tuple(id_ for id_, computation in found.items() if computation and not computation.function)


def by_hand(now: date) -> str:
    """The SQL by hand with its days."""
    text = SQL.read_text(encoding="utf-8")
    return text.replace("$first", f"timestamp '{FIRST}'").replace("$now", f"timestamp '{now}'")


def differences(ours: pd.DataFrame, theirs: pd.DataFrame) -> list[str]:
    """The values in which two boards differ."""
    found = []
    for kpi in ours.columns:
        for month, (a, b) in enumerate(zip(ours[kpi], theirs[kpi], strict=True)):
            x, y = (None if pd.isna(v) else float(v) for v in (a, b))
            if (x or 0.0) != (y or 0.0) and not (x and y and math.isclose(x, y, rel_tol=1e-9)):
                found.append(f"{kpi} in month {month}: {x} and {y}")
    return found


def statements(workspace: Workspace, query: Query) -> list[Statement]:
    """What the engine asks for the board."""
    seen: list[Statement] = []
    compiled = evaluate.compile_batch

    def watched(*args: Any, **named: Any) -> list[Statement]:
        seen.extend(found := compiled(*args, **named))
        return found

    evaluate.compile_batch = watched
    try:
        workspace._memory.forget()  # noqa: SLF001 - the benchmark asks again what is remembered
        run(workspace, query)
    finally:
        evaluate.compile_batch = compiled
    return seen


class Planned:
    """A cursor that notes how often each large table is read by what it executes, by the plan of the database."""

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor
        self.scans: Counter[str] = Counter()

    def execute(self, sql: str, params: Sequence[object] = ()) -> Any:
        plan = "\n".join(str(row[-1]) for row in self.cursor.execute(f"explain {sql}", list(params)).fetchall())
        self.scans.update(name for name in re.findall(r"Table:[\s│]*(?:\w+\.)*(\w+)", plan) if name in BIG)
        return self.cursor.execute(sql, list(params))


def scans(workspace: Workspace, asked: Sequence[Statement]) -> Counter[str]:
    """How often the engine reads each large table for these statements."""

    def ask(cursor: Any) -> Counter[str]:
        planned = Planned(cursor)
        asking = Asking(planned, shared_facts(asked))
        for statement in asked:
            asking.rows(statement)
        return planned.scans

    return workspace.ask(ask)


def report(lines: int, customers: int, rounds: int, folder: Path) -> str:
    """The section of docs/benchmarks.md."""
    workspace = create(folder / "home", "bench")
    started = time.perf_counter()
    fill(workspace, lines, customers)
    filled = time.perf_counter() - started
    now = (workspace.as_of() or date.today()) + timedelta(days=1)
    kpis = sql_kpis(workspace)
    query, sql = Query(kpis, FIRST, LAST, "month"), by_hand(now)

    def engine() -> None:
        workspace._memory.forget()  # noqa: SLF001
        run(workspace, query)

    (ours, hand), (ours_cpu, hand_cpu) = in_turn((engine, lambda: workspace.rows(sql)), rounds)
    again = timed(lambda: run(workspace, query), rounds)
    asked = statements(workspace, query)
    ours_read = scans(workspace, asked)
    hand_read = scans(workspace, [Statement(sql, (), ())])
    result = run(workspace, query)
    engine_board = pd.DataFrame({kpi: [row.value for row in result[kpi].rows] for kpi in kpis})
    hand_board = workspace.frame(sql)
    held = frames(workspace)
    first, end = pd.Timestamp(FIRST), pd.Timestamp(now)
    started, begun = time.perf_counter(), time.process_time()
    third = pandas_board(held, first, end)
    in_pandas, pandas_cpu = time.perf_counter() - started, time.process_time() - begun
    wrong = differences(engine_board, hand_board), differences(engine_board, third)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    workspace.close()
    for each in (*wrong[0][:20], *wrong[1][:20]):
        print(each, file=sys.stderr)

    def read(found: Counter[str]) -> str:
        return ", ".join(f"{name} {found[name]} ×" for name in BIG)

    return f"""{lines:,} order lines, {customers:,} customers, {len(kpis)} KPIs × 24 months, median of {rounds} runs (pandas: one), {os.cpu_count()} cores,
all in one run: `python -m tests.bench.board --lines {lines} --customers {customers} --write`. Load on the machine at the end: {os.getloadavg()[0]:.1f}.

| what | seconds | against the SQL by hand | CPU seconds of all cores | against |
|---|---|---|---|---|
| by hand in SQL ([tests/bench/board.sql](../tests/bench/board.sql)) | {hand:.2f} | 1 | {hand_cpu:.2f} | 1 |
| from the definitions | {ours:.2f} | {ours / hand:.2f} × | {ours_cpu:.2f} | {ours_cpu / hand_cpu:.2f} × |
| the same again (remembered) | {again:.4f} | {again / hand:.4f} × | | |
| in pandas, frames in memory ([tests/bench/in_pandas.py](../tests/bench/in_pandas.py)) | {in_pandas:.2f} | {in_pandas / hand:.1f} × ({in_pandas / ours:.1f} × the definitions) | {pandas_cpu:.2f} | {pandas_cpu / hand_cpu:.1f} × |

Values that differ of {len(kpis) * 24}: {len(wrong[0])} from the SQL by hand, {len(wrong[1])} from pandas.
Statements for the whole board: {len(asked)}. Tables read: {read(ours_read)}; by hand {read(hand_read)}.
Filling and deriving took {filled:.0f} s; the most memory of the process, pandas included, was {peak:.1f} GB."""


def catalogue() -> str:
    """The line on the catalogue: loaded, and checked in full, each in a fresh process."""
    load = "from kpi.catalogue import goals, kpis; kpis(), goals()"

    def fresh(*command: str) -> float:
        return timed(lambda: subprocess.run([sys.executable, *command], check=True, capture_output=True), 3)

    check = "from kpi.catalogue.check import mistakes; assert not mistakes()"
    return (
        f"Fresh processes, start of Python ({fresh('-c', 'pass'):.2f} s) included: loading the {len(built_in())} KPIs and the goals "
        f"{fresh('-c', load):.2f} s; loading them and checking all of it, every expression parsed and compiled, "
        f"{fresh('-c', check):.2f} s; the command `catalogue check`, which also reads every other definition file of the "
        f"product, {fresh('-m', 'kpi', 'catalogue', 'check'):.2f} s."
    )


def main() -> None:
    """Run everything; print the report or write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        board = report(given.lines, given.customers, given.rounds, Path(name))
    text = catalogue()
    if given.write:
        put("Board", board)
        put("Catalogue", text)
    else:
        print(f"## Board\n\n{board}\n\n## Catalogue\n\n{text}")


if __name__ == "__main__":
    main()

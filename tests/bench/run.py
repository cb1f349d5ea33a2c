"""The benchmark of an import: `python -m tests.bench.run [--lines 1000000] [--rounds 3]`. Prints the section Import of
docs/benchmarks.md; the board is `tests.bench.board`.

Ratios against raw DuckDB in the same run; times are not asserted.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import duckdb

from kpi import intake
from kpi.workspace import create
from tests.bench.data import LINES, order_lines_csv
from tests.bench.timing import timed

TYPES = {
    "order_id": "VARCHAR", "order_line_id": "VARCHAR", "customer_id": "VARCHAR", "product_id": "VARCHAR",
    "ordered_at": "TIMESTAMP", "quantity": "DOUBLE", "unit_price": "DECIMAL(18,4)", "unit_cost": "DECIMAL(18,4)",
    "channel": "VARCHAR",
}  # fmt: skip


def load_raw(path: Path, folder: Path) -> None:
    """DuckDB's own load of the same file into the same types, in a file of its own."""
    target = folder / "raw.duckdb"
    target.unlink(missing_ok=True)
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in TYPES.items())
    with duckdb.connect(str(target)) as con:
        con.execute(
            f"create table lines as from read_csv('{path}', header=true, auto_detect=false, columns={{{columns}}})"
        ).fetchall()


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
        workspace.close()
    print(f"{given.lines:,} order lines, median of {given.rounds} runs, one machine, one run of all rows together.")
    print("Made by `python -m tests.bench.run`; read the ratios, not the seconds.\n")
    print("| what | seconds | against |\n|---|---|---|")
    print(f"| DuckDB's own load of the file into the same types | {raw:.2f} | 1 |")
    print(f"| import: recognise the file | {seen - start:.2f} | {(seen - start) / raw:.1f} × |")
    print(f"| import: check, load, merge, derive | {loaded - seen:.2f} | {(loaded - seen) / raw:.1f} × |")


if __name__ == "__main__":
    main()

"""How fast a large file is imported: `python -m tests.bench.imports [--rows 10000000] [--rounds 3] [--json] [--write]`.

Makes a CSV of orders (ten customers' worth of orders each, about 69 bytes a row), loads it in turns with DuckDB alone, into
the same types in a database of its own, and with our import (recognised, typed, checked, committed), each time in a fresh
process. Peak memory is of that process. Beside it: how long a load goes on after it was told to stop, and what it leaves.
--write puts the table into docs/import.md.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import duckdb

DOCS = Path(__file__).parents[2] / "docs" / "import.md"
BEGIN, END = "<!-- imports: begin -->", "<!-- imports: end -->"
ROWS = 10_000_000
TYPES = {
    "order_id": "VARCHAR", "customer_id": "VARCHAR", "ordered_at": "TIMESTAMP", "amount": "DECIMAL(18,4)",
    "discount_amount": "DECIMAL(18,4)", "currency": "VARCHAR", "channel": "VARCHAR", "status": "VARCHAR",
}  # fmt: skip
ORDERS = """
SELECT 'O' || (1000000 + i) AS order_id, 'C' || (hash(i * 31) % {customers}) AS customer_id,
    TIMESTAMP '2021-01-01' + to_seconds((hash(i * 7) % 157680000)::BIGINT) AS ordered_at,
    (5 + (hash(i * 17) % 200000) / 100.0)::DECIMAL(12,2) AS amount,
    ((hash(i * 19) % 2000) / 100.0)::DECIMAL(12,2) AS discount_amount, 'EUR' AS currency,
    ['web', 'shop', 'phone', 'partner'][(hash(i * 37) % 4 + 1)::INTEGER] AS channel,
    CASE hash(i * 41) % 50 WHEN 0 THEN 'cancelled' WHEN 1 THEN 'open' ELSE 'completed' END AS status
FROM range({rows}) t(i)
"""
STOPS = (0.1, 0.4, 0.65)  # shares of the load at which it is told to stop


def orders_csv(folder: Path, rows: int) -> Path:
    """The file, the same every time."""
    path = folder / f"orders_{rows}.csv"
    if not path.exists():
        with duckdb.connect() as con:
            con.execute(
                f"COPY ({ORDERS.format(rows=rows, customers=max(1, rows // 10))}) TO '{path}' (HEADER)"
            ).fetchall()
    return path


def theirs(path: Path, folder: Path) -> dict:
    """DuckDB's own load."""
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in TYPES.items())
    with duckdb.connect(str(folder / "theirs.duckdb")) as con:
        start, cpu = time.perf_counter(), time.process_time()
        con.execute(
            f"CREATE TABLE orders AS FROM read_csv('{path}', header=true, auto_detect=false, columns={{{columns}}})"
        ).fetchall()
        return _measured(start, cpu)


def ours(path: Path, folder: Path) -> dict:
    """Our import, from the first look to the commit."""
    from kpi import intake
    from kpi.workspace import create

    workspace = create(folder / "home", "bench")
    start, cpu = time.perf_counter(), time.process_time()
    plan = intake.inspect(workspace, [path])[0]
    seen, seen_cpu = time.perf_counter(), time.process_time()
    report = intake.load(workspace, plan)
    found = _measured(start, cpu)
    return found | {"recognised": seen - start, "recognised_cpu": seen_cpu - cpu, "rows": report.rows_loaded}


def stopped(path: Path, folder: Path) -> dict:
    """Seconds from being told to stop to having stopped, at several places of the load; what is left."""
    from kpi import intake
    from kpi.errors import Refused
    from kpi.workspace import create

    workspace = create(folder / "home", "bench")
    plan = intake.inspect(workspace, [path])[0]
    seconds = []
    for share in STOPS:
        stop, told = threading.Event(), [0.0]

        def tell(_, done: float, share: float = share, stop: threading.Event = stop, told: list[float] = told) -> None:
            if done >= share and not stop.is_set():
                told[0] = time.perf_counter()
                stop.set()

        try:
            intake.load(workspace, plan, tell, stop)
        except Refused:
            seconds.append(time.perf_counter() - told[0])
    left = sum(1 for each in (*workspace.originals.rglob("*"), *workspace.spool.rglob("*")) if each.is_file())
    rows = workspace.rows("SELECT (SELECT count(*) FROM rows.orders) + (SELECT count(*) FROM state.imports)")[0][0]
    return {"seconds": seconds, "left": left + rows}


def _measured(start: float, cpu: float) -> dict:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": time.perf_counter() - start, "cpu": time.process_time() - cpu, "peak": peak}


def apart(what: str, path: Path) -> dict:
    """What a fresh process measures."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        command = [sys.executable, "-m", "tests.bench.imports", "--child", what, str(path), folder]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def table(rows: int, size: float, runs: dict[str, list[dict]], stop: dict) -> list[str]:
    """The lines for the document."""

    def middle(what: str, key: str) -> float:
        return statistics.median(each[key] for each in runs[what])

    ratios = [a["seconds"] / b["seconds"] for a, b in zip(runs["ours"], runs["theirs"], strict=True)]
    busy = [a["cpu"] / b["cpu"] for a, b in zip(runs["ours"], runs["theirs"], strict=True)]
    return [
        f"{rows:,} orders ({size:.0f} MB), in turns, each in a fresh process, median of {len(ratios)}; load of the machine "
        f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores. Made by `python -m tests.bench.imports --write`.",
        "",
        "| what | seconds | processor seconds | peak memory |",
        "|---|---|---|---|",
        f"| DuckDB's own load into the same types | {middle('theirs', 'seconds'):.1f} | {middle('theirs', 'cpu'):.1f} | "
        f"{middle('theirs', 'peak'):.0f} MB |",
        f"| our import: recognised, typed, checked, committed | {middle('ours', 'seconds'):.1f} | "
        f"{middle('ours', 'cpu'):.1f} | {middle('ours', 'peak'):.0f} MB |",
        f"| of which recognised | {middle('ours', 'recognised'):.1f} | {middle('ours', 'recognised_cpu'):.1f} | |",
        f"| ratio | **{statistics.median(ratios):.2f} ×** ({min(ratios):.2f}–{max(ratios):.2f}) | "
        f"{statistics.median(busy):.2f} × | |",
        "",
        f"Told to stop at {', '.join(f'{share:.0%}' for share in STOPS)} of the load it stopped after "
        f"{', '.join(f'{each:.2f}' for each in stop['seconds'])} s; rows and files left behind: {stop['left']}.",
    ]


def main() -> None:
    """Runs everything and prints the table, or the numbers as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true", help="put the table into docs/import.md")
    parser.add_argument("--child", nargs=3, metavar=("WHAT", "FILE", "FOLDER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        what, path, folder = given.child
        print(json.dumps({"ours": ours, "theirs": theirs, "stop": stopped}[what](Path(path), Path(folder))), flush=True)
        os._exit(0)  # nobody waits for the original to be compressed
    with tempfile.TemporaryDirectory(prefix="kpi-bench-") as name:
        path = orders_csv(Path(name), given.rows)
        runs: dict[str, list[dict]] = {"theirs": [], "ours": []}
        for _ in range(given.rounds):
            for what, found in runs.items():
                found.append(apart(what, path))
        stop = apart("stop", path)
        lines = table(given.rows, path.stat().st_size / 1e6, runs, stop)
    print(json.dumps({**runs, "stop": stop}) if given.json else "\n".join(lines))
    if given.write:
        text = DOCS.read_text(encoding="utf-8")
        before, _, rest = text.partition(BEGIN)
        _, _, after = rest.partition(END)
        DOCS.write_text("\n".join([before + BEGIN, *lines, END + after]), encoding="utf-8")


if __name__ == "__main__":
    main()

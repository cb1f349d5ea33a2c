"""A big workbook: `python -m tests.bench.sheets [--rows 500000] [--rounds 3] [--write]`.

Our reader (process, header, notes, scratch table) against the reader library alone (python-calamine, all cells as
Python values), each in a fresh process, in turns. --write puts the table into docs/import.md.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import xlsxwriter

DOCS = Path(__file__).parents[2] / "docs" / "import.md"
BEGIN, END = "<!-- sheets: begin -->", "<!-- sheets: end -->"
HEADERS = ("order_id", "customer_id", "ordered_at", "amount", "quantity", "channel", "note")


def write_book(path: Path, rows: int) -> Path:
    """A workbook of orders: texts, numbers with and without decimals, moments."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet, moment = book.add_worksheet("Orders"), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    dice, first = random.Random(1), datetime(2021, 1, 1)
    sheet.write_row(0, 0, HEADERS)
    for i in range(1, rows + 1):
        sheet.write_string(i, 0, f"O{i}")
        sheet.write_number(i, 1, dice.randrange(100_000))
        sheet.write_datetime(i, 2, first + timedelta(minutes=3 * i), moment)
        sheet.write_number(i, 3, round(dice.random() * 1000, 2))
        sheet.write_number(i, 4, dice.randrange(1, 9))
        sheet.write_string(i, 5, dice.choice(("web", "shop", "phone")))
        sheet.write_string(i, 6, f"note {i % 1000}")
    book.close()
    return path


def ours(path: Path) -> int:
    """Rows by our reader."""
    from kpi.intake import readers
    from kpi.intake.options import Options

    start()
    (raw,) = readers.read(path, Options())
    return raw.rows


def library(path: Path) -> int:
    """Rows by the reader library alone."""
    from python_calamine import CalamineWorkbook

    start()
    return len(CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()) - 1


def start() -> None:
    """The clock starts after the imports."""
    global began
    began = time.perf_counter(), _cpu()


began = (0.0, 0.0)


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def one(which: str, path: Path) -> dict[str, float]:
    """Seconds, processor seconds and peak megabytes of one reading in this process."""
    rows = {"ours": ours, "library": library}[which](path)
    memory = [resource.getrusage(who).ru_maxrss >> 10 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    wall, cpu = time.perf_counter() - began[0], _cpu() - began[1]
    return {"rows": rows, "wall": wall, "cpu": cpu, "app": memory[0], "child": memory[1]}


def fresh(which: str, path: Path) -> dict[str, float]:
    """`one` in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.sheets", "--one", which, str(path)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def report(rows: int, rounds: int) -> str:
    """The table of the medians."""
    found: dict[str, list[dict[str, float]]] = {"library": [], "ours": []}
    with tempfile.TemporaryDirectory() as folder:
        path = write_book(Path(folder) / "orders.xlsx", rows)
        for _ in range(rounds):
            for which, runs in found.items():
                runs.append(fresh(which, path))
        size = path.stat().st_size >> 20
    same = {run["rows"] for runs in found.values() for run in runs} == {rows}

    def middle(which: str, what: str) -> float:
        return statistics.median(run[what] for run in found[which])

    lines = [
        f"An XLSX of {rows:,} rows × {len(HEADERS)} columns ({size} MB), read in turns, median of {rounds};"
        f" {'the same number of rows' if same else 'DIFFERENT NUMBERS OF ROWS'}. Made by `python -m tests.bench.sheets --write`.",
        "",
        "| what | seconds | processor seconds | peak memory of the app | of the parser's process |",
        "|---|---|---|---|---|",
    ]
    names = {
        "library": "python-calamine alone, cells as Python values",
        "ours": "our reader, table ready to be recognised",
    }
    for which, name in names.items():
        wall, cpu, app, child = (middle(which, what) for what in ("wall", "cpu", "app", "child"))
        lines.append(f"| {name} | {wall:.1f} | {cpu:.1f} | {app:.0f} MB | {f'{child:.0f} MB' if child else '–'} |")
    ratio = [middle("ours", what) / middle("library", what) for what in ("wall", "cpu")]
    lines.append(f"| ratio | **{ratio[0]:.2f} ×** | {ratio[1]:.2f} × | | |")
    return "\n".join(lines)


def main() -> None:
    """Prints the table; one measurement where asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", nargs=2)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    if given.one:
        print(json.dumps(one(given.one[0], Path(given.one[1]))))
        return
    table = report(given.rows, given.rounds)
    print(table)
    if given.write:
        text = DOCS.read_text(encoding="utf-8")
        block = f"{BEGIN}\n{table}\n{END}"
        DOCS.write_text(re.sub(f"{BEGIN}.*?{END}", lambda _: block, text, flags=re.S), encoding="utf-8")


if __name__ == "__main__":
    main()

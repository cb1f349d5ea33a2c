"""How quickly things start: `python -m tests.bench.start [--rounds 3] [--write]`.

Every measurement is a fresh process over the sample company; CPU seconds of all its threads, as other work on the machine
distorts them least. The board and Home are measured within the process, after everything they import is there and the
workspace is open. --write puts the table into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

from tests.bench.timing import put

KPIS, MONTHS = 20, 24
KPI = "total_revenue"


def catalogue() -> dict[str, float]:
    """All KPIs and goals loaded."""
    from kpi.catalogue import goals, kpis

    return {"kpis": len(kpis()), "goals": len(goals())}


def checked() -> dict[str, float]:
    """All KPIs and goals loaded, every expression parsed and compiled."""
    from kpi.catalogue import mistakes

    return {"mistakes": len(mistakes())}


def first_board() -> dict[str, float]:
    """The first board: the sample's own and the essentials, filled up to 20 with what comes first in the catalogue."""
    import pandas  # noqa: F401 - what the app has loaded by the time somebody opens a page

    from kpi.catalogue import kpi_set, kpis
    from kpi.measure import board
    from kpi.workspace import home, open_workspace
    from kpi.workspace.choices import chosen_goals, selected_kpis
    from tests.statements import statements

    workspace = open_workspace(home(), "demo")
    mine = [s.kpi for s in selected_kpis(workspace)]
    wanted = list(dict.fromkeys([*mine, *kpi_set("essentials").kpis, *kpis()]))[:KPIS]
    goals = chosen_goals(workspace)
    with statements() as asked:
        begun = time.process_time()
        found = board(workspace, wanted, goals, periods=MONTHS)
        cpu = time.process_time() - begun
    if sum(item.reading.value is not None for item in found) < KPIS / 2:
        raise SystemExit("the board has hardly a value")
    return {"cpu": cpu, "statements": len(asked)}


def first_home() -> dict[str, float]:
    """The page Home itself, its first run."""
    import pandas  # noqa: F401 - what the app has loaded by the time somebody opens a page
    import streamlit  # noqa: F401

    from tests.statements import statements
    from tests.support_app import errors, start

    with statements() as asked:
        begun = time.process_time()
        at = start()
        cpu = time.process_time() - begun
        first = len(asked)
        begun = time.process_time()
        at.run()
        again = time.process_time() - begun
    if errors(at):
        raise SystemExit("\n".join(errors(at)))
    return {"cpu": cpu, "statements": first, "again": again, "more": len(asked) - first}


INSIDE: dict[str, Callable[[], dict[str, float]]] = {
    "catalogue": catalogue,
    "checked": checked,
    "board": first_board,
    "home": first_home,
}
COMMANDS = {
    "python": ["-c", "pass"],
    "help": ["-m", "kpi", "--help"],
    "value": ["-m", "kpi", "compute", "demo", KPI],
    "check": ["-m", "kpi", "catalogue", "check"],
}


def fresh(what: str) -> dict[str, float]:
    """One measurement in a process of its own: all its CPU seconds, and what it says itself."""
    command = COMMANDS.get(what, ["-m", "tests.bench.start", "--one", what])
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    told = process.stdout.read() if process.stdout else ""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{what} failed")
    return {"whole": used.ru_utime + used.ru_stime, **(json.loads(told) if what in INSIDE else {})}


def measured(rounds: int) -> dict[str, dict[str, float]]:
    """The median of each figure of each measurement; the measurements take turns."""
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in (*COMMANDS, *INSIDE)}
    for _ in range(rounds):
        for name, found in runs.items():
            found.append(fresh(name))
    return {
        name: {key: statistics.median(each[key] for each in found) for key in found[0]} for name, found in runs.items()
    }


def report(found: dict[str, dict[str, float]], rounds: int) -> str:
    """The table of docs/benchmarks.md."""
    board, home = found["board"], found["home"]
    lines = [
        f"Median of {rounds} fresh processes each, CPU seconds of all threads, over the sample company ({os.cpu_count()} cores,"
        f" load {os.getloadavg()[0]:.1f}): `python -m tests.bench.start --write`. Python alone takes {found['python']['whole']:.2f}.",
        "",
        "| what | CPU seconds | statements |",
        "|---|---|---|",
        f"| `kpi --help` | {found['help']['whole']:.2f} | |",
        f"| `kpi compute demo {KPI}`, the workspace opened and closed | {found['value']['whole']:.2f} | |",
        f"| the catalogue loaded | {found['catalogue']['whole']:.2f} | |",
        f"| the catalogue loaded and checked, every expression compiled | {found['checked']['whole']:.2f} | |",
        f"| `kpi catalogue check`: every other definition file too | {found['check']['whole']:.2f} | |",
        f"| the first board of a process: {KPIS} KPIs, {MONTHS} months shown, histories of up to ten years behind them |"
        f" {board['cpu']:.2f} | {board['statements']:.0f} |",
        f"| the first page of a process: Home | {home['cpu']:.2f} | {home['statements']:.0f} |",
        f"| Home again | {home['again']:.2f} | {home['more']:.0f} |",
    ]
    return "\n".join(lines)


def main() -> None:
    """Prints the table; one measurement where asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", choices=INSIDE)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    if given.one:
        print(json.dumps(INSIDE[given.one]()))
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ["KPI_HOME"] = folder
        subprocess.run([sys.executable, "-m", "kpi", "sample", "demo"], check=True, capture_output=True)
        table = report(measured(given.rounds), given.rounds)
    print(table)
    if given.write:
        put("Start", table)


if __name__ == "__main__":
    main()

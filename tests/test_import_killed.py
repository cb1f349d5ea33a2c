"""A real process in the middle of a load: killed, or told to stop by Ctrl-C. The workspace is as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from kpi.workspace import close_workspace, create, imports, open_workspace

ROWS = 700_000
WAY = """
import sys
from pathlib import Path
from kpi.intake import inspect, load
from kpi.workspace import open_workspace
ws = open_workspace(Path(sys.argv[1]), "w")
load(ws, inspect(ws, [sys.argv[2]])[0], lambda step, share: print(step, round(share, 2), flush=True))
"""


@pytest.fixture(scope="module")
def orders(tmp_path_factory) -> Path:
    """Some 45 MB of orders: large enough for the way of large files."""
    path = tmp_path_factory.mktemp("data") / "orders.csv"
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT 'O' || i AS order_id, 'C' || hash(i) % 50000 AS customer_id, TIMESTAMP '2024-01-01' + "
            f"to_seconds(i) AS ordered_at, (i % 9000 / 100)::DECIMAL(9,2) AS amount, 'by ' || hash(i) AS channel "
            f"FROM range({ROWS}) t(i)) TO '{path}' (HEADER)"
        ).fetchall()
    return path


def started(home: Path, path: Path, until: str) -> subprocess.Popen:
    """A process that is loading the file and has come to a step."""
    process = subprocess.Popen([sys.executable, "-c", WAY, home, path], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    while not (line := process.stdout.readline()).startswith(until):
        assert line, "the process has ended"
    return process


@pytest.mark.parametrize("step", ["read 0.2", "check", "write"])
def test_a_killed_load_leaves_nothing(tmp_path, orders, step):
    revision = create(tmp_path, "w").revision
    close_workspace(tmp_path, "w")
    process = started(tmp_path, orders, step)
    process.kill()
    process.wait()
    ws = open_workspace(tmp_path, "w")
    assert imports(ws) == [] and ws.rows("SELECT count(*) FROM rows.orders") == [(0,)] and ws.revision == revision
    assert not list(ws.originals.iterdir()) and not list(ws.spool.iterdir())
    close_workspace(tmp_path, "w")


def test_ctrl_c_ends_the_command_with_one_line(tmp_path, orders):
    create(tmp_path, "w")
    close_workspace(tmp_path, "w")
    command = [sys.executable, "-m", "kpi", "--home", tmp_path, "import", "w", orders]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # what runs in the background ignores it
    )
    while not list((tmp_path / "w" / "originals").iterdir()):  # the load has begun
        assert process.poll() is None
        time.sleep(0.02)
    start = time.monotonic()
    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1 and out == "" and time.monotonic() - start < 10
    assert [line for line in err.splitlines() if "% done" not in line and "leak" not in line.lower()] == [
        "Loading orders.csv was stopped. Nothing of it was loaded."
    ]
    ws = open_workspace(tmp_path, "w")
    assert imports(ws) == [] and not list(ws.originals.iterdir()) and not list(ws.spool.iterdir())
    close_workspace(tmp_path, "w")

"""Real processes: one has the workspace open, others use it; kill -9 at any moment leaves whole writes."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kpi import workspace
from kpi.errors import Refused
from kpi.workspace.sharing import SOCKET
from tests.workspaces import load

ROOT = Path(__file__).parents[1]


def kpi(home: Path, *argv: str, cwd: Path = ROOT, **kwargs) -> subprocess.CompletedProcess:
    """One command line as a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "LC_ALL": "C"}
    command = [sys.executable, "-m", "kpi", "--home", str(home), *argv]
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=120, **kwargs
    )


def python(code: str, *argv: str) -> subprocess.Popen:
    """A process of its own that runs `code` and can be talked to."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *argv], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


HOLD = """
import sys
from pathlib import Path
from kpi import workspace
ws = workspace.open_workspace(Path(sys.argv[1]), sys.argv[2])
print("open", flush=True)
for line in sys.stdin:
    print(ws.revision, ws.settings.currency, flush=True)
"""


def test_a_second_process_works_while_this_one_has_it_open(home: Path):
    ws = workspace.create(home, "shop")
    revision = ws.revision
    done = kpi(home, "settings", "shop", "currency=UAH", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["settings"]["currency"] == "UAH" and answer["revision"] == revision + 1
    assert ws.revision == revision + 1 and ws.settings.currency == "UAH"  # the holder sees it at once
    load(ws, {"customers": [{"customer_id": "a"}]})
    assert json.loads(kpi(home, "tables", "shop", "--json").stdout)["tables"][0]["rows"] == 1


def test_the_holder_is_another_process_and_sees_the_new_revision(home: Path):
    workspace.create(home, "فروش")
    workspace.close_workspace(home, "فروش")
    holder = python(HOLD, str(home), "فروش")
    try:
        assert holder.stdout.readline() == "open\n"
        holder.stdin.write("\n")
        holder.stdin.flush()
        first = int(holder.stdout.readline().split()[0])
        done = kpi(home, "--lang", "fa", "settings", "فروش", "currency=IRR")
        assert done.returncode == 0 and "IRR" in done.stdout, done.stderr
        holder.stdin.write("\n")
        holder.stdin.flush()
        assert holder.stdout.readline().split() == [str(first + 1), "IRR"]
    finally:
        holder.stdin.close()
        holder.wait(timeout=30)
    assert not (home / "فروش" / SOCKET).exists()


def test_errors_and_exit_statuses_come_back(home: Path):
    workspace.create(home, "shop")
    for argv, status, said in (
        (("settings", "shop", "calender=x"), 2, "calendar"),
        (("settings", "shop", "language=de"), 1, "en | fa | uk"),
        (("undo", "shop", "7"), 1, "7"),
    ):
        done = kpi(home, *argv)
        assert (done.returncode, done.stdout) == (status, ""), done
        assert said in done.stderr and len(done.stderr.splitlines()) == 1


def test_relative_paths_are_seen_from_where_the_command_was_typed(home: Path, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    ws = workspace.create(home, "shop")
    relative = os.path.relpath(home, elsewhere)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "kpi", "settings", "shop", "currency=PLN", "--home", relative]
    done = subprocess.run(command, cwd=elsewhere, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and ws.settings.currency == "PLN", done.stderr


def test_the_socket_belongs_to_its_owner_alone(home: Path):
    ws = workspace.create(home, "shop")
    path = ws.folder / SOCKET
    if not path.exists():  # a long temporary folder: the file `door` tells where
        path = Path((ws.folder / "door").read_text())
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(ws.folder.stat().st_mode) == 0o700


def test_a_path_too_long_for_a_socket_works_all_the_same(home: Path):
    deep = home / ("d" * 60) / ("e" * 60)
    ws = workspace.create(deep, "shop")
    assert (ws.folder / "door").is_file() and not (ws.folder / SOCKET).exists()
    private = Path((ws.folder / "door").read_text()).parent
    assert kpi(deep, "settings", "shop", "currency=PLN").returncode == 0
    assert ws.settings.currency == "PLN"
    workspace.close_workspace(deep, "shop")
    assert not private.exists() and not (ws.folder / "door").exists()


def test_stale_sockets_of_a_killed_process_do_no_harm(home: Path):
    workspace.create(home, "shop")
    workspace.close_workspace(home, "shop")
    holder = python(HOLD, str(home), "shop")
    assert holder.stdout.readline() == "open\n"
    holder.send_signal(signal.SIGKILL)
    holder.wait(timeout=30)
    assert (home / "shop" / SOCKET).exists() or (home / "shop" / "door").exists()
    assert kpi(home, "settings", "shop", "currency=UAH").returncode == 0
    ws = workspace.open_workspace(home, "shop")
    assert ws.settings.currency == "UAH"
    assert kpi(home, "settings", "shop", "currency=EUR").returncode == 0 and ws.settings.currency == "EUR"


def test_many_processes_starting_at_once_all_succeed(home: Path):
    """None has it open, the workspace does not even exist: one opens it, the others hand over or take turns."""
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda n: kpi(home, "settings", "shop", f"churn_gap_days={n}"), range(1, 7)))
    assert [each.returncode for each in done] == [0] * 6, [each.stderr for each in done]
    ws = workspace.open_workspace(home, "shop")
    assert ws.settings.churn_gap_days in range(1, 7)
    assert ws.revision == 1 + 6  # made, and every one of the six writes counted


def test_commands_from_several_processes_run_in_the_holder_side_by_side(home: Path):
    ws = workspace.create(home, "shop")
    revision = ws.revision
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(kpi, home, "settings", "shop", f"min_raters={n}") for n in range(1, 5)]
        jobs += [pool.submit(kpi, home, "tables", "shop", "--json") for _ in range(4)]
    assert all(job.result().returncode == 0 for job in jobs)
    assert ws.revision == revision + 4


def test_rename_and_delete_from_another_process(home: Path):
    ws = workspace.create(home, "shop")
    assert kpi(home, "rename", "shop", "store").returncode == 0
    assert workspace.names(home) == ["store"] and ws.folder.exists() is False
    workspace.open_workspace(home, "store")
    refused = kpi(home, "delete", "store")
    assert refused.returncode == 1 and "--yes" in refused.stderr
    assert kpi(home, "delete", "store", "--yes").returncode == 0
    assert workspace.names(home) == []


def test_noise_on_the_socket_is_ignored(home: Path):
    ws = workspace.create(home, "shop")
    path = ws.folder / SOCKET if (ws.folder / SOCKET).exists() else Path((ws.folder / "door").read_text())
    for noise in (b"", b"garbage\n", b"{}\n", b'{"argv": 5, "cwd": "/"}\n', b"\xff\xfe\n"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(str(path))
            connection.sendall(noise)
    assert kpi(home, "settings", "shop", "currency=UAH").returncode == 0
    assert ws.settings.currency == "UAH"


def test_who_finds_it_busy_is_told_so(home: Path):
    """A process that holds the file but serves nobody (here: plain DuckDB)."""
    workspace.create(home, "shop")
    workspace.close_workspace(home, "shop")
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    holder = python(code, str(home / "shop" / "workspace.duckdb"))
    try:
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(Refused) as refused:
            workspace.open_workspace(home, "shop", wait=0.3)
        assert refused.value.code == "workspace_busy"
        waiting = threading.Timer(1.0, holder.stdin.close)
        waiting.start()
        assert workspace.open_workspace(home, "shop").name == "shop"  # and gets it when the other has finished
    finally:
        holder.kill()
        holder.wait(timeout=30)


# Killed in the middle

WRITE = """
import sys
from pathlib import Path
from kpi import workspace
from tests.workspaces import load
ws = workspace.open_workspace(Path(sys.argv[1]), "shop")
number = ws.rows("SELECT count(*) FROM state.imports")[0][0]
while True:
    number += 1
    orders = [{"order_id": f"{number}-{n}", "customer_id": f"c{n % 50}", "ordered_at": "2024-01-01"} for n in range(300)]
    lines = [{"order_id": f"{number}-{n % 300}", "quantity": 1, "unit_price": 2} for n in range(600)]
    load(ws, {"orders": orders, "order_lines": lines, "customers": [{"customer_id": f"c{n}"} for n in range(50)]})
    print(number, flush=True)
"""


def test_kill_at_any_moment_leaves_every_committed_write_whole(home: Path):
    workspace.create(home, "shop")
    workspace.close_workspace(home, "shop")
    chance, acknowledged = random.Random(5), 0
    for _ in range(6):
        writer = python(WRITE, str(home))
        assert writer.stdout.readline()  # one write at least
        time.sleep(chance.uniform(0.0, 0.6))
        writer.send_signal(signal.SIGKILL)
        said, _ = writer.communicate(timeout=30)
        acknowledged = max([acknowledged + 1, *(int(n) for n in said.split() if n.isdigit())])
        ws = workspace.open_workspace(home, "shop")
        imports = ws.rows("SELECT count(*) FROM state.imports")[0][0]
        assert imports in (acknowledged, acknowledged + 1)  # committed, perhaps killed before it could say so
        acknowledged = imports
        per_import = ws.rows("SELECT _import, count(*) FROM rows.orders GROUP BY 1 ORDER BY 1")
        assert per_import == [(n + 1, 300) for n in range(imports)]
        assert ws.rows("SELECT count(*) FROM rows.order_lines") == [(600 * imports,)]
        assert ws.rows("SELECT count(*), sum(amount)::INT FROM orders") == [(300 * imports, 1200 * imports)]
        assert ws.revision == 1 + imports
        workspace.close_workspace(home, "shop")

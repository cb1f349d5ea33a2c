"""F53: a file with only a few columns makes exactly the KPIs possible whose needs it meets."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi import workspace
from tests.contract import Shell, write

EXPECTED = Path(__file__).parent / "expected"
FILES = {
    "orders": (
        "customer_id ordered_at amount",
        [[f"c{n % 4}", f"2025-0{1 + n % 6}-1{n % 9}", 10 + n] for n in range(40)],
    ),
    "leads": (
        "lead_id created_at converted_at",
        [[f"l{n}", f"2025-0{1 + n % 6}-1{n % 9}", "2025-08-01" if n % 3 else ""] for n in range(40)],
    ),
}


@pytest.fixture
def shell(tmp_path: Path):
    yield Shell(tmp_path)
    for name in workspace.names(tmp_path):
        workspace.close_workspace(tmp_path, name)


@pytest.mark.parametrize(("table", "count"), [("orders", 28), ("leads", 5)])
def test_f53_the_kpis_that_one_small_file_makes_possible(shell, table, count):
    columns, rows = FILES[table]
    write(shell.home / f"{table}.csv", columns, rows)
    shell.ask("import", "shop", f"{table}.csv", "--table", table)
    wanted = (EXPECTED / f"f53_{table}.txt").read_text(encoding="utf-8").split()
    listed = shell.ask("kpis", "shop")["kpis"]
    assert sorted(each["id"] for each in listed if each["computable"]) == wanted and len(wanted) == count
    assert all(each["missing"] for each in listed if not each["computable"])
    results = shell.ask("compute", "shop", *wanted)["results"]
    assert [each["kpi"] for each in results if each["missing"] or not each["rows"]] == []
